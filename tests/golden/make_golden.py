"""Makes the golden tensors of the tests with PyTorch and NumPy in double precision.

    python tests/golden/make_golden.py --weights DIR            writes *.npy and golden.json beside itself
    python tests/golden/make_golden.py --weights DIR --check    computes them again and compares

DIR holds googlenet.safetensors, vgg16-conv.safetensors and vgg19-conv.safetensors; golden.json notes their SHA-256.
Needs torch, numpy, pillow and safetensors.

Nets   net_gradient_NET.npy (64,64,3): the gradient of 1/2 mean(a^2) of one layer with respect to the picture
           pixel(h, w, c) = 0.5 + 0.4 sin(0.23 h + 0.11 w (c + 1) + c),   c = R, G, B,   RGB 0..1, 64 x 64
       golden.json holds the layer and the value.
Ops    op_NAME_{x,w,b,r,y,dx,dw,db}.npy: y of x (and w, b), and the gradients of sum(r * y).
       Activations (N,H,W,C), filters (K,C,R,S), float64. golden.json holds the attributes.
"""

import argparse
import hashlib
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench" / "peers"))
from nets import Net, energy, weight_file  # noqa: E402

SIZE = 64
LAYERS = {"googlenet": "inception_4c/output", "vgg16": "conv5_1", "vgg19": "conv5_1"}
TOLERANCE = 1e-10  # --check: relative error in the 2-norm; other versions add in another order


# ---- nets


def picture():
    """The picture of the formula above, (64,64,3): of a few tried, the one farthest from ties and kinks."""
    h, w, c = np.meshgrid(np.arange(SIZE), np.arange(SIZE), np.arange(3), indexing="ij")
    return 0.5 + 0.4 * np.sin(0.23 * h + 0.11 * w * (c + 1) + c)


def net_golden(name, file):
    """The energy of the net's layer and its gradient with respect to the picture."""
    net = Net(name, file, torch.float64, lrn="torch")
    rgb = torch.from_numpy(picture()).permute(2, 0, 1)[None].requires_grad_()
    objective = energy(net(net.preprocess(rgb), LAYERS[name]))
    (gradient,) = torch.autograd.grad(objective, rgb)
    return objective.item(), gradient[0].permute(1, 2, 0).numpy()


# ---- ops by PyTorch: NHWC outside, NCHW inside


def nchw(x):
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


