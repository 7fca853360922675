"""Makes the golden numbers of training, with PyTorch in double precision.

    python tests/golden/make_training_golden.py            writes training/*.npy beside itself
    python tests/golden/make_training_golden.py --check    computes them again and compares

The net is the chain 5k5s2,6,P,8k1 of 4 classes with batch norm (nets/chain.h); the weights are number(i, k, 256) of
make_objective_golden.py, k = 1 to 4 for conv1_1, conv1_2, conv2_1 and fc, biases 0. Three pictures of 16 x 16, labels
2, 0, 3, smoothing 0.1. All parameters stand in one row, in the order of their names:
    gradients.npy     of the loss by each
    after.npy         each, after two steps of SGD: rate 0.1 in single precision, momentum 0.9, decay 0.01 of the weights
    moments.npy       the running means and variances then, of rate 0.1; variances are mean squares of what differs
    losses.npy        of both steps
Needs torch and numpy.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from make_objective_golden import numbers, write_or_compare

FOLDER = pathlib.Path(__file__).resolve().parent / "training"
SHAPES = {"conv1_1": (5, 3, 5, 5), "conv1_2": (6, 5, 3, 3), "conv2_1": (8, 6, 1, 1)}
LABELS = torch.tensor([2, 0, 3])


def pictures():
    n, h, w, c = torch.meshgrid(*(torch.arange(float(e), dtype=torch.float64) for e in (3, 16, 16, 3)), indexing="ij")
    return 0.5 + 0.4 * (1.3 * h + 0.7 * w * (c + 1) + c + 2.1 * n + 0.4).sin()


def preprocessed(rgb):
    """Rounded as the net rounds its own numbers, to single precision."""
    factor = np.float32(1) / np.float32(57)
    means = np.array([123.675, 116.28, 103.53], np.float32)
    factors, shifts = np.float32(255) * factor, -means * factor
    return (rgb * float(factors) + torch.from_numpy(shifts.astype(np.float64))).permute(0, 3, 1, 2)


def start():
    parameters = {}
    for k, (name, shape) in enumerate(SHAPES.items(), 1):
        parameters[name + ".weight"] = numbers(shape, k, 256)
        parameters[name + ".gamma"] = torch.ones(shape[0], dtype=torch.float64)
        parameters[name + ".beta"] = torch.zeros(shape[0], dtype=torch.float64)
    parameters["fc.weight"] = numbers((4, 8), 4, 256)
    parameters["fc.bias"] = torch.zeros(4, dtype=torch.float64)
    return dict(sorted(parameters.items()))


def loss_of(p, moments):
    x = preprocessed(pictures())
    for name, how in {"conv1_1": {"stride": 2, "padding": 2}, "conv1_2": {"padding": 1}, "conv2_1": {}}.items():
        x = F.conv2d(x, p[name + ".weight"], **how)
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        moments[name] = 0.9 * moments[name] + 0.1 * torch.stack([mean, variance]).detach()
        x = F.batch_norm(x, None, None, p[name + ".gamma"], p[name + ".beta"], training=True, eps=1e-5).relu()
        if name == "conv1_2":
            x = F.max_pool2d(x, 2, 2)
    scores = F.linear(x.mean((2, 3)), p["fc.weight"], p["fc.bias"])
    return F.cross_entropy(scores, LABELS, label_smoothing=0.1)


def row(tensors):
    return np.concatenate([t.detach().numpy().ravel() for t in tensors])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    p = start()
    moments = {name: torch.stack([torch.zeros(s[0]), torch.ones(s[0])]).double() for name, s in SHAPES.items()}
    for t in p.values():
        t.requires_grad_()
    weights = [t for name, t in p.items() if name.endswith(".weight")]
    others = [t for name, t in p.items() if not name.endswith(".weight")]
    sgd = torch.optim.SGD([{"params": weights, "weight_decay": 0.01}, {"params": others}], lr=float(np.float32(0.1)), momentum=0.9)
    losses, gradients = [], None
    for _ in range(2):
        sgd.zero_grad()
        loss = loss_of(p, moments)
        loss.backward()
        gradients = row(t.grad for t in p.values()) if gradients is None else gradients
        sgd.step()
        losses.append(loss.item())
    golden = {"gradients": gradients, "after": row(p.values()), "moments": row(moments[n] for n in sorted(moments)),
              "losses": np.array(losses)}
    FOLDER.mkdir(exist_ok=True)
    faults = write_or_compare(FOLDER, golden, parser.parse_args().check)
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
