"""Times one op at a time in PyTorch, on request: the peer of bench/serve_ops.cpp, which says what a line asks for.

    echo '{"op": "lrn", "x": [1, 56, 56, 64], "cold": 3, "warm": 10}' | python serve_ops.py --device cuda

Besides the words there: "layout" nhwc or nchw (x is given as N,H,W,C in any case), and {"op": "matmul", "n": 8192}. On
a GPU an op is recorded as a CUDA graph and replayed, and cuDNN tries its algorithms first (benchmark mode). bf16:
activations and filters. Nothing but PyTorch is needed.
"""

import argparse
import json
import sys

import torch
import torch.nn.functional as F

from device_timing import FLUSH_BYTES, Timer, fault, recorded, set_tf32
from nets import lrn_slices

PRECISIONS = {"f32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16}


class Refused(Exception):
    """What cannot be timed here."""


def gram(x):
    f = x.permute(0, 2, 3, 1).flatten(1, 2) if x.is_contiguous(memory_format=torch.channels_last) else x.flatten(2).mT
    return f.mT @ f


def max_pool(r):
    return lambda x: F.max_pool2d(x, r["size"], r["stride"], r["pad"], ceil_mode=True)


# name: a function of the request that gives a function of x
UNARY = {
    "scale": lambda r: lambda x: 3 * x,
    "sum_squares": lambda r: lambda x: torch.linalg.vector_norm(x) ** 2,
    "max_pool2d": max_pool,
    "lrn": lambda r: lrn_slices,
    "gram": lambda r: gram,
}


def optimizer(kind, **options):
    def make(x, gradient):
        x = torch.nn.Parameter(x)
        x.grad = gradient
        on_gpu = {"capturable": True} if x.is_cuda and kind is torch.optim.Adam else {}
        return kind([x], lr=0.01, fused=True, **options, **on_gpu).step

    return make


def normalized_ascent(x, gradient):
    return lambda: x.add_(gradient * (0.01 / (gradient.abs().mean() + 1e-20)))


# name: a function of a picture and its gradient that gives a step of an optimizer
STEPS = {
    "momentum_step": optimizer(torch.optim.SGD, momentum=0.9),
    "adam_step": optimizer(torch.optim.Adam),
    "normalized_ascent_step": normalized_ascent,
}


def conv2d(r, x, filters, bias):
    k, _, height, width = r["w"]
    stride, pad = [r["stride"]] * 2, [r["pad"]] * 2
    if r.get("pass") != "gradient":
        return lambda: torch.conv2d(x, filters, bias, stride, pad)
    extent = [(x.shape[2] + 2 * pad[0] - height) // stride[0] + 1, (x.shape[3] + 2 * pad[1] - width) // stride[1] + 1]
    dy = torch.randn(x.shape[0], k, *extent, device=x.device, dtype=x.dtype)
    if x.is_contiguous(memory_format=torch.channels_last):
        dy = dy.contiguous(memory_format=torch.channels_last)
    back = torch.ops.aten.convolution_backward  # what autograd calls for an input gradient alone
    return lambda: back(dy, x, filters, None, stride, pad, [1, 1], False, [0, 0], 1, [True, False, False])


def make(r, device):
    """A function that does the work once."""
    dtype = PRECISIONS[r.get("precision", "f32")]
    layout = torch.contiguous_format if r.get("layout") == "nchw" else torch.channels_last

    def noise(*shape):
        return torch.rand(shape, device=device).mul_(2).sub_(1).to(dtype)

    if r["op"] == "matmul":
        a, b = noise(r["n"], r["n"]), noise(r["n"], r["n"])
        return lambda: torch.mm(a, b)
    n, height, width, channels = r["x"]
    x = noise(n, channels, height, width).contiguous(memory_format=layout)
    if r["op"] == "copy":
        y = torch.empty_like(x)
        return lambda: y.copy_(x)
    if r["op"] == "add":
        other = noise(n, channels, height, width).contiguous(memory_format=layout)
        return lambda: x + other
    if r["op"] in STEPS:
        gradient = noise(n, channels, height, width).contiguous(memory_format=layout)
        return STEPS[r["op"]](x, gradient)
    if r["op"] == "conv2d":
        return conv2d(r, x, noise(*r["w"]).contiguous(memory_format=layout), noise(r["w"][0]))
    if r["op"] not in UNARY:
        raise Refused(f"no op {r['op']}; there are matmul, copy, add, conv2d, {', '.join([*UNARY, *STEPS])}")
    f = UNARY[r["op"]](r)
    if r.get("pass") != "gradient":
        return lambda: f(x)
    x.requires_grad_()
    y = f(x)
    dy = torch.randn_like(y)
    return lambda: torch.autograd.grad(y, x, dy, retain_graph=True)


class Server:
    def __init__(self, device, flush_bytes):
        self.device, self.timer, self.made = device, Timer(device, flush_bytes), {}

    def answer(self, r):
        if "forget" in r:
            self.made.clear()
            if self.timer.cuda:
                torch.cuda.empty_cache()
            return {}
        cold, warm = r.pop("cold", 3), r.pop("warm", 10)
        precision = r.get("precision", "f32")
        if precision == "tf32" and not self.timer.cuda:
            raise Refused("the processor has no TF32")
        set_tf32(precision == "tf32")
        key = json.dumps(r, sort_keys=True)
        if key not in self.made:
            work = make(r, self.device)
            # Autograd's backward pass has a stream of its own: it is timed as it is.
            graph = self.timer.cuda and (r.get("pass") != "gradient" or r["op"] == "conv2d")
            for _ in range(3):
                work()
            self.made[key] = recorded(work) if graph else work
        work = self.made[key]
        return {"cold_ms": self.timer.cold(work, cold), "warm_ms": self.timer.warm(work, warm)}


def main():
    parser = argparse.ArgumentParser(description="Time one op per line of stdin in PyTorch.")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--threads", type=int, help="of the processor")
    parser.add_argument("--flush", type=int, default=FLUSH_BYTES >> 20, help="MB to overwrite before a cold run")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    server = Server(args.device, args.flush << 20)
    for line in sys.stdin:
        try:
            answer = server.answer(json.loads(line))
        except (Refused, RuntimeError, KeyError, ValueError, TypeError) as error:
            answer = {"refused": str(error) if isinstance(error, Refused) else fault(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
