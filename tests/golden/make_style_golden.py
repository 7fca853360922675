"""Makes the golden losses and pixel gradients of style transfer on VGG-19 with PyTorch in double precision.

    python tests/golden/make_style_golden.py --weights DIR            writes style/*.npy and style/values.json
    python tests/golden/make_style_golden.py --weights DIR --check    computes them again and compares

DIR holds vgg19-conv.safetensors. Each file holds the gradient of one loss with respect to a picture, (48,40,3), RGB 0..1;
values.json holds the loss. The picture, the photograph whose content is wanted and the painting whose style is are
    pixel(h, w, c) = 0.5 + 0.4 sin(0.23 h + 0.11 w (c + 1) + c + 2.1 k),   k = 0, 1 and 2,
the painting 48 x 36. Written from the formulas of neural-style, of the paper and of tools/search/style_objectives.h. Needs
torch, numpy and safetensors.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench" / "peers"))
import make_objective_golden  # noqa: E402
import nets  # noqa: E402

CONTENT = ["relu4_2"]
STYLE = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
TOLERANCE = 1e-10  # --check: relative error in the 2-norm


def picture(k, height=48, width=40):
    h, w, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    rgb = 0.5 + 0.4 * np.sin(0.23 * h + 0.11 * w * (c + 1) + c + 2.1 * k)
    return torch.from_numpy(rgb.astype(np.float32).astype(np.float64)).permute(2, 0, 1)[None]


def average_pool(x, size, stride, pad=0):
    return F.avg_pool2d(x, size, stride, pad, ceil_mode=True, count_include_pad=False)


def layers(net, rgb):
    """(C, P Q) of each."""
    names = sorted(CONTENT + STYLE)
    return {name: a[0].flatten(1) for name, a in zip(names, net.values(net.preprocess(rgb), names))}


def gram(f):
    return f @ f.T / f.shape[1]


def neural_style(a, content, style, rgb):
    """Johnson's: mean squares; Gram matrices over all values; the squared variation of a picture in 0..255."""
    loss = sum(5 * ((a[l] - content[l]) ** 2).mean() for l in CONTENT)
    for l in STYLE:
        loss = loss + 100 * ((gram(a[l]) / len(a[l]) - gram(style[l]) / len(a[l])) ** 2).mean()
    x = 255 * rgb
    right, down = x[..., :-1, 1:] - x[..., :-1, :-1], x[..., 1:, :-1] - x[..., :-1, :-1]
    return loss + 1e-3 / 2 * (right**2 + down**2).sum()


def gatys(a, content, style, rgb):
    """The paper's, in whose Gram matrices are sums."""
    loss = sum(0.5 * ((a[l] - content[l]) ** 2).sum() for l in CONTENT)
    for l in STYLE:
        loss = loss + 1000 * 0.2 * ((gram(a[l]) - gram(style[l])) ** 2).sum() / (4 * len(a[l]) ** 2)
    return loss


def moments(a, content, style, rgb):
    loss = 0
    for l in STYLE:
        for f in (torch.mean, lambda x, d: (x.var(d, unbiased=False) + 1e-5).sqrt()):
            loss = loss + ((f(a[l], 1) - f(style[l], 1)) ** 2).mean()
    return loss


def root(a):
    eigenvalues, vectors = torch.linalg.eigh(a)
    return vectors * eigenvalues.clamp(min=0).sqrt() @ vectors.T


def root_trace(a):
    """What nine steps of the scaled Newton-Schulz iteration make of the eigenvalues, each by itself."""
    eigenvalues = torch.linalg.eigvalsh(a)
    norm = eigenvalues.square().sum().sqrt()
    y, z, least = eigenvalues / norm, 1.0, 1 / 130
    for _ in range(9):
        r = (3 / (1 + least + least**2)) ** 0.5
        least = r / 2 * least * (3 - r**2 * least**2)
        t = r / 2 * (3 - r**2 * z * y)
        y, z = y * t, z * t
    return norm.sqrt() * y.sum()


def normal(f):
    """Mean and covariance, with 1e-4 on the variances in the units of torchvision's nets, whose input has a deviation of 1."""
    mean = f.mean(1, keepdim=True)
    return mean, (f - mean) @ (f - mean).T / f.shape[1] + 1e-4 * (255 * 0.225) ** 2 * torch.eye(len(f), dtype=f.dtype)


def wasserstein(a, content, style, rgb):
    """Crowson's, with a root of which more is found; and the total variation of nine points."""
    loss = 2 * make_objective_golden.nine_point((255 * rgb).permute(0, 2, 3, 1))
    for l in STYLE:
        (m, s), (m0, s0) = normal(a[l]), normal(style[l])
        half = root(s0)
        between = s.trace() + s0.trace() - 2 * root_trace(half @ s @ half)
        loss = loss + (((m - m0) ** 2).sum() + between) / len(a[l])
    return loss


def make(weights):
    record, gradients = {"torch": torch.__version__.split("+")[0], "values": {}}, {}
    net = nets.Net("vgg19", weights / "vgg19-conv.safetensors", torch.float64)
    for name, loss_of, pool in [("neural_style", neural_style, nets.max_pool), ("gatys", gatys, average_pool),
                                ("moments", moments, nets.max_pool), ("wasserstein", wasserstein, nets.max_pool)]:
        nets.max_pool = pool
        with torch.no_grad():
            content, style = layers(net, picture(1)), layers(net, picture(2, 48, 36))
        rgb = picture(0).requires_grad_()
        loss = loss_of(layers(net, rgb), content, style, rgb)
        (gradient,) = torch.autograd.grad(loss, rgb)
        record["values"][name] = loss.item()
        gradients[name] = gradient[0].permute(1, 2, 0).numpy()
    return record, gradients


def main():
    parser = argparse.ArgumentParser(description="Make the golden gradients of style losses, or compare them.")
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    arguments = parser.parse_args()
    record, gradients = make(arguments.weights)
    folder, faults = HERE / "style", []
    for name, gradient in gradients.items():
        file = folder / f"{name}.npy"
        if not arguments.check:
            np.save(file, np.ascontiguousarray(gradient))
        elif not np.linalg.norm(np.load(file) - gradient) <= TOLERANCE * np.linalg.norm(gradient):
            faults.append(f"{file.name}: found other numbers")
    if not arguments.check:
        (folder / "values.json").write_text(json.dumps(record, indent=2) + "\n")
    print("\n".join(faults) or f"{len(gradients)} losses {'agree' if arguments.check else 'written'}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
