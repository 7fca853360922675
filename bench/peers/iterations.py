"""Whole iterations of style transfer and of dreaming in PyTorch, in every way in which a competent user would run them.

    python iterations.py --device cuda [--sizes 1024,512,224,2048] [--seconds 120]
    python iterations.py --device cpu --sizes 64 --steps 2

A line of JSON each: {"case", "size", "precision", "layout", "mode", "ms": [median, least, most], "MB"}, or, instead of
the last two, "refused" and the reason. Modes that run at one size and precision take turns, if they fit into memory
together. Nothing but PyTorch is needed: weights are random (layers.py).

Cases       style  VGG-19: Gram losses on relu1_1 ... relu5_1, content on relu4_2, total variation, Adam on the picture
            dream  GoogLeNet to inception_4c/output: jitter, gradient of half the mean square, a step normalized by the
                   mean |gradient|, back, clip
Precisions  f32, tf32, bf16 (autocast; the weights are converted beforehand)
Layouts     nchw, nhwc (channels_last)
Modes       eager; graph: eager recorded as a CUDA graph; compiled: torch.compile; compiled graph: both
An iteration's time is that of `--steps` of them, one after the other, divided by their number.
"""

import argparse
import functools
import gc
import itertools
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

from device_timing import Timer, fault, recorded, set_tf32
from layers import seeded_weights
from nets import Net, energy

PRECISIONS = ["tf32", "bf16", "f32"]
LAYOUTS = ["nhwc", "nchw"]
MODES = ["eager", "graph", "compiled", "compiled graph"]
STYLE = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"]  # relu4_2 is the content
STYLE_WEIGHT, TV_WEIGHT, JITTER, STEP = 1e3, 1e-2, 32, 1.5


@functools.cache
def net_of(name, precision, layout, device):
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    return Net(name, seeded_weights(name), dtype, layout == "nhwc", in_place=True, device=device)


def autocast(device, precision):
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=precision == "bf16")


def picture(size, layout, device):
    x = torch.randn(1, 3, size, size, device=device).mul_(50)
    return x.contiguous(memory_format=torch.channels_last if layout == "nhwc" else torch.contiguous_format)


def gram(a):
    f = a.flatten(2)
    if a.is_contiguous(memory_format=torch.channels_last):
        f = a.permute(0, 2, 3, 1).flatten(1, 2).mT
    return f @ f.mT / f.numel()


def style_step(size, precision, layout, device, finish):
    """A function that does an iteration; `finish` compiles what computes the gradient, or leaves it as it is."""
    net = net_of("vgg19", precision, layout, device)

    def features(x):
        with autocast(device, precision):
            values = net.values(x, STYLE)
            return [v if name == "relu4_2" else gram(v) for name, v in zip(STYLE, values)]

    x = picture(size, layout, device).requires_grad_()
    with torch.no_grad():
        targets = [t.float() for t in features(picture(size, layout, device))]

    def loss(x):
        total = TV_WEIGHT * ((x[:, :, 1:] - x[:, :, :-1]).square().mean() + (x[..., 1:] - x[..., :-1]).square().mean())
        for name, value, target in zip(STYLE, features(x), targets):
            total = total + (1 if name == "relu4_2" else STYLE_WEIGHT) * F.mse_loss(value.float(), target)
        return total

    loss = finish(loss)
    adam = torch.optim.Adam([x], lr=1.0, fused=True, capturable=torch.device(device).type == "cuda")

    def step():
        value = loss(x)
        (g,) = torch.autograd.grad(value, x)
        x.grad = g if g.stride() == x.stride() else torch.empty_like(x).copy_(g)  # fused Adam wants one layout
        adam.step()
        return value.detach()

    return step


def rolled(x, shift):
    """x shifted along its rows and columns by a tensor of two whole numbers, which a recorded step can change."""
    for axis in (0, 1):
        at = torch.arange(x.shape[2 + axis], device=x.device) - shift[axis]
        x = x.index_select(2 + axis, at % x.shape[2 + axis])
    return x


