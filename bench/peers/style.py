"""A step of style transfer in PyTorch, for the CPU: the loss of neural-style on VGG-19, Adam on the picture.

Content on relu4_2, Gram matrices of relu1_1 ... relu5_1, total variation; the loop of `gradus style --optimizer adam`. The
targets are random numbers of the right shapes, as ours are: what they are costs nothing.

    stepper = Stepper(net, 512)
    stepper.step()
"""

import torch
import torch.nn.functional as F

LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"]
CONTENT, CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT = "relu4_2", 5.0, 100.0, 1e-3


def gram(a):
    """Over all values, in the layout that a has: no copy is made for channels_last."""
    if a.is_contiguous(memory_format=torch.channels_last):
        f = a.permute(0, 2, 3, 1).flatten(1, 2).float()
        return f.mT @ f / a.numel()
    f = a.flatten(2).float()
    return f @ f.mT / a.numel()


class Stepper:
    def __init__(self, net, size):
        self.net = net
        self.x = torch.rand(1, 3, size, size).requires_grad_()
        with torch.no_grad():
            values = net.values(net.preprocess(torch.rand(1, 3, size, size)), LAYERS)
            self.targets = [v.float() if name == CONTENT else gram(v) for name, v in zip(LAYERS, values)]
        self.adam = torch.optim.Adam([self.x], lr=0.02, foreach=True)

    def loss(self):
        total = 0
        values = self.net.values(self.net.preprocess(self.x), LAYERS)
        for name, value, target in zip(LAYERS, values, self.targets):
            if name == CONTENT:
                total = total + CONTENT_WEIGHT * F.mse_loss(value.float(), target)
            else:
                total = total + STYLE_WEIGHT * F.mse_loss(gram(value), target)
        here = 255 * self.x[..., :-1, :-1]
        right, down = 255 * self.x[..., :-1, 1:] - here, 255 * self.x[..., 1:, :-1] - here
        return total + TV_WEIGHT / 2 * (right.square().sum() + down.square().sum())

    def step(self):
        self.adam.zero_grad()
        self.loss().backward()
        self.adam.step()
        with torch.no_grad():
            self.x.clamp_(0, 1)
