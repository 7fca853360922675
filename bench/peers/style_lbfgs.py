"""Ends of style transfer by L-BFGS, ours beside PyTorch's: the same loss from the same start, as many steps.

    python style_lbfgs.py --weights DIR --photo photo.jpg --art painting.jpg --gradus build/tools/gradus

A table: for each way to search the loss after the last step, that of the picture once it is saved with 8 bits, and how often the
loss was evaluated. PyTorch evaluates all of them, in f32, but for our unsaved pictures, whose loss gradus tells.

The loss is neural-style's on VGG-19 with max pools: content 5 on relu4_2, style 100 on relu1_1 ... relu5_1, squared total variation
1e-3 of a picture in 0..255. Photograph and painting are brought to the size by Pillow and given to both as PNG. Starts: the
photograph, or gray with noise of 8 bits. PyTorch's ways:

    free 0..255    torch.optim.LBFGS, history 100, rate 1, without a line search, on a picture in 0..255 less the mean: neural-style-pt
    free 0..1      the same on a picture in 0..1, as ours are
    wolfe 0..255   with line_search_fn="strong_wolfe", as in Gatys's notebook and most programs since
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import torch
from PIL import Image

import nets
import style

WEIGHTS = {"content": 5.0, "style": 100.0, "tv": 1e-3}
MEAN = torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1)
OURS = {
    "lbfgs": ["--optimizer", "lbfgs"],
    "lbfgs --free": ["--optimizer", "lbfgs", "--free"],
    "wolfe": ["--optimizer", "wolfe"],
    "wolfe --free": ["--optimizer", "wolfe", "--free"],
}


def sized(file, size):
    image = Image.open(file).convert("RGB")
    scale = size / max(image.size)
    return image.resize([round(scale * s) for s in image.size], Image.Resampling.LANCZOS)


def tensor(image):
    return torch.from_numpy(np.asarray(image, np.float32) / 255).permute(2, 0, 1)[None].contiguous()


def saved(x):
    """What is left of a picture in a file."""
    return (x.clamp(0, 1) * 255).round() / 255


class Loss:
    """Of a picture (1,3,H,W), RGB 0..1."""

    def __init__(self, net, photo, art):
        self.net, self.evaluations = net, 0
        with torch.no_grad():
            values = [net.values(net.preprocess(x), style.LAYERS) for x in (photo, art)]
            self.targets = [
                c if name == style.CONTENT else style.gram(s) for name, c, s in zip(style.LAYERS, *values)
            ]

    def __call__(self, x):
        self.evaluations += 1
        total = 0
        for name, value, target in zip(style.LAYERS, self.net.values(self.net.preprocess(x), style.LAYERS), self.targets):
            if name == style.CONTENT:
                total = total + WEIGHTS["content"] * (value - target).square().mean()
            else:
                total = total + WEIGHTS["style"] * (style.gram(value) - target).square().mean()
        here = 255 * x[..., :-1, :-1]
        right, down = 255 * x[..., :-1, 1:] - here, 255 * x[..., 1:, :-1] - here
        return total + WEIGHTS["tv"] / 2 * (right.square().sum() + down.square().sum())


def theirs(loss, start, steps, in_255, line_search):
    """The picture after so many steps, which are at most 1.25 (wolfe: 25) times as many evaluations."""
    x = (start * 255 - MEAN if in_255 else start.clone()).requires_grad_()
    shown = (lambda v: (v + MEAN) / 255) if in_255 else (lambda v: v)
    optimizer = torch.optim.LBFGS(
        [x], lr=1, max_iter=steps, max_eval=25 * steps, tolerance_grad=-1, tolerance_change=-1, history_size=100,
        line_search_fn="strong_wolfe" if line_search else None,
    )  # fmt: skip

    def closure():
        optimizer.zero_grad()
        value = loss(shown(x))
        value.backward()
        return value

    optimizer.step(closure)
    return shown(x.detach())


def ours(gradus, weights, flags, files, size, steps, folder):
    """The loss that gradus tells of the picture before it is saved, the saved one, and how often it evaluated."""
    output = folder / "ours.png"
    wolfe = "wolfe" in flags
    line = [gradus, "style", files["photo"], "--style", files["art"], "-o", output, "--init", files["start"], "--net", "vgg19",
            "--size", size, "--steps", steps if wolfe else steps + 1, "--history", 100, "--content-weight", WEIGHTS["content"],
            "--style-weight", WEIGHTS["style"], "--tv-weight", WEIGHTS["tv"], *flags]  # fmt: skip
    if not wolfe:  # tells the loss before each step: of the picture before the last one
        line += ["--save-every", steps]
    environment = {**os.environ, "GRADUS_WEIGHTS": str(weights.resolve())}
    done = subprocess.run([str(word) for word in line], check=True, capture_output=True, text=True, env=environment)
    told = [text for text in done.stderr.splitlines() if " -> " in text][-1]
    picture = output if wolfe else folder / f"ours-{steps:04}.png"
    evaluations = done.stderr.split(" evaluations")[0].split()[-1] if wolfe else steps
    return float(told.split(" -> ")[1]), tensor(Image.open(picture).convert("RGB")), evaluations


def main():
    parser = argparse.ArgumentParser(description="Style transfer by L-BFGS, gradus beside PyTorch.")
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--photo", type=pathlib.Path, required=True)
    parser.add_argument("--art", type=pathlib.Path, required=True)
    parser.add_argument("--gradus", type=pathlib.Path, help="the program; without it only PyTorch's are run")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--starts", nargs="+", default=["content", "noise"], choices=["content", "noise"])
    parser.add_argument("--ours", nargs="*", default=list(OURS), choices=list(OURS))
    parser.add_argument("--theirs", nargs="*", default=["free 0..255", "free 0..1", "wolfe 0..255"])
    a = parser.parse_args()
    net = nets.Net("vgg19", nets.weight_file(a.weights, "vgg19"))
    photo, art = sized(a.photo, a.size), sized(a.art, a.size)
    loss = Loss(net, tensor(photo), tensor(art))
    generator = np.random.default_rng(0)
    gray = MEAN.view(3).numpy() + 25 * generator.standard_normal((photo.height, photo.width, 3))
    starts = {"content": photo, "noise": Image.fromarray(gray.clip(0, 255).round().astype(np.uint8))}

    def row(start, name, unsaved, kept, evaluations, seconds):
        with torch.no_grad():
            before = loss(unsaved).item() if torch.is_tensor(unsaved) else unsaved
            print(f"| {start} | {name} | {before:.6g} | {loss(kept).item():.6g} | {evaluations} | {seconds:.0f} |", flush=True)

    print("| start | search | loss | of the saved picture | evaluations | seconds |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for start in a.starts:
            files = {}
            for what, image in (("photo", photo), ("art", art), ("start", starts[start])):
                files[what] = folder / f"{what}.png"
                image.save(files[what])
            x = tensor(starts[start])
            row(start, "none", x, saved(x), 0, 0)
            for way in a.theirs:
                loss.evaluations, began = 0, time.monotonic()
                made = theirs(loss, x, a.steps, way.endswith("255"), way.startswith("wolfe"))
                row(start, "torch " + way, made, saved(made), loss.evaluations, time.monotonic() - began)
            for way in a.ours if a.gradus else []:
                began = time.monotonic()
                last, kept, evaluated = ours(a.gradus, a.weights, OURS[way], files, a.size, a.steps, folder)
                row(start, "gradus " + way, last, kept, evaluated, time.monotonic() - began)


if __name__ == "__main__":
    main()
