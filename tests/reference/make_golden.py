"""python make_golden.py: writes golden/NAME.json (the case) and golden/NAME.safetensors (what run.py found).

Weights and inputs come from filling.py, so that only results are stored. To stay small a result keeps at
most 64 evenly spread values (16 of a gradient or a learned tensor), element k*n // limit for each k, and as
its last value the root mean square of all.
"""
import json
import pathlib
import types

import torch

import run
import tensorfile

MODEL = {
    "ActionUnits": [1, 2, 4, 6, 12],
    "Fan": {"ImageSize": 32, "Stacks": 2, "Features": 16, "Depth": 2, "Landmarks": 68},
    "SubnetWidth": 16, "SubnetBlocks": 2, "TokenWidth": 16, "TransformerBlocks": 2, "Heads": 2, "MlpRatio": 2,
    "AttentionDrop": "Learnable", "DropProbability": 0.3, "Temperature": 2 / 3, "InitialKeep": 0.9, "GateRank": 3,
    "Classifier": "Joint", "HiddenWidth": 12,
}
DISTILLATION = {
    "Peers": 2, "Teacher": "Mean", "LogitWeight": 0.8, "FeatureWeight": 0.5, "SparsityWeight": 0.05,
    "Temperature": 2.0, "RampEpochs": 4,
}


def case(drop, classifier, training=True, teacher=None, peers=2, norm=True, fine_tune=False, double=False, steps=0):
    return {
        "Model": {**MODEL, "SubnetNorm": norm, "AttentionDrop": drop, "Classifier": classifier},
        "Distillation": None if teacher is None else {**DISTILLATION, "Teacher": teacher, "Peers": peers},
        "Training": training, "FineTune": fine_tune, "Double": double, "Seed": 7, "Batch": 3, "Epoch": 1,
        "Steps": steps, "LearningRate": 1e-3, "WeightDecay": 0.05,
    }


def local(tokens, drop="learnable", blocks=2, **more):
    """A case of the later options: parts by their present names, learned logits at a rate of their own."""
    fields = case(drop, "joint-hidden", **more)
    fields["Model"] |= {"Tokens": tokens, "FeaturePooling": 2, "SubnetBlocks": 1, "TransformerBlocks": blocks}
    return fields


CASES = {
    "eval-none-independent": case("None", "Independent", training=False),
    "eval-random-shared": case("Random", "Shared", training=False),
    "eval-learnable-joint": case("Learnable", "Joint", training=False),
    "eval-input-hidden": case("InputDependent", "JointHidden", training=False),
    "train-none-hidden": case("None", "JointHidden", norm=False),
    "train-random-joint": case("Random", "Joint"),
    "train-learnable-shared": case("Learnable", "Shared"),
    "train-input-independent": case("InputDependent", "Independent"),
    "steps-learnable-double": case("Learnable", "Joint", double=True, steps=3),
    "ensemble-mean": case("Learnable", "Joint", teacher="Mean", double=True, steps=3),
    "ensemble-gate": case("InputDependent", "Joint", teacher="Gate", peers=3),
    "fine-tune": case("Random", "Joint", teacher="Mean", fine_tune=True),
    "landmark": local("landmark", double=True, steps=3),
    "landmark-fine-tune": local("landmark", "none", teacher="gate", fine_tune=True, double=True),
    "attention-tokens": local("attention", double=True, norm=False),
    "strict-off": local("strict", "off", double=True),
    "no-blocks": local("landmark", double=True, teacher="mean", blocks=0),
}


def sampled(name, values):
    limit = 16 if name.startswith(("grad.", "after.")) else 64
    flat = values.flatten()
    if flat.numel() <= limit:
        return values
    chosen = flat[torch.arange(limit) * flat.numel() // limit]
    return torch.cat([chosen, flat.double().square().mean().sqrt().to(flat.dtype).reshape(1)])


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(__file__).parent / "golden"
    folder.mkdir(exist_ok=True)
    for name, fields in CASES.items():
        text = json.dumps(fields, indent=2)
        found = run.run(json.loads(text, object_hook=lambda f: types.SimpleNamespace(**f)))
        if not fields["FineTune"]:
            found = {key: value for key, value in found.items() if not key.startswith("after.fan.")}
        (folder / f"{name}.json").write_text(text + "\n")
        tensorfile.write(folder / f"{name}.safetensors", {key: sampled(key, value) for key, value in found.items()})


if __name__ == "__main__":
    main()
