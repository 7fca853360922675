"""Makes the golden tensors of views and of pictures written as waves, with PyTorch and NumPy in double precision.

    python tests/golden/make_view_golden.py            writes views/*.npy beside itself
    python tests/golden/make_view_golden.py --check    computes them again and compares

Views     views_{turns,matrix,y,dx}.npy: the picture of make_objective_golden.py turned counterclockwise, magnified and
          moved, one view (10,8,3) for each row (degrees, zoom, shift down, shift right) of turns; gray 0.5 beyond the
          edge. y are the views by grid_sample, dx the gradient of sum(r y), r = number(i, 1) of that script. The
          matrices (V,2,3) are rounded to single precision before the views are made with them.
Fourier   fourier_HxW_{numbers,picture,dn}.npy. The picture is lucid's (Olah, Mordvintsev & Schubert 2017): a complex
          spectrum, sqrt(W H) / max(f, 1 / max(W, H)), irfft2, / 4, colors, sigmoid. The numbers are that spectrum
          turned (function `turned`), dn the gradient of sum(r picture) with respect to the spectrum turned alike.
Needs torch and numpy.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from make_objective_golden import HEIGHT, WIDTH, numbers, pictures, write_or_compare

FOLDER = pathlib.Path(__file__).resolve().parent / "views"
TURNS = np.array([[0, 1, 0, 0], [10, 1.1, 1.5, -2.25], [-7, 0.9, -0.75, 3], [90, 1, 0, 0], [0, 1, 5.5, 0.25],
                  [33, 1.6, -1.25, 0.5], [0, 0.9, 0, 0]])  # degrees, zoom, shift down, shift right
GRAY = 0.5
SIZES = [(8, 6), (5, 7), (6, 5), (7, 4)]
COLORS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]], dtype=torch.float64)


# ---- views


def matrices():
    """The place of the input that a pixel of the output shows: rows and columns from the center, y pointing down."""
    degrees, zoom, down, right = TURNS.T
    cos, sin = np.cos(np.radians(degrees)) / zoom, np.sin(np.radians(degrees)) / zoom
    middle = np.array([(HEIGHT - 1) / 2, (WIDTH - 1) / 2])
    turn = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    shift = middle + np.stack([down, right], -1) - turn @ middle
    return np.concatenate([turn, shift[..., None]], -1).astype(np.float32).astype(np.float64)


def views():
    m = torch.from_numpy(matrices())
    x = pictures(1).repeat(len(m), 1, 1, 1).requires_grad_()
    h, w = torch.meshgrid(*(torch.arange(float(e), dtype=torch.float64) for e in (HEIGHT, WIDTH)), indexing="ij")
    places = torch.einsum("vij,hwj->vhwi", m, torch.stack([h, w, torch.ones_like(h)], -1))
    # grid_sample wants columns first, -1 and 1 the centers of the outermost pixels.
    grid = (2 * places / torch.tensor([HEIGHT - 1.0, WIDTH - 1.0], dtype=torch.float64) - 1).flip(-1)
    around = (x - GRAY).permute(0, 3, 1, 2)
    y = F.grid_sample(around, grid, mode="bilinear", padding_mode="zeros", align_corners=True) + GRAY
    y = y.permute(0, 2, 3, 1)
    (dx,) = torch.autograd.grad((numbers(y.shape, 1) * y).sum(), x)
    return {"views_turns": TURNS, "views_matrix": m.numpy(), "views_y": y.detach().numpy(), "views_dx": dx.numpy()}


# ---- pictures written as waves


def lucid(spectrum, height, width):
    """The picture (H,W,3) of a spectrum (3, H, W/2 + 1)."""
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    scale = torch.from_numpy(np.sqrt(width * height) / np.maximum(f, 1 / max(width, height)))
    planes = torch.fft.irfft2(scale * spectrum, s=(height, width)) / 4
    return (planes.permute(1, 2, 0) @ (COLORS / COLORS.norm(dim=0).max()).T).sigmoid()


def places(n):
    """Where the waves of so many periods stand among the n numbers of a transform: the cosines, and the sines."""
    cosines = [f for parity in (0, 1) for f in range(parity, n // 2 + 1, 2)]
    sines = [f for first in (1, 2) for f in range(first, (n + 1) // 2, 2)]
    return {f: k for k, f in enumerate(cosines)}, {f: len(cosines) + k for k, f in enumerate(sines)}


def turned(s, height, width):
    """The numbers (H,W,3) of gradus for a spectrum s: what stands before the waves, and where each is counted once.

    The four numbers of the frequencies (fy,fx) and (-fy,fx), A + iB and C + iD, make
        cos cos: (A + C)/sqrt 2,   sin sin: (C - A)/sqrt 2,   cos sin: -(B + D)/sqrt 2,   sin cos: (D - B)/sqrt 2
    (down first, then across), an orthogonal matrix. So do the two of a row that is its own partner, fy = 0 or H/2:
        cos: A,   sin: -B.
    In a column that is its own partner, fx = 0 or W/2, irfft2 takes the mean of one half and the other's conjugate:
        cos: (A + C)/2,   sin: (D - B)/2,   and A/sqrt 2 where row and column are their own partners.
    """
    n = np.zeros((width, 3, height))  # turned at the end
    root = np.sqrt(2)
    (cos_down, sin_down), (cos_across, sin_across) = places(height), places(width)
    for fy in range(height // 2 + 1):
        for fx in range(width // 2 + 1):
            one, other = s[:, fy, fx], s[:, -fy % height, fx]
            alone_down, alone_across = fy in (0, height / 2), fx in (0, width / 2)
            down, across = cos_down[fy], cos_across[fx]
            if alone_down and alone_across:
                n[across, :, down] = one.real / root
            elif alone_down:
                n[across, :, down], n[sin_across[fx], :, down] = one.real, -one.imag
            elif alone_across:
                n[across, :, down] = (one.real + other.real) / 2
                n[across, :, sin_down[fy]] = (other.imag - one.imag) / 2
            else:
                n[across, :, down] = (one.real + other.real) / root
                n[sin_across[fx], :, sin_down[fy]] = (other.real - one.real) / root
                n[sin_across[fx], :, down] = -(one.imag + other.imag) / root
                n[across, :, sin_down[fy]] = (other.imag - one.imag) / root
    return n.transpose(2, 0, 1)


def fourier(height, width):
    """Where two numbers of the spectrum make one of ours, (A + C)/2, a slope of 1 in ours is 1/2 in each of the two:
    the gradient, turned, is half of ours there, and so it is at A/sqrt 2."""
    rng = np.random.default_rng(100 * height + width)
    parts = rng.standard_normal((2, 3, height, width // 2 + 1)) * 0.5
    spectrum = torch.from_numpy(parts[0] + 1j * parts[1]).requires_grad_()
    picture = lucid(spectrum, height, width)
    (ds,) = torch.autograd.grad((numbers(picture.shape, 1) * picture).sum(), spectrum)
    dn = turned(ds.numpy(), height, width)
    cosines, _ = places(width)
    alone = [cosines[0]] if width % 2 else [cosines[0], cosines[width // 2]]
    dn[:, alone] *= 2
    name = f"fourier_{height}x{width}"
    n = turned(spectrum.detach().numpy(), height, width)
    inner = spectrum.detach()[:, :, 1 : (width + 1) // 2]
    assert np.isclose(np.sum(np.delete(n, alone, 1) ** 2), inner.abs().square().sum()), "not orthogonal"
    return {f"{name}_numbers": n, f"{name}_picture": picture.detach().numpy()[None], f"{name}_dn": dn}


def main():
    parser = argparse.ArgumentParser(description="Make the golden tensors of views, or compare them.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    tensors = views()
    for size in SIZES:
        tensors |= fourier(*size)
    faults = write_or_compare(FOLDER, tensors, check)
    print("\n".join(faults) or f"{len(tensors)} tensors {'agree' if check else 'written'}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
