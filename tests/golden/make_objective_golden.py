"""Makes the golden values and gradients of objectives with PyTorch in double precision.

    python tests/golden/make_objective_golden.py            writes objectives/*.npy and objectives/values.json
    python tests/golden/make_objective_golden.py --check    computes them again and compares

Each file holds the gradient of one objective with respect to the picture, (N,10,8,3), RGB 0..1, at
    pixel(n, h, w, c) = 0.5 + 0.4 sin(1.3 h + 0.7 w (c + 1) + c + 2.1 n + 0.4);
values.json holds its value. The net is two convolutions and a classifier of 20 classes; its weights, and all targets, are
    number(i, k) = ((7 i^2 + 37 i + 11 k) mod 127 - 63) / divided_by,   i = 0, 1, ... in C order,
exact in single precision, so that both sides have the same. Written from the formulas of tools/search/layer_objectives.h,
style_objectives.h and picture_objectives.h, without the little constants that keep roots from dividing by 0. Needs torch and numpy.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
HEIGHT, WIDTH = 10, 8
TOLERANCE = 1e-10  # --check: relative error in the 2-norm


def numbers(shape, k, divided_by=64):
    i = torch.arange(int(np.prod(shape)))
    return (((7 * i * i + 37 * i + 11 * k) % 127 - 63).double() / divided_by).reshape(shape)


def pictures(count):
    """(N,H,W,3)"""
    n, h, w, c = torch.meshgrid(*(torch.arange(float(e), dtype=torch.float64) for e in (count, HEIGHT, WIDTH, 3)),
                                indexing="ij")
    return 0.5 + 0.4 * (1.3 * h + 0.7 * w * (c + 1) + c + 2.1 * n + 0.4).sin()


def net(rgb):
    """Every layer of the net over pictures (N,H,W,3), as (N,P,Q,C) or (N,K)."""
    means = torch.tensor([104.0, 117.0, 123.0], dtype=torch.float64)
    data = ((rgb.flip(-1) * 255 - means) / 64).permute(0, 3, 1, 2)
    conv1 = F.conv2d(data, numbers((4, 3, 3, 3), 1, 256), numbers((4,), 2, 256), padding=1)
    pool1 = F.max_pool2d(conv1.relu(), 2, 2)
    conv2 = F.conv2d(pool1, numbers((6, 4, 3, 3), 3, 256), numbers((6,), 4, 256), padding=1)
    scores = F.linear(conv2.relu().mean((2, 3)), numbers((20, 6), 5, 64), numbers((20,), 6, 256))
    return {"conv1": conv1.permute(0, 2, 3, 1), "conv2": conv2.permute(0, 2, 3, 1), "scores": scores}


def mask(height, width):
    """Shrunk as Pillow does it: (height,width,1), the mean of the three colors."""
    h, w, c = np.meshgrid(range(HEIGHT), range(WIDTH), range(3), indexing="ij")
    rgb = torch.from_numpy(((3 * h + 5 * w + 2 * c) % 9) / 8.0)
    small = F.interpolate(rgb.permute(2, 0, 1)[None], (height, width), mode="bilinear", antialias=True)
    return small[0].mean(0)[..., None]


# ---- of layers


def energy(a):
    return 0.5 * (a**2).mean()


def direction(a, power):
    v = numbers((6,), 41)  # of 20 places, 8 are nearer to it than a cosine of 0.1
    return ((a @ v) * F.cosine_similarity(a, v, dim=-1).clamp(min=0.1) ** power).mean()


def nearness(a, m=1.0):
    t = numbers(a.shape, 7)
    return -((m * (a - t)) ** 2).sum() / ((m * t) ** 2).sum()


def guided(a):
    guide = numbers((6, 6), 26)  # 3 x 2 places
    return (a * guide[(a @ guide.T).argmax(-1)].detach()).mean()


def margin(scores, index):
    return scores[0, index] - torch.cat([scores[0, :index], scores[0, index + 1 :]]).max()


def diversity(a):
    f = a.flatten(1, 2)
    grams = F.normalize((f.transpose(1, 2) @ f).flatten(1))
    cosines = grams @ grams.T
    count = len(a)
    return -(cosines.sum() - cosines.trace()) / (count * (count - 1))


# ---- of style: a (1,P,Q,6)

STYLE_GRAM, STYLE_MEAN = numbers((6, 6), 51), numbers((6,), 52, 256)


def gram(a, m=None):
    f = (a if m is None else a * m).flatten(0, 2)
    return f.T @ f / (len(f) if m is None else (m**2).sum() + 1e-6)


def style(a, over, m=None):
    return ((gram(a, m) - STYLE_GRAM) ** 2).sum() / over


def moments(a, m):
    weight = m**2 / ((m**2).sum() + 1e-6)
    mean = (a * weight).sum((0, 1, 2))
    deviation = (((a**2) * weight).sum((0, 1, 2)) - mean**2 + 1e-5).sqrt()
    wanted = ((STYLE_GRAM.diagonal() - STYLE_MEAN**2).clamp(min=0) + 1e-5).sqrt()
    return (((mean - STYLE_MEAN) ** 2).sum() + ((deviation - wanted) ** 2).sum()) / 6


def content(a, m=1.0):
    return (m * (a - numbers(a.shape, 7))) ** 2


# ---- of the picture


def tv_l1(x):
    return (x[:, 1:] - x[:, :-1]).abs().sum() + (x[:, :, 1:] - x[:, :, :-1]).abs().sum()


def tv_squared(x):
    d = x[:, :-1, :-1]
    return 0.5 * ((x[:, :-1, 1:] - d) ** 2 + (x[:, 1:, :-1] - d) ** 2).sum()


def tv_beta(x, beta):
    right = F.pad(x[:, :, 1:] - x[:, :, :-1], (0, 0, 0, 1))
    down = F.pad(x[:, 1:] - x[:, :-1], (0, 0, 0, 0, 0, 1))
    squares = right**2 + down**2
    squares = squares[squares > 0]  # the last pixel has no neighbor, and no slope
    assert (squares ** (beta / 2)).min() > 1e-5, "the published gradient is another one there"
    return (squares ** (beta / 2)).sum()


def alpha_norm(x, power, middle):
    return ((x - torch.tensor(middle, dtype=torch.float64)).abs() ** power).sum()


def blurred(x):
    """Weights 1/2, 1, 1/2 along each axis, the picture continued by its edge."""
    row = torch.tensor([0.5, 1, 0.5], dtype=torch.float64) / 2
    kernel = torch.outer(row, row).expand(3, 1, 3, 3)
    padded = F.pad(x.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="replicate")
    return F.conv2d(padded, kernel, groups=3).permute(0, 2, 3, 1)


def roughness(x):
    return ((x * x).sum() - (x * blurred(x)).sum()) / 2


def nine_point(x, m=None):
    """Crowson's: all eight neighbors, the edge repeated."""
    def framed(v):
        return F.pad(v.permute(0, 3, 1, 2), (1, 1, 1, 1), "replicate")

    x, m = framed(x), None if m is None else framed(m.expand(x.shape))

    def mean_square(a, b):
        d = x[..., b[0], b[1]] - x[..., a[0], a[1]]
        return (d**2 if m is None else (d * m[..., a[0], a[1]] * m[..., b[0], b[1]]) ** 2).mean()

    here, after, first, last = slice(1, -1), slice(2, None), slice(None, -1), slice(1, None)
    sides = mean_square((here, here), (here, after)) + mean_square((here, here), (after, here))
    corners = mean_square((first, first), (last, last)) + mean_square((first, last), (last, first))
    return 2 * (sides / 3 + corners / 12)


