"""python check.py: the reference against published facts and against torch's own definitions."""
import math
import types

import torch
from torch import nn

import distillation
import head
from fan import Fan

PUBLISHED = types.SimpleNamespace(Features=256, Stacks=2, Depth=4, Landmarks=68)


def operations(module, example):
    """Two for each multiply-add of the convolutions of one forward pass."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += 2 * output.numel() * layer.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in module.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        module(example)
    for hook in hooks:
        hook.remove()
    return total


def fan_has_the_published_size():
    fan = Fan(PUBLISHED).eval()
    parameters = sum(p.numel() for p in fan.parameters())
    assert parameters == 12_106_504, parameters
    work = operations(fan, torch.zeros(1, 3, 256, 256))
    assert round(work / 1e9, 1) == 27.8, work
    print(f"FAN, 2 stacks, 256 features: {parameters:,} parameters, {work / 1e9:.2f} GFLOP for 256 x 256")


def fan_has_the_published_keys():
    names = set(Fan(PUBLISHED).state_dict())
    block = {f"{kind}{i}" for kind in ("bn", "conv") for i in (1, 2, 3)}
    top = {"conv1", "bn1", "conv2", "conv3", "conv4", "m0", "top_m_0", "conv_last0", "bn_end0", "l0", "bl0", "al0",
           "m1", "top_m_1", "conv_last1", "bn_end1", "l1"}
    assert {name.split(".")[0] for name in names} == top
    levels = {f"b{b}_{level}" for b in (1, 2, 3) for level in (1, 2, 3, 4)} | {"b2_plus_1"}
    assert {name.split(".")[1] for name in names if name.startswith("m0.")} == levels
    assert {name.split(".")[2] for name in names if name.startswith("m0.b1_4.")} == block
    assert {name.split(".")[1] for name in names if name.startswith("conv4.")} == block | {"downsample"}
    assert "conv2.downsample.0.running_mean" in names and "conv2.downsample.2.weight" in names
    assert "conv2.conv1.bias" not in names and "conv1.bias" in names and "al0.bias" in names


def divergence_is_torchs():
    torch.manual_seed(1)
    a, b = 3 * torch.randn(2, 40, dtype=torch.float64)
    bernoulli = torch.distributions.Bernoulli
    expected = torch.distributions.kl_divergence(bernoulli(logits=a), bernoulli(logits=b))
    torch.testing.assert_close(distillation.bernoulli_kl(a, b), expected)


def unknown_labels_change_nothing():
    torch.manual_seed(2)
    logits, labels = torch.randn(6, 4), torch.randint(0, 2, (6, 4)).float()
    known = torch.ones(6, 4)
    known[4:] = 0
    a = distillation.weighted_bce(logits, labels, known, torch.ones(4))
    b = distillation.weighted_bce(logits[:4], labels[:4], known[:4], torch.ones(4))
    torch.testing.assert_close(a, b)
    assert distillation.weighted_bce(logits, labels, 0 * known, torch.ones(4)) == 0


def class_weights_are_the_papers():
    rates = torch.tensor([0.1, 0.2, 0.5], dtype=torch.float64)
    expected = (1 / rates) / (1 / rates).sum() * 3
    torch.testing.assert_close(distillation.class_weights(rates), expected)


def masks_keep_with_probability_p():
    torch.manual_seed(3)
    logits = torch.tensor([-2.0, 0.0, 2.2], dtype=torch.float64)
    draws = 200_000
    mask = head.concrete_mask(logits.expand(draws, 3), torch.rand(draws, 3, dtype=torch.float64), 2 / 3)
    p = torch.sigmoid(logits)
    spread = (p * (1 - p) / draws).sqrt()
    assert ((mask.mean(dim=0) - p).abs() < 5 * spread).all()


def ramp_rises_to_one():
    assert distillation.ramp(0, 4) == math.exp(-5)
    assert distillation.ramp(4, 4) == distillation.ramp(9, 4) == distillation.ramp(0, 0) == 1


if __name__ == "__main__":
    torch.set_num_threads(1)
    for check in (
            fan_has_the_published_size, fan_has_the_published_keys, divergence_is_torchs, unknown_labels_change_nothing,
            class_weights_are_the_papers, masks_keep_with_probability_p, ramp_rises_to_one):
        check()
        print(f"{check.__name__}: passed")
