"""NumPy's `.npy`, read without NumPy.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
import math
import struct

from ..models import OtherContent, PreviewColumn, PreviewRequest, TableContent
from .cells import cell
from .sample import Sample

_CODES = {"f2": "e", "f4": "f", "f8": "d", "b1": "?", **{f"i{n}": c for n, c in zip((1, 2, 4, 8), "bhiq", strict=True)}}
_CODES |= {f"u{size}": code for size, code in zip((1, 2, 4, 8), "BHIQ", strict=True)}
MOST_COLUMNS = 200
LONGEST_HEADER = 10_000


def read(sample: Sample, request: PreviewRequest) -> TableContent | OtherContent:
    """The shape, the type and the first rows; an array of more than two dimensions is shown row by row, flat."""
    major = sample.data[6]
    width = 2 if major == 1 else 4
    (length,) = struct.unpack_from("<H" if width == 2 else "<I", sample.data, 8)
    if length > LONGEST_HEADER:
        raise ValueError("its header is longer than NumPy itself would read")
    start = 8 + width + length
    header = ast.literal_eval(sample.data[8 + width : start].decode("latin-1"))
    shape, kind = header["shape"], header["descr"]
    described = f"{kind} array of shape {shape}"
    code = _CODES.get(kind[1:]) if isinstance(kind, str) else None
    if code is None:
        return OtherContent(format="npy", message=f"A {described}; this type has no preview.")
    columns = int(shape[-1]) if len(shape) > 1 else 1
    total = math.prod(shape) // columns if columns else 0
    step = struct.calcsize(code)
    order = ">" if kind[0] == ">" else "<"
    available = (len(sample.data) - start) // step
    wanted = min(total, request.rows)
    if header.get("fortran_order") and len(shape) > 1:
        return OtherContent(format="npy", message=f"A {described} in Fortran order; its rows do not lie together.")
    rows = []
    for number in range(min(wanted, available // columns if columns else 0)):
        shown = min(columns, MOST_COLUMNS)
        values = struct.unpack_from(f"{order}{shown}{code}", sample.data, start + number * columns * step)
        rows.append([cell(value) for value in values])
    return TableContent(
        format="npy",
        columns=[PreviewColumn(name=str(number), type=kind) for number in range(min(columns, MOST_COLUMNS))],
        rows=rows,
        more=len(rows) < total or columns > MOST_COLUMNS,
        total_rows=total,
        note=described,
    )
