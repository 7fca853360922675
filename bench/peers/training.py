"""A step of training a classifier in PyTorch, for the CPU: the net `mini`, the loop of `gradus train classifier`.

Convolution, batch norm and ReLU, over and over; cross-entropy with smoothed labels; SGD with momentum and weight decay.
bf16 is autocast's: parameters and their gradients stay in f32, as ours do.

    trainer = Trainer(channels_last=True, dtype=torch.float32)
    trainer.step()
"""

import torch
from torch import nn

MINI = "48k5s2,64,P,128,128,P,256,256,P,384,384"
CLASSES, BATCH, SIZE = 200, 64, 64


def chain(architecture, classes):
    """nets/chain.h says what the text means."""
    layers, channels = [], 3
    for item in architecture.split(","):
        if item == "P":
            layers.append(nn.MaxPool2d(2))
            continue
        item, stride = item.split("s") if "s" in item else (item, 1)
        filters, taps = item.split("k") if "k" in item else (item, 3)
        conv = nn.Conv2d(channels, int(filters), int(taps), int(stride), int(taps) // 2, bias=False)
        channels = int(filters)
        layers += [conv, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


class Trainer:
    def __init__(self, channels_last, dtype, rate=0.01):
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.net = chain(MINI, CLASSES).to(memory_format=layout)
        self.loss = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.sgd = torch.optim.SGD(self.net.parameters(), lr=rate, momentum=0.9, weight_decay=5e-4, foreach=True)
        self.pictures = torch.randn(BATCH, 3, SIZE, SIZE).to(memory_format=layout)  # preprocessed beforehand
        self.labels = torch.arange(BATCH)
        self.cast = torch.autocast("cpu", dtype, enabled=dtype != torch.float32)

    def step(self):
        self.sgd.zero_grad()
        with self.cast:
            loss = self.loss(self.net(self.pictures), self.labels)
        loss.backward()
        self.sgd.step()
