"""What is timed one by one: the ceilings, what memory bounds, Gram matrices, and every convolution of three nets."""

import dataclasses

from layers import NETS, convs

PRECISIONS = ["f32", "tf32", "bf16"]
PASSES = ["forward", "gradient"]
SIDE = 224
CPU_SCALE = 16  # by which --cpu shrinks sizes; channels by a quarter of that


@dataclasses.dataclass
class Problem:
    """request: a line for the servers (bench/op_problem.h); layers: how many each net has of it."""

    group: str
    name: str
    request: dict
    layers: dict = dataclasses.field(default_factory=dict)
    peers_only: bool = False
    ours_only: bool = False


def small(extent, scale):
    return max(4, extent // scale)


def fewer_channels(channels, scale):
    return channels if scale == 1 else max(4, 4 * channels // scale)


def ceilings(scale):
    x = [1, small(1024, scale), small(1024, scale), 64]  # 256 MiB
    yield Problem("ceilings", "copy", {"op": "copy", "x": x})
    for precision in PRECISIONS:
        n = small(8192, scale * scale)
        request = {"op": "matmul", "n": n, "precision": precision}
        yield Problem("ceilings", f"matrix product, {n} cubed", request, peers_only=True)


def bandwidth(scale):
    """On 64 MiB in bf16, 128 MiB in f32."""
    x = [1, small(1024, scale), small(512, scale), 64]
    for name in ("momentum_step", "adam_step", "normalized_ascent_step"):
        yield Problem("bandwidth", name, {"op": name, "x": x, "precision": "f32"})
    pools = {f"max_pool2d, {n}x{n}": {"size": n, "stride": 2, "pad": 0} for n in (2, 3)}
    for dtype in ("f32", "bf16"):
        for name in ("scale", "add", "sum_squares"):
            yield Problem("bandwidth", name, {"op": name, "x": x, "precision": dtype})
        for way in PASSES:
            for name, window in pools.items():
                request = {"op": "max_pool2d", "x": x, "pass": way, "precision": dtype, **window}
                yield Problem("bandwidth", name, request)
            yield Problem("bandwidth", "lrn", {"op": "lrn", "x": x, "pass": way, "precision": dtype})


def grams(scale):
    """Of the layers of VGG-19 that style transfer reads, at 512 px."""
    for stage, channels in enumerate((64, 128, 256, 512, 512), 1):
        side = small(512 >> (stage - 1), scale)
        for way in PASSES:
            x = [1, side, side, fewer_channels(channels, scale)]
            request = {"op": "gram", "x": x, "pass": way, "precision": "f32"}
            yield Problem("gram", f"conv{stage}_1", request)


def convolutions(scale):
    """Each shape once, named after the first layer that has it."""
    first, count = {}, {}
    for net in NETS:
        for conv in convs(net, SIDE):
            first.setdefault(conv.shape, f"{net} {conv.name}")
            count.setdefault(conv.shape, dict.fromkeys(NETS, 0))[net] += 1
    for shape, name in first.items():
        side, c, k, taps, stride, pad = shape
        c, k = (c if c == 3 else fewer_channels(c, scale)), fewer_channels(k, scale)
        side = max(side // scale, taps)
        base = {"op": "conv2d", "x": [1, side, side, c], "w": [k, c, taps, taps], "stride": stride, "pad": pad}
        for precision in PRECISIONS:
            for way in PASSES:
                yield Problem("convs", name, {**base, "pass": way, "precision": precision}, count[shape])


def dreams(scale):
    """Whole steps of ours, beside which the report puts those of bench/peers/iterations.py."""
    for size in (224, 512, 1024, 2048):
        for precision in PRECISIONS:
            side = max(32, size // scale // 2) if scale > 1 else size
            request = {"op": "dream", "x": [1, side, side, 3], "precision": precision, "cold": 1, "warm": 2}
            yield Problem("dream", f"{size}", request, ours_only=True)


def problems(scale=1):
    return [p for make in (ceilings, bandwidth, grams, dreams, convolutions) for p in make(scale)]


def fewer(all_problems):
    """One of each kind: the op, its pass, precision and window, of a picture or of features, whatever the sizes."""
    chosen = {}
    for p in all_problems:
        r = p.request
        kind = (r["op"], r.get("pass"), r.get("precision"), *r.get("w", [])[2:], r.get("size"))
        chosen.setdefault((*kind, r.get("x", [])[3:] == [3]), p)
    return list(chosen.values())