# ---- where a mask counts: differences between neighbors, as the masks of both let them


def masked_tv_l1(x):
    m = mask(HEIGHT, WIDTH)
    right = (x[:, :, 1:] - x[:, :, :-1]) * m[:, 1:] * m[:, :-1]
    down = (x[:, 1:] - x[:, :-1]) * m[1:] * m[:-1]
    return right.abs().sum() + down.abs().sum()


def masked_tv_squared(x):
    m = mask(HEIGHT, WIDTH)
    right = (x[:, :-1, 1:] - x[:, :-1, :-1]) * m[:-1, 1:] * m[:-1, :-1]
    down = (x[:, 1:, :-1] - x[:, :-1, :-1]) * m[1:, :-1] * m[:-1, :-1]
    return 0.5 * (right**2 + down**2).sum()


def masked_roughness(x):
    """1/4 of the sum over ordered pairs of k m m' (x - x')^2 is this, but for the edge."""
    m = mask(HEIGHT, WIDTH).expand(HEIGHT, WIDTH, 3)[None]
    return ((m * x * x * blurred(m)).sum() - (m * x * blurred(m * x)).sum()) / 2


# ---- all of them

LAYER_OBJECTIVES = {
    "energy": lambda a: energy(a["conv2"]),
    "mean": lambda a: a["conv2"].mean(),
    "channel": lambda a: a["conv2"][..., 3].mean(),
    "neuron_middle": lambda a: a["conv2"][0, 2, 2, 3],
    "neuron_at": lambda a: a["conv2"][0, 4, 1, 5],
    "neuron_of_scores": lambda a: a["scores"][0, 7],
    "direction": lambda a: direction(a["conv2"], 0),
    "direction_cosine": lambda a: direction(a["conv2"], 2),
    "nearness": lambda a: nearness(a["conv2"]),
    "nearness_where": lambda a: nearness(a["conv2"], numbers(a["conv2"].shape, 8)),
    "guided": lambda a: guided(a["conv2"]),
    "class_score": lambda a: a["scores"][0, 4],
    "class_probability": lambda a: a["scores"].softmax(1)[0, 4],
    "log_probability": lambda a: -F.cross_entropy(a["scores"], torch.tensor([4])),
    "margin": lambda a: margin(a["scores"], 4),
    "margin_of_best": lambda a: margin(a["scores"], a["scores"].argmax().item()),
    "masked_energy": lambda a: energy(a["conv2"] * mask(5, 4)),
    "masked_nearness": lambda a: nearness(a["conv2"], mask(5, 4)),
    "style_gatys": lambda a: style(a["conv2"], 4 * 6**2),
    "style_neural_style": lambda a: style(a["conv2"], 6**4),
    "style_channels": lambda a: style(a["conv2"], 6**2),
    "style_relative": lambda a: style(a["conv2"], (STYLE_GRAM**2).sum()),
    "style_moments": lambda a: moments(a["conv2"], torch.ones(5, 4, 1, dtype=torch.float64)),
    "style_mean": lambda a: ((a["conv2"].mean((0, 1, 2)) - STYLE_MEAN) ** 2).sum() / 12,
    "content_gatys": lambda a: content(a["conv2"]).sum() / 2,
    "content_neural_style": lambda a: content(a["conv2"]).mean(),
    "masked_style": lambda a: style(a["conv2"], 4 * 6**2, mask(5, 4)),
    "masked_moments": lambda a: moments(a["conv2"], mask(5, 4)),
    "masked_content": lambda a: content(a["conv2"], mask(5, 4)).sum() / 2,
}

