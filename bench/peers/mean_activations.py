"""Measures the mean of each channel of VGG-19 over photographs, by which `gradus style --unit-means` divides.

    python mean_activations.py --weights DIR --photos DIR [--check] [--count 100]

Writes nets/vgg19_means.inc: for each layer that styles and contents are taken from, the mean of each channel's values behind the
ReLU, over all places of the photographs in the order of their names, each brought to 224 pixels on its shorter side and cropped to
its center. Pools are average pools: the net of Gatys, Ecker & Bethge 2015. Three digits are kept. --check measures again and compares.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import nets

LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"]
SIZE = 224
FILE = pathlib.Path(__file__).resolve().parents[2] / "nets" / "vgg19_means.inc"


def average_pool(x, size, stride, pad=0):
    return F.avg_pool2d(x, size, stride, pad, ceil_mode=True, count_include_pad=False)


def photo(file):
    image = Image.open(file).convert("RGB")
    scale = SIZE / min(image.size)
    image = image.resize([max(SIZE, round(scale * s)) for s in image.size], Image.Resampling.BICUBIC)
    left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2
    pixels = np.asarray(image.crop((left, top, left + SIZE, top + SIZE)), np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)


def measured(net, files):
    sums = {name: 0 for name in LAYERS}
    with torch.inference_mode():
        for file in files:
            for name, value in zip(LAYERS, net.values(net.preprocess(photo(file)[None]), LAYERS)):
                sums[name] = sums[name] + value.double().mean((0, 2, 3))
    return {name: (total / len(files)).tolist() for name, total in sums.items()}


def text_of(means, count):
    lines = [f"// Made by bench/peers/mean_activations.py, over {count} photographs."]
    for name, values in means.items():
        lines.append(f'{{"{name}", {{')
        row = ""
        for value in values:
            word = f"{float(f'{value:.3g}'):g},"
            if len(row) + len(word) > 118:
                lines.append(row)
                row = ""
            row += word
        lines += [row, "}},"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Mean activations of VGG-19's channels over photographs.")
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--photos", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=100, help="of photographs, spread evenly over the folder")
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    a = parser.parse_args()
    nets.max_pool = average_pool
    net = nets.Net("vgg19", nets.weight_file(a.weights, "vgg19"), channels_last=True)
    files = sorted(a.photos.glob("*.jpg"))
    files = files[:: max(1, len(files) // a.count)][: a.count]
    text = text_of(measured(net, files), len(files))
    if not a.check:
        FILE.write_text(text)
    same = FILE.read_text() == text
    print(f"{len(files)} photographs: {FILE.name} {'agrees' if same else 'has other numbers'}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
