"""The rules of .gitignore, with git as the judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_smext.estimators.ignore import rules
from jupyter_smext.estimators.models import SourceCode
from jupyter_smext.estimators.packaging import plan

FILES = [
    "train.py", "keep.py", "a.log", "notes/a.log", "notes/b.txt", "data/big.csv", "data/deep/er/x.csv", "build/out.bin",
    "src/build/out.bin", "src/main.py", "src/data/y.csv", "[odd].txt", "back\\slash.txt", "sp ace.txt", "trail .txt",
    "foo/bar/baz.txt", "x/foo/bar/q.txt", "#hash.txt", "!bang.txt", "abc.py", "abd.py", "Ünïcode.txt",
]  # fmt: skip
PATTERNS = [
    "*.log", "/a.log", "data/", "data", "/data", "build", "/build/", "src/build", "**/build", "build/**",
    "src/**/y.csv", "notes/*", "!notes/b.txt", "!a.log", "*.csv", "!data/big.csv", "[odd].txt", "\\[odd\\].txt",
    "ab[cd].py", "ab[!c].py", "ab?.py", "\\#hash.txt", "#hash.txt", "\\!bang.txt", "sp ace.txt", "trail .txt ",
    "foo/bar", "**/foo/bar", "foo/**/baz.txt", "x/**", "*", "!*.py", "!*/", "back\\\\slash.txt", "Ünïcode.*", "",
    "   ", "# note", "a*b*.py", "**", "/**", "/*", "deep/",
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("tree")
    for name in FILES:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("x")
    subprocess.run(["git", "init", "-q", top], check=True)
    return top


def kept_by_git(top: Path) -> set[str]:
    listed = subprocess.run(
        ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=top,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return {name for name in listed.split("\0") if name} - {".gitignore"}


def kept_by_us(top: Path) -> set[str]:
    source = SourceCode(source_dir=".", entry_script="keep.py", ignore_patterns=["!keep.py"])
    return {each.name for each in plan(source, top).files}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4))
def test_the_same_files_are_kept_as_by_git(tree: Path, lines: list[str]) -> None:
    (tree / ".gitignore").write_text("\n".join(lines) + "\n", "utf-8")
    # keep.py is the script, which has to be there for a plan; whether git keeps it says nothing here.
    assert kept_by_us(tree) - {"keep.py"} == kept_by_git(tree) - {"keep.py"}, lines


def test_ignore_files_of_inner_and_outer_folders_count(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    source = tmp_path / "jobs" / "src"
    for name in ("train.py", "a.tmp", "b.dat", "lib/c.dat", "lib/d.py", "lib/e.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    (tmp_path / ".gitignore").write_text("*.tmp\n/jobs/src/b.dat\n")
    (source / "lib" / ".gitignore").write_text("/e.txt\n")
    (source / ".sagemakerignore").write_text("d.py\n")
    planned = plan(SourceCode(source_dir="src", entry_script="train.py"), tmp_path / "jobs")
    assert [each.name for each in planned.files] == ["lib/c.dat", "train.py"]


def test_an_empty_line_is_no_rule() -> None:
    assert rules(["", "  ", "# note", "/"]) == []