def dream_step(size, precision, layout, device, finish):
    net = net_of("googlenet", precision, layout, device)
    low, high = -net.mean.float(), 255 - net.mean.float()
    x = picture(size, layout, device)
    reach = min(JITTER, size - 1)

    def objective(shifted):
        with autocast(device, precision):
            return energy(net(shifted, "inception_4c/output").float())

    def moved(shifted, g, shift):
        return rolled(shifted + STEP / g.abs().mean() * g, -shift).clamp(low, high)

    objective, moved, roll = finish(objective), finish(moved), finish(rolled)

    def step():
        shift = torch.randint(-reach, reach + 1, (2,), device=device)
        shifted = roll(x, shift).detach().requires_grad_()
        value = objective(shifted)
        (g,) = torch.autograd.grad(value, shifted)
        with torch.no_grad():
            x.copy_(moved(shifted, g, shift))
        return value.detach()

    return step


CASES = {"style": style_step, "dream": dream_step}


def make(case, size, precision, layout, mode, device, backend):
    """The iteration, warmed up. Throws where it cannot run."""
    cuda = torch.device(device).type == "cuda"
    if precision == "tf32" and not cuda:
        raise RuntimeError("the processor has no TF32")
    if "graph" in mode and not cuda:
        raise RuntimeError("CUDA graphs need a GPU")
    set_tf32(precision == "tf32")
    torch.manual_seed(0)
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    finish = functools.partial(torch.compile, backend=backend) if "compiled" in mode else lambda f: f
    step = CASES[case](size, precision, layout, device, finish)
    for _ in range(3 if cuda else 1):
        value = step()
    if not torch.isfinite(value):
        raise RuntimeError(f"the loss became {value.item()}")
    return recorded(step) if "graph" in mode else step


def groups(args):
    """Lists of variants that are timed in turns. Above 1024 px each is alone, to have the memory for itself."""
    for size, case, precision in itertools.product(args.sizes, args.cases, args.precisions):
        variants = [(case, size, precision, layout, mode) for mode in args.modes for layout in args.layouts]
        yield from [[v] for v in variants] if size > 1024 else [variants]


def run_group(variants, args, timer, end):
    """The records of a group, in order."""
    records, steps = [], {}
    for v in variants:
        record = dict(zip(("case", "size", "precision", "layout", "mode"), v))
        records.append(record)
        if time.monotonic() > end:
            record["refused"] = "out of time"
            continue
        try:
            steps[v] = make(*v, args.device, args.backend)
            if timer.cuda:
                record["MB"] = torch.cuda.max_memory_allocated() >> 20
        except Exception as error:  # of any kind: compilers throw all of them
            record["refused"] = fault(error)
    times = {v: [] for v in steps}
    for _ in range(args.runs):
        for v, step in steps.items():
            set_tf32(v[2] == "tf32")
            times[v].append(timer.warm(step, args.steps))
    for v, record in zip(variants, records):
        if v in times:
            record["ms"] = [round(f(times[v]), 4) for f in (statistics.median, min, max)]
    return records


def main():
    def words(text):
        return text.split(",")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--sizes", default="1024,512,224,2048", help="in pixels (default: %(default)s)")
    parser.add_argument("--cases", type=words, default=list(CASES))
    parser.add_argument("--precisions", type=words, default=PRECISIONS)
    parser.add_argument("--layouts", type=words, default=LAYOUTS)
    parser.add_argument("--modes", type=words, default=MODES)
    parser.add_argument("--backend", default="inductor", help="of torch.compile (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=5, help="iterations per run (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="of each variant (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin nothing new after so many")
    args = parser.parse_args()
    args.sizes = [int(s) for s in args.sizes.split(",")]
    end = time.monotonic() + args.seconds
    torch.backends.cudnn.benchmark = True
    timer = Timer(args.device, 1)
    for variants in groups(args):
        for record in run_group(variants, args, timer, end):
            print(json.dumps(record), flush=True)
        torch.compiler.reset()
        gc.collect()
        if timer.cuda:
            torch.cuda.empty_cache()


if __name__ == "__main__":
    sys.exit(main())
