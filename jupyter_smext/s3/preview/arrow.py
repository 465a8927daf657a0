"""Arrow IPC files, also known as Feather version 2."""

from __future__ import annotations

from ..models import OtherContent, PreviewColumn, PreviewRequest, TableContent
from ..ranged_file import OverBudget, RangedFile
from .cells import cell

MOST_COLUMNS = 200


def read(file: RangedFile, request: PreviewRequest) -> TableContent | OtherContent:
    """Needs pyarrow. Where the first record batch is larger than the budget, only the schema is shown."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.ipc  # type: ignore[import-untyped]
    except ImportError:
        return OtherContent(format="arrow", message="Install pyarrow to look into Arrow files.")
    note = None
    try:
        reader = pyarrow.ipc.open_file(pyarrow.PythonFile(file, mode="r"))
        names = [name for name in reader.schema.names if not request.columns or name in request.columns][:MOST_COLUMNS]
        try:
            batch = reader.get_batch(0).slice(0, request.rows) if reader.num_record_batches else None
        except OverBudget:
            batch, note = None, "The first record batch is too large for a preview."
        columns = [[cell(value) for value in batch.column(name).to_pylist()] for name in names] if batch else []
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from error
    return TableContent(
        format="Arrow",
        columns=[PreviewColumn(name=name, type=str(reader.schema.field(name).type)) for name in names],
        rows=[list(row) for row in zip(*columns, strict=True)],
        more=True,
        note=note,
    )
