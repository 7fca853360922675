"""Makes the golden paths of the optimizers' tests with PyTorch's optimizers in double precision.

    python tests/golden/make_optimizer_golden.py            writes optimizers/*.npy beside itself
    python tests/golden/make_optimizer_golden.py --check    computes them again and compares

Each file holds x after every step, (steps, 10), going down
    f(x) = sum_i (1 + i/3)/2 (x_i - sin i)^2 + 0.3 cos(3 x_i)  +  sum_i 0.1 (x_i+1 - x_i)^2,   from x_i = cos 2i.
Made with torch 2.15.0. Needs torch and numpy.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parent / "optimizers"
STEPS = 20
TOLERANCE = 1e-10
I = torch.arange(10, dtype=torch.float64)


def f(x):
    bowls = (1 + I / 3) / 2 * (x - I.sin()) ** 2 + 0.3 * (3 * x).cos()
    return bowls.sum() + 0.1 * ((x[1:] - x[:-1]) ** 2).sum()


def path(make):
    """Where the optimizer is after each step; L-BFGS takes one iteration a step."""
    x = (2 * I).cos().requires_grad_()
    optimizer = make([x])

    def closure():
        optimizer.zero_grad()
        y = f(x)
        y.backward()
        return y

    points = []
    for _ in range(STEPS):
        optimizer.step(closure)
        points.append(x.detach().clone())
    return torch.stack(points).numpy()


def paths():
    optim = torch.optim
    return {
        "adam": path(lambda x: optim.Adam(x, lr=0.05)),
        "adam_betas": path(lambda x: optim.Adam(x, lr=0.02, betas=(0.5, 0.9), eps=1e-3)),
        "momentum": path(lambda x: optim.SGD(x, lr=0.02, momentum=0.9)),
        "nesterov": path(lambda x: optim.SGD(x, lr=0.02, momentum=0.9, nesterov=True)),
        "rmsprop": path(lambda x: optim.RMSprop(x, lr=0.02, alpha=0.95, eps=1e-8)),
        "rmsprop_decay": path(lambda x: optim.RMSprop(x, lr=0.05, alpha=0.5, eps=1e-2)),
        "lbfgs": path(lambda x: optim.LBFGS(x, lr=0.3, max_iter=1, history_size=4, tolerance_grad=0,
                                            tolerance_change=0)),
    }


def main():
    parser = argparse.ArgumentParser(description="Make the golden paths of optimizers, or compare them.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    faults = []
    for name, points in paths().items():
        file = FOLDER / f"{name}.npy"
        if not check:
            np.save(file, points)
        elif not np.linalg.norm(points - np.load(file)) <= TOLERANCE * np.linalg.norm(points):
            faults.append(f"{name}: another path")
    print("\n".join(faults) or "all paths agree" if check else "written")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