PICTURE_OBJECTIVES = {
    "energy_of_picture": energy,
    "tv_l1": tv_l1,
    "tv_squared": tv_squared,
    "tv_beta_1_5": lambda x: tv_beta(x, 1.5),
    "tv_beta_2": lambda x: tv_beta(x, 2),
    "tv_nine_point": nine_point,
    "alpha_norm": lambda x: alpha_norm(x, 6, (0.5, 0.5, 0.5)),
    "alpha_norm_middle": lambda x: alpha_norm(x, 3, (0.25, 0.5, 0.75)),
    "l1": lambda x: (x - 0.5).abs().sum(),
    "l2": lambda x: torch.linalg.vector_norm(x - 0.5),
    "l2_from_quarter": lambda x: torch.linalg.vector_norm(x - 0.25),
    "roughness": roughness,
    "masked_tv": masked_tv_squared,
    "masked_tv_l1": masked_tv_l1,
    "masked_tv_nine_point": lambda x: nine_point(x, mask(HEIGHT, WIDTH)),
    "masked_l1": lambda x: (mask(HEIGHT, WIDTH) * (x - 0.5)).abs().sum(),
    "masked_l2": lambda x: torch.linalg.vector_norm(mask(HEIGHT, WIDTH) * (x - 0.5)),
    "masked_alpha": lambda x: alpha_norm(mask(HEIGHT, WIDTH) * (x - 0.5), 6, (0, 0, 0)),
    "masked_roughness": masked_roughness,
    "product": lambda x: net(x)["scores"][0, 1] * energy(net(x)["conv1"])
    - 0.25 * torch.linalg.vector_norm(x - 0.5) * net(x)["scores"][0, 2],
}


def make():
    """The record of values.json and the gradients by file name."""
    record = {"torch": torch.__version__.split("+")[0], "margin_of_best": net(pictures(1))["scores"].argmax().item(),
              "values": {}}
    gradients = {}

    def add(name, f, count=1):
        x = pictures(count).requires_grad_()
        value = f(x)
        (gradient,) = torch.autograd.grad(value, x)
        record["values"][name] = value.item()
        gradients[name] = gradient.numpy()

    for name, f in LAYER_OBJECTIVES.items():
        add(name, lambda x, f=f: f(net(x)))
    for name, f in PICTURE_OBJECTIVES.items():
        add(name, f)
    add("diversity", lambda x: diversity(net(x)["conv2"]), 3)
    return record, gradients


def write_or_compare(folder, tensors, check):
    """Writes NAME.npy for each, or says in sentences how the files differ."""
    faults = []
    for name, value in tensors.items():
        file = folder / f"{name}.npy"
        if not check:
            np.save(file, np.ascontiguousarray(value, np.float64))
            continue
        was = np.load(file)
        if was.shape != value.shape or not np.linalg.norm(value - was) <= TOLERANCE * np.linalg.norm(was):
            faults.append(f"{file.name}: found other numbers")
    strangers = sorted({f.stem for f in folder.glob("*.npy")} - set(tensors))
    return faults + [f"{name}.npy: not made by this script" for name in strangers]


def main():
    parser = argparse.ArgumentParser(description="Make the golden gradients of objectives, or compare them.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    record, gradients = make()
    folder = HERE / "objectives"
    faults = write_or_compare(folder, gradients, check)
    if check:
        was = json.loads((folder / "values.json").read_text())
        faults += [f"{name}: found {value!r}, expected {was['values'].get(name)!r}"
                   for name, value in record["values"].items()
                   if not np.isclose(value, was["values"].get(name, np.nan), rtol=TOLERANCE, atol=0)]
    else:
        (folder / "values.json").write_text(json.dumps(record, indent=2) + "\n")
    print("\n".join(faults) or f"{len(gradients)} objectives {'agree' if check else 'written'}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
