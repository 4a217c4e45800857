"""Weights and inputs as a function of each tensor's name, so that both languages make the same ones.

value(name, i) in [-1, 1): the 32-bit FNV-1a hash of the name's UTF-8 bytes, plus i times the golden
ratio 0x9E3779B9, through the finaliser of MurmurHash3; its upper 24 bits, over 2^23, less 1. Each value
is exact in float32; scaling is one float64 multiplication (and addition), rounded once.
"""
import numpy as np
import torch


def uniform(name, shape):
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1).reshape(shape)


def scaled(name, shape):
    u = uniform(name, shape)
    if name.endswith("running_var"):
        return 1 + 0.5 * u
    if name.endswith("running_mean"):
        return 0.1 * u
    if name.endswith("drop.logits"):
        return 3 * u
    if name.endswith("tokens.landmarks"):
        return 0.5 + 0.5 * u
    if name.endswith("weight") and len(shape) == 1:
        return 1 + 0.2 * u
    if name.endswith("weight"):
        # A trained network's heatmaps sum to about one, so that features and tokens stay of that order too.
        heatmap = name.startswith("fan.l")
        return np.sqrt(3 / (u.size // shape[0])) / (64 if heatmap else 1) * u
    return 0.1 * u


def fill(module):
    """Overwrites every parameter and buffer of the module."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name.endswith("num_batches_tracked"):
                tensor.zero_()
            else:
                tensor.copy_(torch.from_numpy(scaled(name, tuple(tensor.shape))))


def inputs(options, batch):
    """Images in [0, 1), labels (a third present), known (one in eight is not), class weights."""
    units, size = len(options.ActionUnits), options.Fan.ImageSize
    made = {
        "images": (uniform("images", (batch, 3, size, size)) + 1) / 2,
        "labels": uniform("labels", (batch, units)) > 1 / 3,
        "known": uniform("known", (batch, units)) < 0.75,
        "weights": 1 + 0.5 * uniform("weights", (units,)),
    }
    return {name: torch.from_numpy(value.astype(np.float32)) for name, value in made.items()}
