"""The online distillation loss, term by term, and the class weights."""
import math

import torch
import torch.nn.functional as F


def class_weights(rates):
    """Rarer action units weigh more; the weights' mean is 1."""
    inverse = 1 / rates
    return inverse / inverse.mean()


def ramp(epoch, ramp_epochs):
    return 1.0 if ramp_epochs == 0 else math.exp(-5 * (1 - min(epoch / ramp_epochs, 1)) ** 2)


def known_mean(values, known):
    return (values * known).sum() / known.sum().clamp_min(1)


def weighted_bce(logits, labels, known, weights):
    return known_mean(weights * F.binary_cross_entropy_with_logits(logits, labels, reduction="none"), known)


def bernoulli_kl(teacher, student):
    """KL(Bern sigmoid(teacher) || Bern sigmoid(student)), element by element."""
    p = torch.sigmoid(teacher)
    present = F.logsigmoid(teacher) - F.logsigmoid(student)
    absent = F.logsigmoid(-teacher) - F.logsigmoid(-student)
    return p * present + (1 - p) * absent


def off_diagonal_mean(outputs):
    """Over peers, blocks, heads and pairs; 0 where there are none."""
    if not outputs[0][3]:
        return torch.zeros_like(outputs[0][0].sum())
    keep = torch.stack([torch.stack(out[3]) for out in outputs])
    units = keep.shape[-1]
    other = ~torch.eye(units, dtype=torch.bool, device=keep.device)
    return keep[..., other].mean()


def terms(outputs, teacher, labels, known, weights, options, epoch):
    """`outputs`: each peer's (logits, tokens, attentions, keeps). Returns the loss's terms by name."""
    logits = torch.stack([out[0] for out in outputs])
    tokens = torch.stack([out[1] for out in outputs])
    share, temperature = ramp(epoch, options.RampEpochs), options.Temperature

    target = teacher.detach()
    divergence = torch.stack([
        known_mean(bernoulli_kl(target / temperature, z / temperature), known) for z in logits]).mean()

    mean_tokens = F.normalize(tokens.mean(dim=0).detach(), dim=-1, eps=1e-12)
    distance = (F.normalize(tokens, dim=-1, eps=1e-12) - mean_tokens).square().sum(dim=-1)
    distance = torch.stack([known_mean(d, known) for d in distance]).mean()

    gated = options.Teacher.lower() == "gate"
    return {
        "classification": sum(weighted_bce(z, labels, known, weights) for z in logits),
        "teacher": weighted_bce(teacher, labels, known, weights) if gated else torch.zeros_like(divergence),
        "logits": options.LogitWeight * share * temperature ** 2 * divergence,
        "features": options.FeatureWeight * share * distance,
        "sparsity": options.SparsityWeight * off_diagonal_mean(outputs),
    }
