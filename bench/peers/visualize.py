"""Feature visualization in PyTorch, for the CPU: a channel of GoogLeNet from noise, the loop of `gradus visualize`.

The picture is a spectrum scaled by 1/f with decorrelated colors and a sigmoid; each step shows the net a random affine
view of it and moves the spectrum by Adam. The view is one grid_sample, as ours is one sampling, not a chain of five.

    visualizer = Visualizer(net, "inception_4c/output", 5, 224)
    visualizer.steps(10)
"""

import math

import torch
import torch.nn.functional as F

COLORS = [[0.562829, 0.194825, 0.043295], [0.584476, 0.0, -0.108236], [0.584476, -0.194825, 0.064942]]


class Visualizer:
    def __init__(self, net, layer, channel, size, rate=0.05):
        self.net, self.layer, self.channel, self.size = net, layer, channel, size
        across = torch.fft.rfftfreq(size)
        down = torch.fft.fftfreq(size)[:, None]
        frequency = torch.sqrt(down**2 + across**2).clamp(min=1.0 / size)
        self.scale = (size / frequency / 4)[None, None, :, :, None]
        self.spectrum = (0.01 * torch.randn(1, 3, size, size // 2 + 1, 2)).requires_grad_()
        self.colors = torch.tensor(COLORS)
        self.adam = torch.optim.Adam([self.spectrum], lr=rate, foreach=True)

    def picture(self):
        planes = torch.fft.irfft2(torch.view_as_complex(self.spectrum * self.scale), s=(self.size, self.size))
        return torch.sigmoid(torch.einsum("nchw,dc->ndhw", planes, self.colors))

    def view(self, x):
        """Shift, scale and turn, seen in one bilinear sampling; gray beyond the edge."""
        angle = math.radians(float(torch.randint(-10, 11, ())))
        zoom = 0.9 + 0.02 * float(torch.randint(0, 11, ()))
        shift = (torch.rand(2) * 12 - 6) * 2 / self.size
        cos, sin = math.cos(angle) / zoom, math.sin(angle) / zoom
        theta = torch.tensor([[[cos, -sin, float(shift[0])], [sin, cos, float(shift[1])]]])
        grid = F.affine_grid(theta, x.shape, align_corners=False)
        return F.grid_sample(x - 0.5, grid, align_corners=False) + 0.5

    def steps(self, count):
        for _ in range(count):
            x = self.net.preprocess(self.view(self.picture()))
            loss = -self.net(x, self.layer)[:, self.channel].mean()
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
