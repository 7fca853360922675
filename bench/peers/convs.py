"""Times PyTorch on the CPU: the VGG-16 convolutions, and VGG-16 and GoogLeNet forward and input gradient, at 224 px.

    python convs.py --weights DIR [--threads 2] [--runs 20] [--cases vgg16_convs,googlenet_4c]
        one JSON object a line: {"case", "layout", "dtype", "median_ms", "runs"}; the layouts and types of a case
        take turns, run by run, so that a slow moment of the machine hits them all
    python convs.py --weights DIR [--threads 2] --serve
        reads CASE/LAYOUT/DTYPE a line from stdin, runs it once and prints its milliseconds, so that a driver can
        alternate it with its own runs; the first call of a case sets it up and warms it up, untimed

Cases  vgg16_convs     the 13 convolutions, each on random data of its own size in the net: forward, then input gradient
       vgg16_forward   only the first half of that;  vgg16_gradient  only the second
       vgg16_net       convolutions, ReLUs and pools to pool5: forward and input gradient of the energy of pool5
       googlenet_4c    the same for GoogLeNet to inception_4c/output;  googlenet_5b  to inception_5b/output
       visualize       ten steps of visualize.py: a channel of inception_4c/output from noise
       style           a step of style.py: the losses of neural-style on VGG-19 at 512 px, Adam
       training        a step of training.py: the net mini on 64 pictures of 64 px
Layouts  nchw, nhwc (PyTorch's channels_last).  Types  f32, bf16.
The input is preprocessed beforehand, no weight asks for a gradient, and ReLU works in place: all in PyTorch's favor.
Batch 1. Eager: torch.compile was slower on the CPU in every combination tried. glibc gives large blocks back to the
system after every use; MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 in the environment keeps
them, which helps PyTorch on larger pictures.
"""

import argparse
import functools
import json
import statistics
import sys
import time

import torch

from nets import DTYPES, Net, energy, weight_file
from style import Stepper
from training import Trainer
from visualize import Visualizer

SIZE = 224
DEEPEST = {
    "vgg16_net": ("vgg16", "pool5"),
    "googlenet_4c": ("googlenet", "inception_4c/output"),
    "googlenet_5b": ("googlenet", "inception_5b/output"),
}
CASES = ["vgg16_convs", "vgg16_forward", "vgg16_gradient", *DEEPEST, "visualize", "style", "training"]
STEPS = 10  # of a visualization
LAYOUTS = ["nchw", "nhwc"]


def vgg16_convs(net):
    """(input, filters, bias, output gradient) of each of the 13 convolutions."""
    problems = []
    for name, w in net.weights.items():
        if name.endswith(".weight"):
            size = SIZE >> (int(name[4]) - 1)  # conv3_1 runs after two pools
            x = net.place(torch.randn(1, w.shape[1], size, size))
            dy = net.place(torch.randn(1, w.shape[0], size, size))
            problems.append((x, w, net.weights[name.replace("weight", "bias")], dy))
    return problems


def run_convs(problems, forward, gradient):
    if forward:
        for x, w, b, _ in problems:
            torch.conv2d(x, w, b, 1, 1)
    if gradient:  # what autograd calls for an input gradient alone
        for x, w, _, dy in problems:
            ones, wanted = [1, 1], [True, False, False]
            torch.ops.aten.convolution_backward(dy, x, w, None, ones, ones, ones, False, [0, 0], 1, wanted)


def run_net(net, x, layer):
    torch.autograd.grad(energy(net(x, layer)), x)


@functools.cache
def load(weights, name, layout, dtype):
    return Net(name, weight_file(weights, name), DTYPES[dtype], layout == "nhwc", in_place=True)


@functools.cache
def make(weights, case, layout, dtype):
    """A function that does the work of a case once, warmed up."""
    if case not in CASES or layout not in LAYOUTS or dtype not in DTYPES:
        known = f"cases: {CASES}, layouts: {LAYOUTS}, types: {list(DTYPES)}"
        raise ValueError(f"unknown case {case}/{layout}/{dtype}; {known}")
    torch.manual_seed(0)
    if case in DEEPEST:
        name, layer = DEEPEST[case]
        net = load(weights, name, layout, dtype)
        x = net.preprocess(torch.rand(1, 3, SIZE, SIZE)).requires_grad_()
        work = functools.partial(run_net, net, x, layer)
    elif case == "visualize":
        net = load(weights, "googlenet", layout, dtype)
        work = functools.partial(Visualizer(net, "inception_4c/output", 5, SIZE).steps, STEPS)
    elif case == "style":
        work = Stepper(load(weights, "vgg19", layout, dtype), 512).step
    elif case == "training":
        work = Trainer(layout == "nhwc", DTYPES[dtype]).step
    else:
        problems = vgg16_convs(load(weights, "vgg16", layout, dtype))
        work = functools.partial(run_convs, problems, case != "vgg16_gradient", case != "vgg16_forward")
    for _ in range(3):
        work()
    return work


def milliseconds(work):
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def serve(weights):
    for line in sys.stdin:
        try:
            case, layout, dtype = line.strip().split("/")
            answer = f"{milliseconds(make(weights, case, layout, dtype)):.3f}"
        except ValueError as fault:
            answer = f"error: {fault}"
        print(answer, flush=True)


def main():
    parser = argparse.ArgumentParser(description="Time PyTorch on the CPU.")
    parser.add_argument("--weights", required=True, help="folder of the .safetensors files")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated")
    parser.add_argument("--serve", action="store_true", help="run cases on request, one a line of stdin")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.serve:
        serve(args.weights)
        return
    for case in args.cases.split(","):
        variants = [(layout, dtype) for layout in LAYOUTS for dtype in ("f32", "bf16")]
        works = [make(args.weights, case, *variant) for variant in variants]
        times = [[milliseconds(work) for work in works] for _ in range(args.runs)]
        for (layout, dtype), column in zip(variants, zip(*times)):
            median = round(statistics.median(column), 3)
            record = {"case": case, "layout": layout, "dtype": dtype, "median_ms": median, "runs": args.runs}
            print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
