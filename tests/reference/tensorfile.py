"""Reads and writes safetensors files: 8 bytes of header length, a JSON header, raw little-endian values."""
import json
import struct

import numpy as np
import torch

KINDS = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
NAMES = {np.dtype(kind): name for name, kind in KINDS.items()}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(np.frombuffer(
            data[slice(*entry["data_offsets"])], dtype=KINDS[entry["dtype"]]).reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }


def write(path, tensors):
    header, chunks, offset = {}, [], 0
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name].detach().numpy())
        chunk = values.tobytes()
        end = offset + len(chunk)
        header[name] = {"dtype": NAMES[values.dtype], "shape": list(tensors[name].shape), "data_offsets": [offset, end]}
        chunks.append(chunk)
        offset = end
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded + b"".join(chunks))
