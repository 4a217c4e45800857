"""AU tokens, attention drop, transformer and classifiers: what follows the face alignment network.

Shapes: B batch, N action units, D token width, H heads, d = D/H, r gate rank.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from fan import ConvBlock


class Tokens(nn.Module):
    """Features (B, C, h, w) -> one token per action unit (B, N, D)."""

    def __init__(self, options, channels):
        super().__init__()
        units, width = len(options.ActionUnits), options.SubnetWidth
        self.bn_in = nn.BatchNorm2d(channels, affine=False) if options.SubnetNorm else None
        self.reduce = nn.Conv2d(channels, width, 1, bias=not options.SubnetNorm)
        self.blocks = nn.ModuleList(ConvBlock(width, width) for _ in range(options.SubnetBlocks))
        self.bn_end = nn.BatchNorm2d(width) if options.SubnetNorm else None
        self.project = nn.Conv2d(width, units * options.TokenWidth, 1)
        self.embedding = nn.Parameter(torch.randn(units, options.TokenWidth) * 0.02)

    def forward(self, x):
        x = x.contiguous(memory_format=torch.channels_last)  # as in fan.py
        x = self.reduce(x if self.bn_in is None else self.bn_in(x))
        for block in self.blocks:
            x = F.max_pool2d(block(x), 2)
        if self.bn_end is not None:
            x = F.relu(self.bn_end(x))
        return self.project(x).mean(dim=(2, 3)).unflatten(1, tuple(self.embedding.shape)) + self.embedding


def concrete_mask(logits, uniform, temperature):
    """A hard 0/1 mask of the binary concrete relaxation whose gradient is the relaxation's."""
    u = uniform.clamp(1e-6, 1 - 1e-6)
    soft = torch.sigmoid((logits + u.log() - (1 - u).log()) / temperature)
    hard = (soft >= 0.5).to(soft.dtype)
    return hard + soft - soft.detach()


def keep_diagonal(x):
    """The same with ones on the last two dimensions' diagonal, which carry no gradient."""
    own = torch.eye(x.shape[-1], dtype=torch.bool, device=x.device)
    return x.masked_fill(own, 1.0)


def masked(attention, mask):
    kept = attention * keep_diagonal(mask)
    return kept / kept.sum(dim=-1, keepdim=True).clamp_min(1e-12)


class NoDrop(nn.Module):
    def forward(self, attention, x):
        _, heads, units, _ = attention.shape
        return attention, attention.new_ones(heads, units, units)


class RandomDrop(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.probability = options.DropProbability

    def forward(self, attention, x):
        keep = keep_diagonal(torch.full_like(attention[0], 1 - self.probability)).detach()
        if not self.training:
            return attention, keep
        drawn = torch.rand(attention.shape, dtype=attention.dtype, device=attention.device)
        return masked(attention, (drawn >= self.probability).to(attention.dtype)), keep


class LearnableDrop(nn.Module):
    """With `gated`, the logits also depend on the input through a rank-r bilinear form per head."""

    def __init__(self, options, gated):
        super().__init__()
        units, heads, initial = len(options.ActionUnits), options.Heads, options.InitialKeep
        self.temperature = options.Temperature
        self.logits = nn.Parameter(torch.full((heads, units, units), math.log(initial / (1 - initial))))
        self.rank = options.GateRank if gated else None
        if gated:
            self.query = nn.Linear(options.TokenWidth, heads * self.rank)
            self.key = nn.Linear(options.TokenWidth, heads * self.rank)

    def forward(self, attention, x):
        logits = self.logits.expand_as(attention)
        if self.rank is not None:
            a, c = (p(x).unflatten(-1, (-1, self.rank)) for p in (self.query, self.key))
            logits = logits + torch.einsum("bihr,bjhr->bhij", a, c) / math.sqrt(self.rank)
        keep = torch.sigmoid(logits)
        if self.training:
            uniform = torch.rand(attention.shape, dtype=attention.dtype, device=attention.device)
            mask = concrete_mask(logits, uniform, self.temperature)
        else:
            mask = (keep >= 0.5).to(attention.dtype)
        return masked(attention, mask), keep_diagonal(keep.mean(dim=0))


DROPS = {
    "None": lambda o: NoDrop(),
    "Random": RandomDrop,
    "Learnable": lambda o: LearnableDrop(o, gated=False),
    "InputDependent": lambda o: LearnableDrop(o, gated=True),
}


class Attention(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.heads = options.Heads
        self.qkv = nn.Linear(options.TokenWidth, 3 * options.TokenWidth)
        self.drop = DROPS[options.AttentionDrop](options)
        self.proj = nn.Linear(options.TokenWidth, options.TokenWidth)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(dim=2)  # each (B, N, H, d)
        scores = torch.einsum("bihd,bjhd->bhij", q, k) / math.sqrt(q.shape[-1])
        attention, keep = self.drop(scores.softmax(dim=-1), x)
        mixed = torch.einsum("bhij,bjhd->bihd", attention, v).flatten(-2)
        return self.proj(mixed), attention, keep


class Block(nn.Module):
    def __init__(self, options):
        super().__init__()
        width = options.TokenWidth
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(options)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({
            "fc1": nn.Linear(width, width * options.MlpRatio),
            "fc2": nn.Linear(width * options.MlpRatio, width),
        })

    def forward(self, x):
        mixed, attention, keep = self.attention(self.norm1(x))
        x = x + mixed
        x = x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))
        return x, attention, keep


class Independent(nn.Module):
    """Each action unit from its own token, with its own weight."""

    def __init__(self, units, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, width) / math.sqrt(width))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, tokens):
        return torch.einsum("bnd,nd->bn", tokens, self.weight) + self.bias


class Shared(nn.Linear):
    """Each action unit from its own token, with one weight for all."""

    def forward(self, tokens):
        return super().forward(tokens).squeeze(-1)


class Joint(nn.Linear):
    """Each action unit from all tokens."""

    def forward(self, tokens):
        return super().forward(tokens.flatten(1))


class JointHidden(nn.ModuleDict):
    def forward(self, tokens):
        return self["output"](F.gelu(self["hidden"](tokens.flatten(1))))


def classifier(options):
    units, width = len(options.ActionUnits), options.TokenWidth
    return {
        "Independent": lambda: Independent(units, width),
        "Shared": lambda: Shared(width, 1),
        "Joint": lambda: Joint(units * width, units),
        "JointHidden": lambda: JointHidden({
            "hidden": nn.Linear(units * width, options.HiddenWidth),
            "output": nn.Linear(options.HiddenWidth, units),
        }),
    }[options.Classifier]()


class Head(nn.Module):
    """FAN features -> (logits (B, N), tokens (B, N, D), [attention (B, H, N, N)], [keep (H, N, N)])."""

    def __init__(self, options):
        super().__init__()
        self.tokens = Tokens(options, options.Fan.Features * (1 + options.Fan.Stacks))
        self.blocks = nn.ModuleList(Block(options) for _ in range(options.TransformerBlocks))
        self.norm = nn.LayerNorm(options.TokenWidth)
        self.classifier = classifier(options)

    def forward(self, features, note=lambda name, value: value):
        x = note("tokens", self.tokens(features))
        attentions, keeps = [], []
        for index, block in enumerate(self.blocks):
            x, attention, keep = block(x)
            note(f"blocks.{index}", x)
            attentions.append(note(f"attention.{index}", attention))
            keeps.append(note(f"keep.{index}", keep))
        x = note("output", self.norm(x))
        return note("logits", self.classifier(x)), x, attentions, keeps
