"""`jupyter smext s3` as a person or a script meets it."""

from __future__ import annotations

import io
import json
import os
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(aws: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["s3", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_ls_lists_buckets_prefixes_and_objects(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="data/a.csv", Body=b"abc")
    client.put_object(Bucket=bucket, Key="data/deep/b.csv", Body=b"")
    code, out, _ = run("ls", "--json")
    assert code == 0
    assert bucket in [each["name"] for each in lines(out)]
    code, out, _ = run("ls", f"s3://{bucket}/data/", "--json")
    assert lines(out)[0] == {"prefix": "data/deep/"}
    assert (lines(out)[1]["key"], lines(out)[1]["size"]) == ("data/a.csv", 3)
    code, out, _ = run("ls", f"s3://{bucket}", "--recursive")
    assert [line.split()[-1] for line in out.splitlines()] == ["data/a.csv", "data/deep/b.csv"]


def test_ls_of_nothing_and_of_no_bucket_fail(run: Run, bucket: str) -> None:
    assert run("ls", f"s3://{bucket}/nothing/")[0] == 1
    code, _, err = run("ls", "s3://there-is-no-such-bucket/")
    assert code == 1
    assert err.startswith("NotFound: ")


def test_a_key_cannot_drive_the_terminal(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="red\x1b[31m", Body=b"")
    _, out, _ = run("ls", f"s3://{bucket}")
    assert "red\\x1b[31m" in out
    assert "\x1b" not in out


def test_cp_copies_a_file_both_ways_and_never_overwrites_unasked(
    run: Run, client: Any, bucket: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_text("1")
    assert run("cp", source, f"s3://{bucket}/dir/")[0] == 0
    assert client.get_object(Bucket=bucket, Key="dir/a.csv")["Body"].read() == b"1"
    source.write_text("2")
    code, _, err = run("cp", source, f"s3://{bucket}/dir/a.csv")
    assert (code, "exists already" in err) == (1, True)
    assert run("cp", source, f"s3://{bucket}/dir/a.csv", "--overwrite")[0] == 0
    code, out, _ = run("cp", f"s3://{bucket}/dir/a.csv", target, "--json")
    assert (code, json.loads(out)["files"], target.read_text()) == (0, 1, "2")
    target.write_text("mine")
    assert run("cp", f"s3://{bucket}/dir/a.csv", target)[0] == 1
    assert target.read_text() == "mine"
    assert run("cp", f"s3://{bucket}/dir/a.csv", f"{tmp_path}/new/")[0] == 0
    assert (tmp_path / "new" / "a.csv").read_text() == "2"


def test_cp_copies_a_folder_with_many_files(run: Run, client: Any, bucket: str, tmp_path: Path) -> None:
    for number in range(30):
        file = tmp_path / "in" / f"d{number % 3}" / f"{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(number))
    assert run("cp", tmp_path / "in", f"s3://{bucket}/up")[0] == 2
    code, out, _ = run("cp", tmp_path / "in", f"s3://{bucket}/up", "--recursive", "--json")
    assert (code, json.loads(out)["files"], json.loads(out)["bytes"]) == (0, 30, sum(range(30)))
    code, out, _ = run("cp", tmp_path / "in", f"s3://{bucket}/up", "--recursive", "--json")
    assert (code, json.loads(out)["files"], json.loads(out)["skipped"]) == (0, 0, 30)
    assert run("cp", f"s3://{bucket}/up", tmp_path / "out", "--recursive")[0] == 0
    for file in (tmp_path / "in").rglob("*.bin"):
        assert (tmp_path / "out" / file.relative_to(tmp_path / "in")).read_bytes() == file.read_bytes()
    assert not list((tmp_path / "out").rglob(".smext*"))


def test_cp_reports_keys_that_no_file_can_have(run: Run, client: Any, bucket: str, tmp_path: Path) -> None:
    for key in ("d/good", "d/../../evil", "d//twice", "d/.", "d/", "d/sub/"):
        client.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else b"x")
    code, out, _ = run("cp", f"s3://{bucket}/d/", tmp_path / "out", "--recursive", "--json")
    result = json.loads(out)
    assert (code, result["files"], result["failed"]) == (1, 1, 3)
    assert {each["name"] for each in result["failures"]} == {"../../evil", "/twice", "."}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["good", "out"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("cp", "a", "b"),
        ("cp", "s3://a/b/", "s3://a/c"),
        ("mv", "a", "s3://a/"),
        ("cp", "s3://a/b/", "here"),
        ("rm", "s3://a/b/"),
        ("rm", "s3://a"),
        ("nonsense",),
        (),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_rm_deletes_what_it_is_told_and_nothing_near_it(run: Run, client: Any, bucket: str) -> None:
    for key in ("data/a", "data/b/c", "database/d", "data"):
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    assert run("rm", f"s3://{bucket}/data")[0] == 0
    code, out, _ = run("rm", f"s3://{bucket}/data", "--recursive", "--json")
    assert (code, json.loads(out)) == (0, {"deleted": 2, "failed": 0, "failures": []})
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["database/d"]
    code, _, err = run("rm", f"s3://{bucket}", "--recursive")
    assert (code, "everything" in err) == (1, True)
    assert run("rm", f"s3://{bucket}", "--recursive", "--confirm", bucket)[0] == 0
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_mb_makes_a_bucket(run: Run, client: Any) -> None:
    code, out, _ = run("mb", "s3://made-in-the-terminal", "--json")
    assert (code, json.loads(out)["name"]) == (0, "made-in-the-terminal")
    client.head_bucket(Bucket="made-in-the-terminal")
    code, _, err = run("mb", "No_Good")
    assert (code, "lower-case" in err) == (1, True)


def test_cp_and_mv_inside_s3(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="in/a", Body=b"1")
    client.put_object(Bucket=bucket, Key="in/deep/b", Body=b"2")
    assert run("cp", f"s3://{bucket}/in/a", f"s3://{bucket}/out/")[0] == 0
    assert run("cp", f"s3://{bucket}/in/a", f"s3://{bucket}/out/a")[0] == 1
    assert run("cp", f"s3://{bucket}/in/a", f"s3://{bucket}/out/a", "--keep-both")[0] == 0
    code, out, _ = run("mv", f"s3://{bucket}/in", f"s3://{bucket}/moved", "--recursive", "--json")
    assert (code, json.loads(out)["files"]) == (0, 2)
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == ["moved/a", "moved/deep/b", "out/a", "out/a (1)"]


def test_find_prints_what_matches_and_counts(run: Run, client: Any, bucket: str) -> None:
    for key in ("d/a.csv", "d/deep/b.csv", "d/c.txt"):
        client.put_object(Bucket=bucket, Key=key, Body=b"12345")
    code, out, _ = run("find", f"s3://{bucket}/d/", "--name", "*.csv", "--min-size", "4", "--json")
    *objects, last = lines(out)
    assert (code, [each["key"] for each in objects]) == (0, ["d/a.csv", "d/deep/b.csv"])
    assert last == {"scanned": 3, "matched": 2, "bytes": 10}
    assert run("find", f"s3://{bucket}", "--min-size", "many")[0] == 2
    assert run("find", f"s3://{bucket}", "--after", "yesterday")[0] == 2
    code, _, err = run("find", f"s3://{bucket}", "--regex", "(")
    assert (code, "no valid expression" in err) == (1, True)


def test_du_adds_up(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a/1", Body=bytes(1000))
    code, out, _ = run("du", f"s3://{bucket}", "--json")
    total = json.loads(out)["total"]
    assert (code, total["objects"], total["bytes"]) == (0, 1, 1000)
    assert total["monthly_usd"] > 0
    code, out, _ = run("du", f"s3://{bucket}")
    assert code == 0
    assert "list price of" in out


def test_sync_prints_a_plan_and_carries_it_out(run: Run, client: Any, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    client.put_object(Bucket=bucket, Key="p/old", Body=b"x")
    code, out, _ = run("sync", tmp_path, f"s3://{bucket}/p", "--delete", "--dry-run", "--json")
    plan = json.loads(out)
    assert (code, plan["copies"], plan["deletes"]) == (0, 1, 1)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    code, out, _ = run("sync", tmp_path, f"s3://{bucket}/p", "--delete")
    assert (code, "1 to copy (1 B), 1 to delete" in out, "1 deleted" in out) == (0, True, True)
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["p/a"]
    code, out, _ = run("sync", f"s3://{bucket}/p", tmp_path / "new", "--json")
    assert (code, json.loads(out)["files"], (tmp_path / "new" / "a").read_text()) == (0, 1, "1")
    assert run("sync", tmp_path, tmp_path)[0] == 2


def test_head_tells_and_shows(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a.csv", Body=b"x,y\n1,2\n3,4\n", Metadata={"m": "1"})
    code, out, _ = run("head", f"s3://{bucket}/a.csv", "--json")
    told = json.loads(out)
    assert (code, told["details"]["metadata"], told["preview"]["content"]["rows"][1]) == (0, {"m": "1"}, ["3", "4"])
    code, out, _ = run("head", f"s3://{bucket}/a.csv")
    assert (code, "x (integer)\ty (integer)" in out) == (0, True)
    assert run("head", f"s3://{bucket}/nothing")[0] == 1


def test_archive_lists_and_extracts(
    run: Run, client: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("d/a.txt", "text")
    client.put_object(Bucket=bucket, Key="a.zip", Body=packed.getvalue())
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("archive", f"s3://{bucket}/a.zip", "--json")
    assert (code, [each.get("name") for each in lines(out)]) == (0, ["d/a.txt", None])
    assert run("archive", f"s3://{bucket}/a.zip", "--extract", "d/a.txt")[0] == 0
    assert (tmp_path / "a.txt").read_text() == "text"


def test_presign_prints_an_address(run: Run, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"text")
    code, out, _ = run("presign", f"s3://{bucket}/k", "--expires", "60")
    assert code == 0
    with urllib.request.urlopen(out.strip()) as answer:
        assert answer.read() == b"text"


def test_offload_and_restore(
    run: Run, client: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "big").write_bytes(bytes(10_000))
    (tmp_path / "small").write_text("x")
    code, out, _ = run("offload", "big", "small", f"s3://{bucket}/home", "--dry-run", "--json")
    plan = json.loads(out)
    assert (code, plan["files"], plan["left_alone"]) == (0, 1, 1)
    code, out, _ = run("offload", "big", "small", f"s3://{bucket}/home")
    assert (code, "small stays: it is too small" in out) == (0, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.offloaded", "small"]
    code, out, _ = run("disk", "--json")
    assert (code, json.loads(out)["offloaded"]) == (0, 1)
    code, out, _ = run("restore", "big", "--json")
    assert (code, json.loads(out)["files"], (tmp_path / "big").read_bytes()) == (0, 1, bytes(10_000))
    assert run("offload", "big", f"s3://{bucket}", "--storage-class", "CHEAP")[0] == 2
