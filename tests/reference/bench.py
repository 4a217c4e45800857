"""python bench.py case.json: PyTorch's side of a model benchmark, see tests/benchmarks/Models/ModelWorker.cs.

For each "round" on the standard input it runs the case once and answers with the seconds, for "memory" with the peak
of its resident memory in MB.
"""
import json
import pathlib
import sys
import time
import types

import torch

import distillation
import models


def peak_megabytes():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(path):
    case = json.loads(pathlib.Path(path).read_text(), object_hook=lambda fields: types.SimpleNamespace(**fields))
    torch.set_num_threads(case.Threads)
    torch.manual_seed(1)
    model = models.Ensemble(case.Model, case.Distillation)
    units, size = len(case.Model.ActionUnits), case.Model.Fan.ImageSize
    images = torch.rand(case.Batch, 3, size, size)
    labels = (torch.rand(case.Batch, units) > 0.5).float()
    known, weights = torch.ones(case.Batch, units), torch.ones(units)
    model.train(case.Training)
    for parameter in model.fan.parameters():
        parameter.requires_grad_(False)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=0)

    def step():
        optimizer.zero_grad(set_to_none=True)
        outputs, teacher = model(images)
        sum(distillation.terms(outputs, teacher, labels, known, weights, case.Distillation, 1).values()).backward()
        optimizer.step()

    def forward():
        with torch.no_grad():
            if case.Features:
                models.fan_features(model.fan, model.pooling, model.peers[0].tokens.needs_heatmaps, images, False, models.silent)
            else:
                model(images)

    work = step if case.Training else forward
    for line in sys.stdin:
        if line.strip() == "memory":
            answer = peak_megabytes()
        else:
            start = time.perf_counter()
            work()
            answer = time.perf_counter() - start
        print(answer, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
