"""Weights files by PyTorch itself, for the tests of lib/Interop.

    torch_files.py write FOLDER    writes files of every kind, and expected.json with what the tensors hold
    torch_files.py read FILE...    loads files and prints what their tensors hold, one JSON object a line
"""
import argparse
import datetime
import inspect
import json
import os
import pathlib
import struct
import sys
from collections import Counter, OrderedDict

import torch
from torch import nn


def described(tensor):
    wide = tensor.double() if tensor.dtype != torch.int64 else tensor
    return {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "values": wide.flatten().tolist()}


def described_all(state):
    return {name: described(tensor) for name, tensor in state.items()}


def tensors():
    torch.manual_seed(0)
    base = torch.arange(12.0)
    return OrderedDict([
        ("float32", torch.randn(2, 3)),
        ("float64", torch.randn(3, dtype=torch.float64)),
        ("float16", torch.randn(2, 2).half()),
        ("bfloat16", torch.randn(5).bfloat16()),
        ("int64", torch.tensor([1, -2, 2 ** 60])),
        ("int32", torch.tensor([[1], [-70000]], dtype=torch.int32)),
        ("int16", torch.tensor([-300, 300], dtype=torch.int16)),
        ("int8", torch.tensor([-128, 127], dtype=torch.int8)),
        ("uint8", torch.tensor([0, 255], dtype=torch.uint8)),
        ("bool", torch.tensor([True, False, True])),
        ("scalar", torch.tensor(7)),
        ("empty", torch.zeros(0, 3)),
        ("transposed", torch.randn(3, 4).t()),
        ("permuted half", torch.randn(2, 3, 4).half().permute(2, 0, 1)),
        ("every other byte", torch.arange(10, dtype=torch.uint8)[1::2]),
        ("shared", base),
        ("shared part", base[3:7]),
        ("shared column", base.view(3, 4)[:, 1]),
        ("expanded", torch.arange(3.0).expand(4, 3)),
        ("parameter", nn.Parameter(torch.randn(2))),
        ("Größe ∂", torch.ones(1)),
    ])


def write(folder):
    state = tensors()
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(described_all({name: tensor.detach() for name, tensor in state.items()}), file)

    def save(obj, name, **how):
        torch.save(obj, os.path.join(folder, name), **how)

    save(state, "zip.pth")
    save(dict(state), "zip-protocol4.pth", pickle_protocol=4)
    save(state, "legacy.pth", _use_new_zipfile_serialization=False)
    save(state, "legacy-protocol3.pth", _use_new_zipfile_serialization=False, pickle_protocol=3)
    save(state, "legacy-protocol4.pth", _use_new_zipfile_serialization=False, pickle_protocol=4)
    save({"epoch": 3, "state_dict": state, "lr": 1e-3, "args": None, "names": ["a", ("b", 2)]}, "nested.pth")
    save({"model": state, "net": state, "epoch": 1}, "ambiguous.pth")
    save({"epoch": 1, "loss": 0.5}, "nothing.pth")
    save(OrderedDict(("module." + name, tensor) for name, tensor in state.items()), "parallel.pth")
    linear = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    save(linear, "module.pth")
    save(linear, "module-legacy.pth", _use_new_zipfile_serialization=False)
    save(linear.state_dict(), "batchnorm.pth")
    save({"model": linear.state_dict(), "seen": {1, 2}, "counts": Counter("aab"), "when": datetime.datetime(2020, 1, 2),
          "where": pathlib.PurePosixPath("a/b"), "options": argparse.Namespace(rate=1e-3), "dtype": torch.float32,
          "device": torch.device("cpu"), "bytes": b"abc", ("a", 1): frozenset([3]), 2 ** 70: 1j}, "beside.pth",
         pickle_protocol=4)
    save(torch.ones(2), "tensor.pth")
    torch.jit.script(linear).save(os.path.join(folder, "script.pth"))


def read_safetensors(path):
    types = {"BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "F16": torch.float16,
             "BF16": torch.bfloat16, "I32": torch.int32, "F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
    with open(path, "rb") as file:
        content = file.read()
    length, = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop("__metadata__", None)
    out = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=types[entry["dtype"]]) if end > begin \
            else torch.empty(0, dtype=types[entry["dtype"]])
        out[name] = values.reshape(entry["shape"])
    return out


def read(path):
    if path.endswith(".safetensors"):
        return read_safetensors(path)
    state = torch.load(path)
    if "weights_only" in inspect.signature(torch.load).parameters:
        safe = torch.load(path, weights_only=True)
        assert list(safe) == list(state)
    return state


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        for path in sys.argv[2:]:
            print(json.dumps(described_all(read(path))))
