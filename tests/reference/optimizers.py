"""Steps of PyTorch's optimizers: optimizers.py NAME OPTIONS STEPS

Two parameters, a of 6 values sin(0..5) and b of 4 values cos(0..3), of loss sum(a²·(i+1)) + sum(sin(b)), with b's
gradient missing in the second step. Prints the parameters after every step, as JSON of float64.
"""
import json
import sys

import torch

name, options, steps = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
a = torch.arange(6.0).sin().requires_grad_()
b = torch.arange(4.0).cos().requires_grad_()
optimizer = getattr(torch.optim, name)([a, b], **options)
seen = []
for step in range(steps):
    optimizer.zero_grad(set_to_none=True)
    loss = (a * a * torch.arange(1.0, 7.0)).sum()
    if step != 1:
        loss = loss + b.sin().sum()
    loss.backward()
    optimizer.step()
    seen.append([a.tolist(), b.tolist()])
print(json.dumps(seen))
