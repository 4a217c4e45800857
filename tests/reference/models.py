"""FAN-Trans alone, and as an ensemble of peers over one shared FAN pass."""
import torch
import torch.nn.functional as F
from torch import nn

from fan import Fan
from head import Head, plain


def silent(name, value):
    return value


def prefixed(note, prefix):
    return lambda name, value: note(prefix + name, value)


def fan_features(fan, pooling, heatmaps, images, fine_tune, note):
    """Means over `pooling` x `pooling` cells, with `heatmaps` the last stack's positive heatmaps behind the features. A
    frozen FAN stays in evaluation mode and outside the graph, whatever the mode of the rest."""
    if not fine_tune:
        fan.eval()
    with torch.set_grad_enabled(fine_tune and torch.is_grad_enabled()):
        features, heat = fan(images, note)
        if heatmaps:
            features = torch.cat([features, heat.clamp(min=0)], dim=1)
        return note("fan.features", features if pooling == 1 else F.avg_pool2d(features, pooling))


class FanTrans(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.fan = Fan(options.Fan)
        self.pooling = getattr(options, "FeaturePooling", 1)
        self.head = Head(options)

    def forward(self, images, fine_tune=False, note=silent):
        heatmaps = self.head.tokens.needs_heatmaps
        return self.head(fan_features(self.fan, self.pooling, heatmaps, images, fine_tune, note), prefixed(note, "head."))


class Ensemble(nn.Module):
    """-> ([each peer's outputs], teacher logits (B, N))."""

    def __init__(self, options, distillation):
        super().__init__()
        self.fan = Fan(options.Fan)
        self.pooling = getattr(options, "FeaturePooling", 1)
        self.peers = nn.ModuleList(Head(options) for _ in range(distillation.Peers))
        self.gate = None
        self.channels = options.Fan.Features * (1 + options.Fan.Stacks)
        if plain(distillation.Teacher) == "gate":
            self.gate = nn.Linear(self.channels, distillation.Peers)

    def forward(self, images, fine_tune=False, note=silent):
        features = fan_features(
            self.fan, self.pooling, self.peers[0].tokens.needs_heatmaps, images, fine_tune, note)
        outputs = [peer(features, prefixed(note, f"peers.{m}.")) for m, peer in enumerate(self.peers)]
        logits = torch.stack([out[0] for out in outputs])
        if self.gate is None:
            teacher = logits.mean(dim=0)
        else:
            share = note("gate", self.gate(features[:, :self.channels].mean(dim=(2, 3))).softmax(dim=-1))
            teacher = torch.einsum("bm,mbn->bn", share, logits)
        return outputs, note("teacher", teacher)
