"""python run.py FOLDER...: runs the case in each folder and writes what it found.

case.json   Model (the options), Distillation (options or null: the single model with its classification
            loss), Training, FineTune (the FAN learns too), Double, Seed, Batch, Epoch, Steps (0: forward,
            loss and gradients only), LearningRate, WeightDecay.
given.safetensors   optional: the state dict under `state.`, and inputs.images, .labels, .known, .weights.
            Without it the tensors come from filling.py.
found.safetensors   written: each stage by name, loss.*, gradients as grad.*, and after the steps each
            step's loss as step.{k}.loss and the state dict as after.*.
"""
import json
import pathlib
import sys
import types

import torch

import distillation
import filling
import models
import tensorfile


def read_case(folder):
    text = (pathlib.Path(folder) / "case.json").read_text()
    return json.loads(text, object_hook=lambda fields: types.SimpleNamespace(**fields))


def build(case):
    return models.FanTrans(case.Model) if case.Distillation is None else models.Ensemble(case.Model, case.Distillation)


def loss_terms(case, result, given):
    labels, known, weights = given["labels"], given["known"], given["weights"]
    if case.Distillation is None:
        return {"classification": distillation.weighted_bce(result[0], labels, known, weights)}
    outputs, teacher = result
    return distillation.terms(outputs, teacher, labels, known, weights, case.Distillation, case.Epoch)


def split(tensors, prefix):
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


def run(case, tensors=None):
    """Returns every tensor found, by name."""
    model = build(case)
    if tensors is None:
        filling.fill(model)
        given = filling.inputs(case.Model, case.Batch)
    else:
        model.load_state_dict(split(tensors, "state."))
        given = split(tensors, "inputs.")
    if case.Double:
        model.double()
        given = {name: value.double() for name, value in given.items()}

    model.train(case.Training)
    for parameter in model.fan.parameters():
        parameter.requires_grad_(case.FineTune)
    learned = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(
        learned.values(), lr=case.LearningRate, betas=(0.9, 0.999), eps=1e-8, weight_decay=case.WeightDecay)

    found = {}

    def keep(name, value):
        found[name] = value.detach().clone()
        return value

    for step in range(max(case.Steps, 1)):
        torch.manual_seed(case.Seed + step)
        optimizer.zero_grad(set_to_none=True)
        result = model(given["images"], case.FineTune, keep if step == 0 else models.silent)
        losses = loss_terms(case, result, given)
        total = sum(losses.values())
        total.backward()
        if step == 0:
            found.update({f"loss.{name}": value.detach().clone() for name, value in {**losses, "total": total}.items()})
            for name, p in learned.items():
                found[f"grad.{name}"] = torch.zeros_like(p) if p.grad is None else p.grad.clone()
        if step < case.Steps:
            found[f"step.{step}.loss"] = total.detach().clone()
            optimizer.step()
    if case.Steps > 0:
        found.update({f"after.{name}": value.clone() for name, value in model.state_dict().items()})
    return found


def main(folders):
    torch.set_num_threads(1)
    for folder in map(pathlib.Path, folders):
        given = folder / "given.safetensors"
        found = run(read_case(folder), tensorfile.read(given) if given.exists() else None)
        tensorfile.write(folder / "found.safetensors", found)


if __name__ == "__main__":
    main(sys.argv[1:])
