"""Previews: the first rows from few bytes, and a message for whatever is not what it seems."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from typing import Any

import numpy
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.s3.models import (
    ImageContent,
    NotebookContent,
    OtherContent,
    Preview,
    PreviewRequest,
    TableContent,
    TextContent,
)
from jupyter_smext.s3.preview import preview

Look = Any


@pytest.fixture
def look(aws: Any, client: Any, bucket: str) -> Look:
    def look(key: str, body: bytes | str, **options: Any) -> Preview:
        client.put_object(Bucket=bucket, Key=key, Body=body if isinstance(body, bytes) else body.encode())
        return preview(aws, PreviewRequest(bucket=bucket, key=key, **options))

    return look


def table(found: Preview) -> TableContent:
    assert isinstance(found.content, TableContent), found.content
    return found.content


def other(found: Preview) -> OtherContent:
    assert isinstance(found.content, OtherContent), found.content
    return found.content


def columns(content: TableContent) -> list[tuple[str, str]]:
    return [(each.name, each.type) for each in content.columns]


def test_a_large_csv_shows_its_first_rows_for_one_request(look: Look) -> None:
    body = "id,name,score\n" + "".join(f"{number},row {number},{number / 3}\n" for number in range(500_000))
    found = look("big.csv", body)
    content = table(found)
    assert columns(content) == [("id", "integer"), ("name", "text"), ("score", "number")]
    assert len(content.rows) == 100
    assert content.rows[99][:2] == ["99", "row 99"]
    assert (content.more, content.header, content.delimiter, content.encoding) == (True, True, ",", "utf-8")
    assert (found.requests, found.bytes_read, found.size) == (1, 256 * 1024, len(body))


def test_a_small_csv_is_shown_whole(look: Look) -> None:
    content = table(look("a.csv", 'x,y\n1,"two\nlines"\n3,\n\n4'))
    assert content.rows == [["1", "two\nlines"], ["3", ""], ["4", None]]
    assert content.more is False


@pytest.mark.parametrize(
    ("key", "body", "delimiter", "header"),
    [
        ("a.tsv", "x\ty\n1\t2\n", "\t", True),
        ("semicolons.csv", "x;y\n1,5;2,5\n3,5;4,5\n", ";", True),
        ("part-00000", "x|y|z\n1|2|3\n4|5|6\n", "|", True),
        ("train.csv", "1,0.5,2.5\n0,0.25,1e-3\n", ",", False),
        ("one.csv", "x\n1\n2\n", ",", True),
    ],
)
def test_delimiters_and_headers_are_found_out(look: Look, key: str, body: str, delimiter: str, header: bool) -> None:
    content = table(look(key, body))
    assert (content.delimiter, content.header) == (delimiter, header)
    assert len(content.rows) == body.count("\n") - header


def test_what_was_found_out_can_be_overruled(look: Look) -> None:
    content = table(look("a.csv", "a;b\nc;d\n", delimiter=",", header=False))
    assert content.rows == [["a;b"], ["c;d"]]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_encodings_are_found_out(look: Look, encoding: str, expected: str) -> None:
    content = table(look("a.csv", "stadt,größe\nmünchen,1\n".encode(encoding)))
    assert content.encoding == expected
    assert columns(content) == [("stadt", "text"), ("größe", "integer")]


def test_a_character_cut_in_two_at_the_end_of_the_sample_is_no_binary(look: Look) -> None:
    content = table(look("a.csv", ("x\n" + "ü" * 50 + "\n") * 4000))
    assert content.encoding == "utf-8"


def test_an_unknown_encoding_is_a_message(look: Look) -> None:
    assert "no encoding 'klingon'" in other(look("a.csv", "x,y\n1,2\n", encoding="klingon")).message


def test_gzip_is_looked_through(look: Look) -> None:
    body = "id,name\n" + "".join(f"{number},row {number}\n" for number in range(200_000))
    found = look("a.csv.gz", gzip.compress(body.encode()))
    assert found.compression == "gzip"
    assert len(table(found).rows) == 100


def test_a_gzip_bomb_stays_small(look: Look) -> None:
    found = look("bomb.csv.gz", gzip.compress(b"x,y\n" * 50_000_000))
    assert len(table(found).rows) == 100
    assert found.bytes_read <= 256 * 1024


def test_a_broken_gzip_is_a_message(look: Look) -> None:
    assert other(look("a.csv.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 100)).format == "unreadable"


def test_json_lines_are_a_table(look: Look) -> None:
    records = [{"id": 1, "tags": ["a"], "ok": True}, {"id": 2, "extra": {"x": None}}, {"id": 3.5}]
    content = table(look("a.jsonl", "\n".join(map(json.dumps, records))))
    assert columns(content) == [("id", "number"), ("tags", "JSON"), ("ok", "boolean"), ("extra", "JSON")]
    assert content.rows[0] == [1, '["a"]', True, None]
    assert content.rows[1] == [2, None, None, '{"x": null}']
    assert table(look("part-0", "\n".join(map(json.dumps, records)))).format == "JSON Lines"


def test_json_is_laid_out(look: Look) -> None:
    content = look("a.json", '{"b":[1,2],"ü":null}').content
    assert isinstance(content, TextContent)
    assert content.text == '{\n  "b": [\n    1,\n    2\n  ],\n  "ü": null\n}'
    assert isinstance(look("broken.json", '{"a": ').content, TextContent)


@pytest.mark.parametrize("name", ["deep.json", "deep.jsonl"])
def test_json_without_an_end_of_brackets_does_no_harm(look: Look, name: str) -> None:
    assert look(name, "[" * 100_000).content.kind in ("text", "other")


def test_a_notebook_shows_its_cells_and_no_output(look: Look) -> None:
    cells = [
        {"cell_type": "code", "source": ["a\n", "b"], "outputs": [{"data": {"text/html": "<script>"}}]},
        {"cell_type": "markdown", "source": "# c"},
    ]
    content = look("a.ipynb", json.dumps({"cells": cells})).content
    assert isinstance(content, NotebookContent)
    assert [(each.type, each.source) for each in content.cells] == [("code", "a\nb"), ("markdown", "# c")]
    assert other(look("b.ipynb", '{"cells": 5}')).format == "unreadable"
    assert other(look("c.ipynb", "{}")).format == "unreadable"


@pytest.mark.parametrize("name", ["page.html", "drawing.svg"])
def test_html_and_svg_are_text(look: Look, name: str) -> None:
    content = look(name, "<svg onload='alert(1)'><script>alert(1)</script></svg>").content
    assert isinstance(content, TextContent)


def test_an_image_is_known_by_its_bytes_and_not_by_its_name(look: Look) -> None:
    content = look("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100)).content
    assert content == ImageContent(media_type="image/png")
    assert other(look("fake.png", b"\x00\x01\x02" * 100)).format == "binary"


@pytest.mark.parametrize(
    ("key", "body", "format_"),
    [
        ("empty", b"", "empty"),
        ("model.pkl", b"cos\nsystem\n(S'echo'\ntR.", "pickle"),
        ("model", b"\x80\x04\x95rest", "pickle"),
        ("a.bz2", b"BZh91AY", "bzip2"),
        ("a.pdf", b"%PDF-1.7", "pdf"),
        ("noise", bytes(range(256)) * 10, "binary"),
        ("cut.parquet", b"PAR1" + b"x" * 100, "unreadable"),
        ("cut.feather", b"ARROW1\x00\x00" + b"x" * 100, "unreadable"),
        ("cut.npy", b"\x93NUMPY\x01\x00\xff\xff{", "unreadable"),
        ("evil.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", 20) + b"__import__('os')    ", "unreadable"),
    ],
)
def test_the_rest_says_what_it_is(look: Look, key: str, body: bytes, format_: str) -> None:
    assert other(look(key, body)).format == format_


def test_archives_are_known(look: Look) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", "x")
    assert other(look("a.zip", packed.getvalue())).archive
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    assert (other(look("a.tar.gz", packed.getvalue())).format, other(look("model", packed.getvalue())).archive) == (
        "tar.gz",
        True,
    )


def parquet(rows: int, **options: Any) -> bytes:
    data = pyarrow.table(
        {
            "id": numpy.arange(rows),
            "score": numpy.random.default_rng(0).random(rows),
            "name": [f"row {number}" for number in range(rows)],
            "nested": [{"a": [number]} for number in range(rows)],
            "moment": pyarrow.array([number * 10**9 for number in range(rows)], pyarrow.timestamp("ns", "UTC")),
            "blob": [b"\x00\xff"] * rows,
        }
    )
    target = io.BytesIO()
    pyarrow.parquet.write_table(data, target, **options)
    return target.getvalue()


def test_parquet_shows_schema_row_groups_and_rows(look: Look) -> None:
    content = table(look("a.parquet", parquet(1000, row_group_size=300)))
    assert columns(content)[:3] == [("id", "int64"), ("score", "double"), ("name", "string")]
    assert [each.rows for each in content.row_groups or []] == [300, 300, 300, 100]
    assert (content.total_rows, content.more, len(content.rows)) == (1000, True, 100)
    assert content.rows[7][0] == 7
    assert content.rows[7][2:] == ["row 7", '{"a": [7]}', "1970-01-01 00:00:07+00:00", "00 ff"]


def test_parquet_without_rows_shows_its_schema(look: Look) -> None:
    content = table(look("a.parquet", parquet(0)))
    assert (len(content.columns), content.rows, content.more, content.total_rows) == (6, [], False, 0)


def test_a_large_parquet_file_is_read_in_part(look: Look) -> None:
    body = parquet(1_000_000)
    found = look("a.parquet", body, columns=["id", "score"])
    assert len(table(found).rows) == 100
    assert found.bytes_read < 4 * 2**20 < len(body)
    assert [each.name for each in table(found).columns] == ["id", "score"]


def test_a_column_beyond_the_budget_takes_no_other_along(look: Look) -> None:
    rows = 40
    data = pyarrow.table(
        {
            "id": range(rows),
            "huge": [numpy.random.default_rng(0).bytes(2**20)] * 0
            + [bytes(numpy.random.default_rng(n).bytes(2**20)) for n in range(rows)],
        }
    )
    target = io.BytesIO()
    pyarrow.parquet.write_table(data, target)
    content = table(look("a.parquet", target.getvalue()))
    assert [row[0] for row in content.rows] == list(range(rows))
    assert content.rows[0][1] is None
    assert content.note is not None
    assert "1 columns are too large" in content.note


def test_feather_shows_rows(look: Look) -> None:
    target = io.BytesIO()
    pyarrow.feather.write_feather(pyarrow.table({"a": [1, 2, None], "b": ["x", "y", "z"]}), target)
    content = table(look("a.feather", target.getvalue(), rows=2))
    assert (content.rows, columns(content)) == ([[1, "x"], [2, "y"]], [("a", "int64"), ("b", "string")])


@pytest.mark.parametrize(
    ("array", "rows"),
    [
        (numpy.arange(6, dtype="<i4").reshape(3, 2), [[0, 1], [2, 3], [4, 5]]),
        (numpy.array([1.5, numpy.nan], dtype=">f8"), [[1.5], ["nan"]]),
        (numpy.zeros((2, 2, 2), dtype="?"), [[False, False]] * 4),
        (numpy.array(2**63, dtype="u8"), [[str(2**63)]]),
        (numpy.zeros((0, 3)), []),
    ],
)
def test_npy_shows_its_rows(look: Look, array: Any, rows: list[Any]) -> None:
    target = io.BytesIO()
    numpy.save(target, array)
    content = table(look("a.npy", target.getvalue()))
    assert content.rows == rows
    assert content.note is not None
    assert str(array.shape) in content.note


def test_npy_of_objects_is_not_unpickled(look: Look) -> None:
    target = io.BytesIO()
    numpy.save(target, numpy.array([{}, None], dtype=object), allow_pickle=True)
    assert "no preview" in other(look("a.npy", target.getvalue())).message


def test_long_cells_are_cut(look: Look) -> None:
    content = table(look("a.csv", "x,y\n" + "a" * 5000 + ",b\n"))
    assert len(str(content.rows[0][0])) == 1001


def test_an_object_that_is_replaced_meanwhile_is_a_conflict(aws: Any, client: Any, bucket: str) -> None:
    from jupyter_smext.s3.ranged_file import BLOCK, RangedFile

    client.put_object(Bucket=bucket, Key="k", Body=bytes(3 * BLOCK))
    file = RangedFile(aws, bucket, "k")
    client.put_object(Bucket=bucket, Key="k", Body=b"1" * 3 * BLOCK)
    with pytest.raises(SmextError) as caught:
        file.read_at(2 * BLOCK, 10)
    assert caught.value.code is ErrorCode.CONFLICT


def test_a_missing_object_is_an_error(aws: Any, bucket: str) -> None:
    with pytest.raises(SmextError) as caught:
        preview(aws, PreviewRequest(bucket=bucket, key="nothing"))
    assert caught.value.code is ErrorCode.NOT_FOUND