def nhwc(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def by_autograd(rng, f, shape, scale=1.0, offset=0.0, filters=None, biases=None, layout=(nchw, nhwc)):
    """Random x, w, b and r; y = f(x, w, b); the gradients of sum(r * y)."""
    inside, outside = layout
    t = {"x": torch.from_numpy(scale * rng.standard_normal(shape) + offset)}
    if filters:
        t["w"] = torch.from_numpy(rng.standard_normal(filters))
        t["b"] = torch.from_numpy(rng.standard_normal(biases))
    leaves = [v.requires_grad_() for v in t.values()]
    y = outside(f(inside(t["x"]), *leaves[1:]))
    r = torch.from_numpy(rng.standard_normal(tuple(y.shape)))
    gradients = torch.autograd.grad((r * y).sum(), leaves)
    t.update({"d" + k: g for k, g in zip(list(t), gradients)}, r=r, y=y)
    return {k: v.detach().numpy() for k, v in t.items()}


def as_it_is(x):
    return x


def gram(x):
    """(1,H,W,C) -> (1,C,C): products of channels, summed over positions, not divided by anything."""
    f = x.flatten(1, 2)
    return f.transpose(1, 2) @ f


def tv_squared(x):
    """1/2 the sum of squared differences; the last row and the last column start none."""
    d = x[:, :-1, :-1]
    return 0.5 * ((d - x[:, :-1, 1:]) ** 2 + (d - x[:, 1:, :-1]) ** 2).sum().reshape(1)


def tv_l1(x):
    """The sum of absolute differences, every neighboring pair once."""
    return ((x[:, 1:] - x[:, :-1]).abs().sum() + (x[:, :, 1:] - x[:, :, :-1]).abs().sum()).reshape(1)


# ---- ops by hand


def tv_beta(rng, shape, beta, floor):
    """Mahendran & Vedaldi 2015: sum of v = (dx^2 + dy^2)^(beta/2) per channel, past the edge the difference is 0.

    The gradient is theirs, not the derivative: for (dx^2 + dy^2)^(beta/2 - 1) stands
    max(v, floor)^(2 (beta/2 - 1) / beta).
    """
    x = rng.standard_normal(shape)
    x[:, 1:5, 1:5] *= 1e-4  # a nearly flat patch, where the floor acts
    x[:, 2:4, 2:4] = 0  # and quite flat inside
    right = np.diff(x, axis=2, append=x[:, :, -1:])
    down = np.diff(x, axis=1, append=x[:, -1:])
    v = (right**2 + down**2) ** (beta / 2)
    r = rng.standard_normal(1)
    slope = beta * np.maximum(v, floor) ** (2 * (beta / 2 - 1) / beta) * r
    dx = -slope * (right + down)
    dx[:, :, 1:] += (slope * right)[:, :, :-1]
    dx[:, 1:] += (slope * down)[:, :-1]
    return {"x": x, "r": r, "y": v.sum().reshape(1), "dx": dx}


def average_pool_caffe(rng, shape, size, stride, pad):
    """Caffe's average: the divisor counts the zeros of the padding, but not what hangs over beyond it."""
    x = rng.standard_normal(shape)
    _, height, width, _ = shape

    def windows(extent):
        count = -(-(extent + 2 * pad - size) // stride) + 1
        if pad and (count - 1) * stride >= extent + pad:
            count -= 1  # the last window must start inside the picture or its left padding
        starts = [i * stride - pad for i in range(count)]
        ends = [min(s + size, extent + pad) for s in starts]
        return [(max(s, 0), min(e, extent), e - s) for s, e in zip(starts, ends)]

    rows, columns = windows(height), windows(width)
    y = np.zeros((shape[0], len(rows), len(columns), shape[3]))
    r = rng.standard_normal(y.shape)
    dx = np.zeros_like(x)
    for p, (top, bottom, tall) in enumerate(rows):
        for q, (left, right, wide) in enumerate(columns):
            y[:, p, q] = x[:, top:bottom, left:right].sum((1, 2)) / (tall * wide)
            dx[:, top:bottom, left:right] += r[:, p, q][:, None, None] / (tall * wide)
    return {"x": x, "r": r, "y": y, "dx": dx}


# ---- all of them


def op_goldens():
    """name -> (attributes, tensors), each from its own seed, so that one more changes none of the others."""
    ops = {}

    def add(name, attributes, make, *arguments, **keywords):
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")
        ops[name] = attributes, make(np.random.default_rng(seed), *arguments, **keywords)

    plain = {"layout": (as_it_is, as_it_is)}

    add("lrn", {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0, "divided_by_size": True}, by_autograd,
        lambda x: F.local_response_norm(x, 5, 1e-4, 0.75, 1.0), (2, 3, 4, 13), scale=150.0)

    add("max_pool_ceil", {"size": 3, "stride": 2, "pad": 0, "ceil": True}, by_autograd,
        lambda x: F.max_pool2d(x, 3, 2, 0, ceil_mode=True), (2, 8, 7, 5))
    add("max_pool_pad", {"size": 3, "stride": 1, "pad": 1, "ceil": True}, by_autograd,
        lambda x: F.max_pool2d(x, 3, 1, 1, ceil_mode=True), (1, 6, 5, 7), offset=-4.0)  # padding is not 0 here
    add("max_pool_ceil_pad", {"size": 3, "stride": 2, "pad": 1, "ceil": True}, by_autograd,
        lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), (1, 8, 9, 5))
    add("max_pool_floor", {"size": 3, "stride": 2, "pad": 0, "ceil": False}, by_autograd,
        lambda x: F.max_pool2d(x, 3, 2), (1, 8, 7, 5))
    add("average_pool_caffe", {"size": 3, "stride": 2, "pad": 1, "ceil": True, "counts_padding": True},
        average_pool_caffe, (2, 8, 7, 5), 3, 2, 1)

    add("conv2d_7x7", {"stride": 2, "pad": 3, "dilation": 1, "groups": 1}, by_autograd,
        lambda x, w, b: F.conv2d(x, w, b, 2, 3), (2, 13, 12, 3), filters=(6, 3, 7, 7), biases=6)
    add("conv2d_groups_dilation", {"stride": 1, "pad": 2, "dilation": 2, "groups": 2}, by_autograd,
        lambda x, w, b: F.conv2d(x, w, b, 1, 2, 2, 2), (1, 9, 8, 6), filters=(8, 3, 3, 3), biases=8)

    for name, size in (("resize_up", (11, 9)), ("resize_down", (4, 3))):
        add(name, {"height": size[0], "width": size[1], "align_corners": False, "antialias": False}, by_autograd,
            lambda x, size=size: F.interpolate(x, size, mode="bilinear", align_corners=False), (1, 7, 5, 3))

    add("tv_squared", {"factor": 0.5, "last_row_and_column": False}, by_autograd, tv_squared, (2, 6, 7, 3), **plain)
    add("tv_l1", {}, by_autograd, tv_l1, (2, 6, 7, 3), **plain)
    add("tv_beta", {"beta": 1.5, "floor": 1e-5}, tv_beta, (2, 6, 7, 3), 1.5, 1e-5)

    add("gram", {"divided_by": 1}, by_autograd, gram, (1, 6, 5, 7), **plain)

    add("softmax", {}, by_autograd, lambda x: F.softmax(x, 1), (4, 10), scale=3.0, **plain)
    labels = [3, 0, 9, 3]
    add("softmax_cross_entropy", {"labels": labels}, by_autograd,
        lambda x: F.cross_entropy(x, torch.tensor(labels), reduction="none"), (4, 10), scale=3.0, **plain)

    for mode in ("reflect", "replicate", "circular"):
        add("pad_" + mode, {"top": 2, "bottom": 1, "left": 3, "right": 2}, by_autograd,
            lambda x, mode=mode: F.pad(x, (3, 2, 2, 1), mode=mode), (2, 4, 5, 3))
    return ops


def make(weights):
    """Everything: the record of golden.json and the tensors by file name."""
    record = {
        "torch": torch.__version__.split("+")[0],
        "numpy": np.__version__,
        "picture": "pixel(h,w,c) = 0.5 + 0.4 sin(0.23 h + 0.11 w (c+1) + c), RGB 0..1, 64 x 64",
        "objective": "1/2 mean(a^2)",
        "nets": {},
        "ops": {},
    }
    tensors = {}
    for name, layer in LAYERS.items():
        file = weight_file(weights, name)
        objective, gradient = net_golden(name, file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        net = {"layer": layer, "size": SIZE, "value": objective, "weights": file.name, "sha256": digest}
        record["nets"][name] = net
        tensors[f"net_gradient_{name}.npy"] = gradient
    for name, (attributes, values) in op_goldens().items():
        record["ops"][name] = attributes
        for key, value in values.items():
            tensors[f"op_{name}_{key}.npy"] = value
    return record, {k: np.ascontiguousarray(v, np.float64) for k, v in tensors.items()}


def check(record, tensors):
    """What differs from the files, in sentences."""
    stored = json.loads((HERE / "golden.json").read_text())
    faults = []
    for name, net in record["nets"].items():
        was = stored["nets"][name]
        if abs(net["value"] - was["value"]) > TOLERANCE * abs(was["value"]):
            faults.append(f"{name}: found the value {net['value']!r}, expected {was['value']!r}")
        faults += [f"{name}: {k} differs" for k in ("layer", "size", "sha256") if net[k] != was[k]]
    if record["ops"] != stored["ops"]:
        faults.append("golden.json: the attributes of the ops differ")
    files = {f.name for f in HERE.glob("*.npy")}
    faults += [f"{name}: not made by this script" for name in sorted(files - set(tensors))]
    for name, value in tensors.items():
        if name not in files:
            faults.append(f"{name}: missing")
            continue
        was = np.load(HERE / name)
        error = np.linalg.norm(value - was) / np.linalg.norm(was) if value.shape == was.shape else np.inf
        if not error <= TOLERANCE:
            faults.append(f"{name}: relative error {error:.1e}, at most {TOLERANCE:.0e} expected")
    return faults


def main():
    parser = argparse.ArgumentParser(description="Make the golden tensors, or compare them.")
    parser.add_argument("--weights", required=True, help="folder of the .safetensors files")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    args = parser.parse_args()
    record, tensors = make(args.weights)
    if args.check:
        faults = check(record, tensors)
        print("\n".join(faults) or f"{len(tensors)} tensors agree")
        sys.exit(1 if faults else 0)
    for name, value in tensors.items():
        np.save(HERE / name, value)
    (HERE / "golden.json").write_text(json.dumps(record, indent=2) + "\n")
    print(f"{len(tensors)} tensors, {sum(v.nbytes for v in tensors.values()) / 1024:.0f} kB")


if __name__ == "__main__":
    main()
