"""Evaluates expressions with PyTorch: operators.py CASES.json ANSWERS.json

Each case has inputs (dtype, shape, values as base64 of float64, whether a gradient is wanted) that its
expression sees as a, b, c, …; the answer has the outputs in the same form and, for inputs that want one,
the gradient of sum(out · cos(0, 1, 2, …)) over all floating-point outputs.
"""
import base64
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F


def tensor(entry):
    values = np.frombuffer(base64.b64decode(entry["values"]), dtype=np.float64).reshape(entry["shape"])
    result = torch.from_numpy(values.copy()).to(getattr(torch, entry["dtype"]))
    return result.requires_grad_() if entry["gradient"] else result


def entry(value):
    array = np.ascontiguousarray(value.detach().to(torch.float64).numpy())
    return {
        "dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape),
        "values": base64.b64encode(array.tobytes()).decode()}


def flat(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (list, tuple)):
        return [tensor for part in result for tensor in flat(part)]
    return [torch.tensor(result)]


def answer(case):
    inputs = [tensor(item) for item in case["inputs"]]
    names = dict(zip("abcdefgh", inputs))
    torch.manual_seed(case["seed"])
    outputs = flat(eval(case["expression"], {"torch": torch, "F": F, "inf": float("inf"), **names}))
    wanted = [item for item in inputs if item.requires_grad]
    loss = sum(
        (out * torch.arange(out.numel(), dtype=out.dtype).cos().reshape(out.shape)).sum()
        for out in outputs if out.requires_grad)
    gradients = torch.autograd.grad(loss, wanted, allow_unused=True) if torch.is_tensor(loss) else [None] * len(wanted)
    return {
        "outputs": [entry(out) for out in outputs],
        "gradients": [None if gradient is None else entry(gradient) for gradient in gradients]}


torch.set_num_threads(1)
with open(sys.argv[1]) as file:
    cases = json.load(file)
answers = []
for case in cases:
    try:
        answers.append(answer(case))
    except Exception as error:  # the case's own test fails, with this text
        answers.append({"error": f"{type(error).__name__}: {error}"})
with open(sys.argv[2], "w") as file:
    json.dump(answers, file)
