"""The convolutions of VGG-16, VGG-19 and GoogLeNet as data, and random weights for them: nothing has to be loaded.

No PyTorch here: bench/gpu/run reads the shapes on machines without it.
"""

import dataclasses
import math

# 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, behind the pool
INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
VGG = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
NETS = [*VGG, "googlenet"]


@dataclasses.dataclass(frozen=True)
class Conv:
    """size: of its input, size x size pixels of C channels; K filters of taps x taps."""

    name: str
    size: int
    C: int
    K: int
    taps: int
    stride: int = 1
    pad: int = 0

    @property
    def shape(self):
        """What the time depends on: layers of the same shape are timed once."""
        return (self.size, self.C, self.K, self.taps, self.stride, self.pad)


def vgg(counts, size):
    channels = 3
    for stage, count in enumerate(counts, 1):
        filters = min(64 << (stage - 1), 512)
        for i in range(1, count + 1):
            yield Conv(f"conv{stage}_{i}", size, channels, filters, 3, pad=1)
            channels = filters
        size //= 2


def googlenet(size):
    def halved(extent, taps=3):  # a window of stride 2 that may hang over the edge
        return -(-(extent - taps) // 2) + 1

    yield Conv("conv1/7x7_s2", size, 3, 64, 7, 2, 3)
    size = halved((size - 1) // 2 + 1)
    yield Conv("conv2/3x3_reduce", size, 64, 64, 1)
    yield Conv("conv2/3x3", size, 64, 192, 3, pad=1)
    channels = 192
    for name, (one, three_in, three, five_in, five, pooled) in INCEPTION.items():
        if name[1] == "a":
            size = halved(size)
        block = f"inception_{name}/"
        yield Conv(block + "1x1", size, channels, one, 1)
        yield Conv(block + "3x3_reduce", size, channels, three_in, 1)
        yield Conv(block + "3x3", size, three_in, three, 3, pad=1)
        yield Conv(block + "5x5_reduce", size, channels, five_in, 1)
        yield Conv(block + "5x5", size, five_in, five, 5, pad=2)
        yield Conv(block + "pool_proj", size, channels, pooled, 1)
        channels = one + three + five + pooled


def convs(net, size=224):
    """The convolutions of a net on a picture of size x size pixels, in order."""
    return list(googlenet(size) if net == "googlenet" else vgg(VGG[net], size))


def seeded_weights(net, seed=1):
    """{"conv1_1.weight": (K,C,R,S), "conv1_1.bias": (K), ...}: normal numbers that keep the size of activations (He
    et al. 2015), and zeros. The same seed gives the same numbers; they cost the same time as real ones."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for conv in convs(net):
        shape = (conv.K, conv.C, conv.taps, conv.taps)
        scale = math.sqrt(2 / math.prod(shape[1:]))
        weights[conv.name + ".weight"] = scale * torch.randn(shape, generator=generator)
        weights[conv.name + ".bias"] = torch.zeros(conv.K)
    return weights
