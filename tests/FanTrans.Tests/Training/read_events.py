"""python read_events.py FOLDER: every scalar of a folder's event files as JSON, {reader, scalars: {tag: [[step, value]]}}.

Reads with TensorBoard where it is installed. Else with the format's own rules: TFRecord frames whose checksums are
computed here bit by bit, Event messages taken apart field by field, and TensorBoard's rule that a session which starts
at a step makes what was said of it and of later steps void.
"""
import collections
import json
import pathlib
import struct
import sys


def with_tensorboard(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == masked(data[at:at + 8]), "checksum of a length"
        body = data[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(body), "checksum of a record"
        yield body
        at += 16 + length


def fields(message):
    """Number and value of each field of a protocol buffer."""
    def varint(at):
        value = shift = 0
        while True:
            value |= (message[at] & 0x7F) << shift
            shift += 7
            at += 1
            if message[at - 1] < 0x80:
                return value, at

    at = 0
    while at < len(message):
        key, at = varint(at)
        kind = key & 7
        if kind == 0:
            value, at = varint(at)
        elif kind == 1:
            value, at = struct.unpack_from("<d", message, at)[0], at + 8
        elif kind == 5:
            value, at = struct.unpack_from("<f", message, at)[0], at + 4
        else:
            assert kind == 2, f"wire type {kind}"
            length, at = varint(at)
            value, at = message[at:at + length], at + length
        yield key >> 3, value


def by_the_format(folder):
    scalars = collections.defaultdict(list)
    for path in sorted(folder.glob("*tfevents*")):
        for number, record in enumerate(records(path.read_bytes())):
            event = dict(fields(record))
            if number == 0:
                assert event[3] == b"brain.Event:2", event
            step = event.get(2, 0)
            if 7 in event and dict(fields(event[7])).get(1) == 1:
                for values in scalars.values():
                    values[:] = [v for v in values if v[0] < step]
            for field, value in fields(event.get(5, b"")):
                assert field == 1, field
                scalar = dict(fields(value))
                scalars[scalar[1].decode()].append([step, scalar[2]])
    return scalars


def main(folder):
    try:
        reader, scalars = "TensorBoard", with_tensorboard(folder)
    except ImportError:
        reader, scalars = "the format's rules, since TensorBoard is not installed", by_the_format(folder)
    json.dump({"reader": reader, "scalars": scalars}, sys.stdout)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
