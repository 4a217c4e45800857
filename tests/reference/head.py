"""AU tokens, attention drop, transformer and classifiers: what follows the face alignment network.

Shapes: B batch, N action units, D token width, H heads, d = D/H, r gate rank.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from fan import ConvBlock


def plain(name):
    """The kit's names of parts are the same in any case and with or without hyphens."""
    return name.lower().replace("-", "")


class Subnet(nn.Module):
    """What all forms of tokens share. Features (B, C, h, w) -> values (B, W, h', w')."""

    def __init__(self, options, channels, blocks):
        super().__init__()
        self.units, self.width, inner = len(options.ActionUnits), options.TokenWidth, options.SubnetWidth
        self.bn_in = nn.BatchNorm2d(channels, affine=False) if options.SubnetNorm else None
        self.reduce = nn.Conv2d(channels, inner, 1, bias=not options.SubnetNorm)
        self.blocks = nn.ModuleList(ConvBlock(inner, inner) for _ in range(blocks))
        self.bn_end = nn.BatchNorm2d(inner) if options.SubnetNorm else None
        self.project = nn.Conv2d(inner, self.units * self.width, 1)
        self.embedding = nn.Parameter(torch.randn(self.units, self.width) * 0.02)

    def values(self, x, halve):
        x = x.contiguous(memory_format=torch.channels_last)  # as in fan.py
        x = self.reduce(x if self.bn_in is None else self.bn_in(x))
        for block in self.blocks:
            x = F.max_pool2d(block(x), 2) if halve else block(x)
        return x if self.bn_end is None else F.relu(self.bn_end(x))

    def pooled(self, x, places):
        """Each unit's weighted mean of (B, W, h, w) by its map (B, N, h, w), through its own rows of `project`."""
        means = torch.einsum("bwij,bnij->bnw", F.relu(x), places)
        weight = self.project.weight.reshape(self.units, self.width, -1)
        return torch.einsum("bnw,ndw->bnd", means, weight) + self.project.bias.reshape(self.units, -1) + self.embedding


class GlobalTokens(Subnet):
    """One mean of the whole map for all units."""

    needs_heatmaps = False

    def __init__(self, options, channels, landmarks):
        super().__init__(options, channels, options.SubnetBlocks)

    def forward(self, x):
        x = self.project(self.values(x, halve=True)).mean(dim=(2, 3))
        return x.unflatten(1, (self.units, self.width)) + self.embedding


class LandmarkTokens(Subnet):
    """Each unit pools where its landmarks are; the maps' heatmaps follow the features' channels. With `fixed` the
    weights are not learned and the subnet looks at one cell at a time."""

    needs_heatmaps = True

    def __init__(self, options, channels, landmarks, fixed=False):
        super().__init__(options, channels, 0 if fixed else options.SubnetBlocks)
        self.channels, self.fixed = channels, fixed
        weights = torch.rand(self.units, landmarks)
        if fixed:
            self.register_buffer("landmarks", weights)
        else:
            self.landmarks = nn.Parameter(weights)

    def forward(self, x):
        features, heatmaps = x[:, :self.channels], x[:, self.channels:]
        weights = self.landmarks if self.fixed else torch.log1p(self.landmarks.exp())
        places = torch.einsum("nl,blij->bnij", weights, heatmaps) + 1e-6
        return self.pooled(self.values(features, halve=False), places / places.sum(dim=(2, 3), keepdim=True))


class AttentionTokens(Subnet):
    """Each unit pools where a learned map says."""

    needs_heatmaps = False

    def __init__(self, options, channels, landmarks):
        super().__init__(options, channels, options.SubnetBlocks)
        side = options.Fan.ImageSize // 4 // getattr(options, "FeaturePooling", 1)
        self.score = nn.Conv2d(options.SubnetWidth, self.units, 1, bias=False)
        self.place = nn.Parameter(torch.zeros(self.units, side, side))

    def forward(self, x):
        x = F.relu(self.values(x, halve=False))
        scores = (self.score(x) + self.place).exp()
        return self.pooled(x, scores / scores.sum(dim=(2, 3), keepdim=True))


TOKENS = {
    "global": GlobalTokens,
    "landmark": LandmarkTokens,
    "strict": lambda *sizes: LandmarkTokens(*sizes, fixed=True),
    "attention": AttentionTokens,
}


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


class Off(nn.Module):
    """Each token attends to itself alone."""

    def forward(self, attention, x):
        own = torch.eye(attention.shape[-1], dtype=attention.dtype)
        return own.expand_as(attention), own.expand_as(attention[0])


DROPS = {
    "none": lambda o: NoDrop(),
    "random": RandomDrop,
    "learnable": lambda o: LearnableDrop(o, gated=False),
    "inputdependent": lambda o: LearnableDrop(o, gated=True),
    "off": lambda o: Off(),
}


class Attention(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.heads = options.Heads
        self.qkv = nn.Linear(options.TokenWidth, 3 * options.TokenWidth)
        self.drop = DROPS[plain(options.AttentionDrop)](options)
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
        "independent": lambda: Independent(units, width),
        "shared": lambda: Shared(width, 1),
        "joint": lambda: Joint(units * width, units),
        "jointhidden": lambda: JointHidden({
            "hidden": nn.Linear(units * width, options.HiddenWidth),
            "output": nn.Linear(options.HiddenWidth, units),
        }),
    }[plain(options.Classifier)]()


class Head(nn.Module):
    """FAN features -> (logits (B, N), tokens (B, N, D), [attention (B, H, N, N)], [keep (H, N, N)])."""

    def __init__(self, options):
        super().__init__()
        form = TOKENS[plain(getattr(options, "Tokens", "global"))]
        self.tokens = form(options, options.Fan.Features * (1 + options.Fan.Stacks), options.Fan.Landmarks)
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
