"""Reads and writes RecordIO-wrapped protobuf, the data format of AWS's own algorithms.

The messages are those of https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html: a Record maps names to
tensors, ``values`` in its features and in its label. The frame of each record is dmlc-core's: a magic number, the
length, the data, zeros up to a multiple of four bytes. There are too few fields in it to need a protobuf library.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_MAGIC = 0xCED7230A
_LENGTH_BITS = 29
_FEATURES, _LABEL = 1, 2
_TENSOR_TYPES = {2: np.dtype("<f4"), 3: np.dtype("<f8"), 7: np.dtype("i4")}
_VALUES, _KEYS, _SHAPE = 1, 2, 3
_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5
_ENTRY = "values"


@dataclass
class _Tensor:
    values: Any
    keys: Any
    shape: Any

    def dense(self) -> Any:
        if not len(self.keys):
            return self.values
        if not len(self.shape):
            raise ValueError("a sparse tensor tells no shape")
        row = np.zeros(int(self.shape[-1]))
        row[self.keys.astype(int)] = self.values
        return row


def read(data: bytes) -> tuple[Any, Any | None]:
    """The features, a row a record, and the labels; None where the records have none. Raises ValueError."""
    features: list[Any] = []
    labels: list[Any] = []
    for record in _records(data):
        fields: dict[int, Any] = {_FEATURES: None, _LABEL: None}
        for number, _, value in _fields(record):
            if number in fields and (tensor := _tensor(value)) is not None:
                fields[number] = tensor.dense()
        if fields[_FEATURES] is None:
            raise ValueError(f"a record has no feature tensor named {_ENTRY!r}")
        features.append(fields[_FEATURES])
        if fields[_LABEL] is not None:
            labels.append(fields[_LABEL])
    if labels and len(labels) != len(features):
        raise ValueError("some records have a label, others have none")
    return np.array(features, dtype=float), np.array(labels, dtype=float)[:, 0] if labels else None


def write(rows: Iterable[dict[str, Any]]) -> bytes:
    """Records with these labels and no features, as the algorithms answer: each row maps names to numbers or lists."""
    return b"".join(_framed(b"".join(_entry(_LABEL, name, value) for name, value in row.items())) for row in rows)


def write_features(features: Any, labels: Any | None = None) -> bytes:
    """Records with a row of ``features`` each, and its label, as the algorithms read them."""
    records = []
    for number, row in enumerate(features):
        label = b"" if labels is None else _entry(_LABEL, _ENTRY, labels[number])
        records.append(_framed(_entry(_FEATURES, _ENTRY, row) + label))
    return b"".join(records)


def _records(data: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        if len(data) - position < 8:
            raise ValueError("the last record is cut off")
        magic, length = struct.unpack_from("<II", data, position)
        if magic != _MAGIC:
            raise ValueError("this is not RecordIO: the magic number is missing")
        if length >> _LENGTH_BITS:
            raise ValueError("records in several parts are not read")
        start = position + 8
        if start + length > len(data):
            raise ValueError("the last record is cut off")
        yield data[start : start + length]
        position = start + (length + 3) // 4 * 4


def _fields(message: bytes) -> Iterator[tuple[int, int, Any]]:
    """The number, the wire type and the value of each field."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, wire_type = key >> 3, key & 7
        value: Any
        if wire_type == _VARINT:
            value, position = _varint(message, position)
        else:
            if wire_type == _LENGTH_DELIMITED:
                size, position = _varint(message, position)
            elif wire_type in (_FIXED32, _FIXED64):
                size = 4 if wire_type == _FIXED32 else 8
            else:
                raise ValueError(f"the message has a field of the unknown wire type {wire_type}")
            if position + size > len(message):
                raise ValueError("a message is cut off")
            value, position = message[position : position + size], position + size
        yield number, wire_type, value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(message):
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position += 1
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a message is cut off")


def _tensor(entry: bytes) -> _Tensor | None:
    """The tensor of a map entry; None when it has another name than ``values``."""
    name, value = b"", b""
    for number, _, content in _fields(entry):
        if number == 1:
            name = content
        elif number == 2:
            value = content
    if name.decode() != _ENTRY:
        return None
    for number, _, tensor in _fields(value):
        if number not in _TENSOR_TYPES:
            raise ValueError("only tensors of numbers are read")
        dtype = _TENSOR_TYPES[number]
        return _Tensor(_numbers(tensor, _VALUES, dtype), _numbers(tensor, _KEYS, None), _numbers(tensor, _SHAPE, None))
    raise ValueError(f"the value {_ENTRY!r} is empty")


def _numbers(tensor: bytes, field: int, dtype: Any | None) -> Any:
    """The repeated numbers of a field, packed or not; without ``dtype`` unsigned varints."""
    floating = dtype is not None and dtype.kind == "f"
    chunks: list[Any] = []
    for number, wire_type, content in _fields(tensor):
        if number != field:
            continue
        if floating:
            chunks.append(np.frombuffer(content, dtype))
        elif wire_type == _VARINT:
            chunks.append(np.array([content], np.uint64))
        else:
            position, values = 0, []
            while position < len(content):
                value, position = _varint(content, position)
                values.append(value)
            chunks.append(np.array(values, np.uint64))
    numbers = np.concatenate(chunks) if chunks else np.array([])
    # A negative int32 is the varint of its 64 bit two's complement.
    return numbers.astype(np.int64) if dtype is not None and not floating else numbers


def _framed(record: bytes) -> bytes:
    return struct.pack("<II", _MAGIC, len(record)) + record + bytes(-len(record) % 4)


def _entry(field: int, name: str, value: Any) -> bytes:
    values = np.atleast_1d(np.asarray(value, dtype="<f4")).tobytes()
    tensor = _delimited(_VALUES, values)
    return _delimited(field, _delimited(1, name.encode()) + _delimited(2, _delimited(2, tensor)))


def _delimited(field: int, content: bytes) -> bytes:
    length, size = b"", len(content)
    while size >= 0x80:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([field << 3 | _LENGTH_DELIMITED]) + length + bytes([size]) + content
