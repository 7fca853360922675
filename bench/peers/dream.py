"""DeepDream in PyTorch on the CPU, as a competent user would write it: the peer of `gradus dream`.

    python dream.py PHOTO -o OUT.png --weights DIR [--width 1024] [--threads 2] [--layout nchw|nhwc] [--seed 0]

GoogLeNet inception_4c/output, 4 octaves of 1.4, 10 steps of 1.5 / mean|g| (in 0..255), jitter 32, clipped to
0..255 after every step, the detail of an octave carried on to the next, bilinear. Prints the energy of each
octave's first and last step and the seconds of the whole loop, without loading the weights and the picture.
"""

import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from nets import Net, energy, weight_file


def resize(x, size):
    return F.interpolate(x, size, mode="bilinear", align_corners=False)


def climb(x, net, layer, jitter, rate, low, high):
    """One step: the picture, and the energy it had before."""
    shift = torch.randint(-jitter, jitter + 1, (2,)).tolist()
    shifted = torch.roll(x, shift, (2, 3)).requires_grad_()
    objective = energy(net(shifted, layer))
    (g,) = torch.autograd.grad(objective, shifted)
    with torch.no_grad():
        shifted += rate / g.abs().mean() * g
        back = torch.roll(shifted, [-s for s in shift], (2, 3))
        return torch.clamp(back, low, high), objective.item()


def dream(x, net, layer, octaves=4, scale=1.4, steps=10, rate=1.5, jitter=32, report=print):
    """x (1,3,H,W), as the net takes it."""
    low, high = -net.mean, 255 - net.mean
    height, width = x.shape[2:]
    detail = None
    for octave in reversed(range(octaves)):
        size = [round(extent / scale**octave) for extent in (height, width)]
        base = resize(x, size) if octave else x
        y = base if detail is None else base + resize(detail, size)
        energies = []
        for _ in range(steps):
            y, before = climb(y, net, layer, jitter, rate, low, high)
            energies.append(before)
        detail = y - base
        report(f"octave {octaves - octave}: {size[1]} x {size[0]}, energy {energies[0]:.2f} -> {energies[-1]:.2f}")
    return y


def main():
    parser = argparse.ArgumentParser(description="DeepDream in PyTorch on the CPU.")
    parser.add_argument("photo")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--weights", required=True, help="folder of the .safetensors files")
    parser.add_argument("--layer", default="inception_4c/output")
    parser.add_argument("--width", type=int, help="in pixels; the photograph's own without")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", default="nhwc", choices=["nchw", "nhwc"])
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    net = Net("googlenet", weight_file(args.weights, "googlenet"), channels_last=args.layout == "nhwc", in_place=True)
    photo = Image.open(args.photo).convert("RGB")
    if args.width and args.width != photo.width:
        photo = photo.resize((args.width, round(photo.height * args.width / photo.width)), Image.BICUBIC)
    rgb = torch.from_numpy(np.asarray(photo, np.float32) / 255).permute(2, 0, 1)[None]

    start = time.perf_counter()
    y = dream(net.preprocess(rgb), net, args.layer)
    print(f"{time.perf_counter() - start:.2f} s")

    pixels = (y + net.mean).flip(1)[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8)
    Image.fromarray(pixels.numpy()).save(args.output)


if __name__ == "__main__":
    main()
