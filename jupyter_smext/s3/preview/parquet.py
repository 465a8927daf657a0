"""Parquet: schema and row groups from the footer, the first rows from as few bytes as the file's pages allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..models import Cell, OtherContent, PreviewColumn, PreviewRequest, RowGroup, TableContent
from ..ranged_file import OverBudget, RangedFile
from .cells import cell

MOST_COLUMNS = 200
MOST_ROW_GROUPS = 100
THREADS = 8


def read(file: RangedFile, request: PreviewRequest) -> TableContent | OtherContent:
    """Needs pyarrow. Columns that would take more than the budget are left empty, and a note says so."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        return OtherContent(format="parquet", message="Install pyarrow to look into Parquet files.")
    try:
        footer = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(_Sought(file), mode="r"))
        metadata, schema = footer.metadata, footer.schema_arrow
        names = [name for name in schema.names if not request.columns or name in request.columns][:MOST_COLUMNS]
        first = next((group for group in range(metadata.num_row_groups) if metadata.row_group(group).num_rows), None)
        values, missing = ({}, 0) if first is None else _first_rows(file, metadata, first, names, request.rows)
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from error
    count = min(request.rows, metadata.num_rows, max(map(len, values.values()), default=0))
    empty: list[Cell] = [None] * count
    return TableContent(
        format="Parquet",
        columns=[PreviewColumn(name=name, type=str(schema.field(name).type)) for name in names],
        rows=[list(row) for row in zip(*(values.get(name, empty)[:count] for name in names), strict=True)],
        more=count < metadata.num_rows,
        total_rows=metadata.num_rows,
        row_groups=[
            RowGroup(rows=metadata.row_group(number).num_rows, bytes=metadata.row_group(number).total_byte_size)
            for number in range(min(metadata.num_row_groups, MOST_ROW_GROUPS))
        ],
        row_group_count=metadata.num_row_groups,
        note=f"{missing} columns are too large for a preview; ask for them by name." if missing else None,
    )


def _first_rows(
    file: RangedFile, metadata: Any, group: int, names: list[str], rows: int
) -> tuple[dict[str, list[Cell]], int]:
    """Column by column, several at once, so that one that is too large takes no other along."""
    import pyarrow
    import pyarrow.parquet

    def column(name: str) -> list[Cell] | None:
        try:
            # Without a buffer pyarrow fetches the whole column chunk, however few rows are wanted.
            reader = pyarrow.parquet.ParquetFile(
                pyarrow.PythonFile(_Sought(file), mode="r"), metadata=metadata, buffer_size=64 * 1024, pre_buffer=False
            )
            batches = reader.iter_batches(rows, row_groups=[group], columns=[name], use_threads=False)
            return [cell(value) for value in next(batches).column(0).to_pylist()]
        except OverBudget:
            return None

    with ThreadPoolExecutor(THREADS, thread_name_prefix="smext-parquet") as pool:
        found = dict(zip(names, pool.map(column, names), strict=True))
    values = {name: column for name, column in found.items() if column is not None}
    return values, len(found) - len(values)


class _Sought:
    """A position of its own in a file that is shared."""

    def __init__(self, file: RangedFile) -> None:
        self._file, self._position, self.closed = file, 0, False

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = offset + (0, self._position, self._file.size)[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        data = self._file.read_at(self._position, self._file.size if size < 0 else size)
        self._position += len(data)
        return data

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True
