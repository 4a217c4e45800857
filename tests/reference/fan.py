"""The face alignment network (Bulat and Tzimiropoulos, ICCV 2017) as a feature extractor.

State-dict keys equal the published ones (conv1, bn1, ..., m0.b1_4, ..., al0).
"""
import torch
import torch.nn.functional as F
from torch import nn


class ConvBlock(nn.Module):
    """Three pre-activated 3x3 convolutions of widths C/2, C/4, C/4, concatenated, plus the input."""

    def __init__(self, width_in, width_out):
        super().__init__()
        widths = [width_in, width_out // 2, width_out // 4, width_out // 4]
        for i, (a, b) in enumerate(zip(widths, widths[1:]), start=1):
            self.add_module(f"bn{i}", nn.BatchNorm2d(a))
            self.add_module(f"conv{i}", nn.Conv2d(a, b, 3, padding=1, bias=False))
        self.downsample = None if width_in == width_out else nn.Sequential(
            nn.BatchNorm2d(width_in), nn.ReLU(), nn.Conv2d(width_in, width_out, 1, bias=False))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        parts = []
        for norm, conv in ((self.bn1, self.conv1), (self.bn2, self.conv2), (self.bn3, self.conv3)):
            x = conv(norm(x).relu())
            parts.append(x)
        return torch.cat(parts, dim=1) + shortcut


def halving(options):
    return F.avg_pool2d if getattr(options, "Pooling", "Max") == "Average" else F.max_pool2d


class Hourglass(nn.Module):
    def __init__(self, depth, width, halve=F.max_pool2d):
        super().__init__()
        self.depth, self.halve = depth, halve
        for level in range(depth, 0, -1):
            for name in (f"b1_{level}", f"b2_{level}", f"b3_{level}"):
                self.add_module(name, ConvBlock(width, width))
        self.b2_plus_1 = ConvBlock(width, width)

    def forward(self, x, level=None):
        level = self.depth if level is None else level
        up = getattr(self, f"b1_{level}")(x)
        low = getattr(self, f"b2_{level}")(self.halve(x, 2))
        low = self.b2_plus_1(low) if level == 1 else self(low, level - 1)
        return up + F.interpolate(getattr(self, f"b3_{level}")(low), scale_factor=2, mode="nearest")


class Fan(nn.Module):
    """Images (B, 3, S, S) in [0, 1] -> features (B, F(1 + stacks), S/4, S/4), the last heatmaps (B, 68, S/4, S/4)."""

    def __init__(self, options):
        super().__init__()
        width, landmarks = options.Features, options.Landmarks
        self.stacks, self.halve = options.Stacks, halving(options)
        self.conv1 = nn.Conv2d(3, width // 4, 7, stride=2, padding=3)
        self.bn1 = nn.BatchNorm2d(width // 4)
        self.conv2 = ConvBlock(width // 4, width // 2)
        self.conv3 = ConvBlock(width // 2, width // 2)
        self.conv4 = ConvBlock(width // 2, width)
        for s in range(self.stacks):
            self.add_module(f"m{s}", Hourglass(options.Depth, width, halving(options)))
            self.add_module(f"top_m_{s}", ConvBlock(width, width))
            self.add_module(f"conv_last{s}", nn.Conv2d(width, width, 1))
            self.add_module(f"bn_end{s}", nn.BatchNorm2d(width))
            self.add_module(f"l{s}", nn.Conv2d(width, landmarks, 1))
            if s < self.stacks - 1:
                self.add_module(f"bl{s}", nn.Conv2d(width, width, 1))
                self.add_module(f"al{s}", nn.Conv2d(landmarks, width, 1))

    def forward(self, images, note=lambda name, value: value):
        part = self.__getattr__
        # The library's layout in memory, so that both run the same kernels; no value depends on it but for rounding.
        images = images.contiguous(memory_format=torch.channels_last)
        x = self.conv2(self.bn1(self.conv1(images)).relu())
        stem = note("fan.stem", self.conv4(self.conv3(self.halve(x, 2))))

        previous, features = stem, []
        for s in range(self.stacks):
            feature = part(f"top_m_{s}")(part(f"m{s}")(previous))
            feature = part(f"bn_end{s}")(part(f"conv_last{s}")(feature)).relu()
            heat = note(f"fan.heatmaps.{s}", part(f"l{s}")(feature))
            if s < self.stacks - 1:
                feature = part(f"bl{s}")(feature)
                previous = previous + feature + part(f"al{s}")(heat)
            features.append(note(f"fan.stacks.{s}", feature))

        attention = heat.sum(dim=1, keepdim=True)
        return torch.cat([stem] + [f * attention for f in features], dim=1), heat
