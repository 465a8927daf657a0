"""Raw output to lines."""

from __future__ import annotations

import pytest

from jupyter_smext.runner import log_lines
from jupyter_smext.runner.log_lines import MAX_LINE_CHARACTERS, LogLines


def lines_of(*pieces: bytes) -> list[str]:
    found: list[str] = []
    lines = LogLines(lambda line, timestamp_ms: found.append(line))
    for piece in pieces:
        lines.feed(piece)
    lines.close()
    return found


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((b"a\nb\n",), ["a", "b"]),
        ((b"a", b"b\nc"), ["ab", "c"]),
        ((b"a\r\nb\r\n",), ["a", "b"]),
        ((b"a\r", b"\nb"), ["a", "b"]),
        ((b"\n\na\n\n",), ["a"]),
        ((b"bad \xff\xfe byte\n",), ["bad \ufffd\ufffd byte"]),
        ((b"euro \xe2", b"\x82\xac\n"), ["euro \u20ac"]),
        ((b"cut \xe2\x82",), ["cut \ufffd"]),
        ((b"tab\there\n",), ["tab\there"]),
    ],
)
def test_lines(pieces: tuple[bytes, ...], expected: list[str]) -> None:
    assert lines_of(*pieces) == expected


def test_a_line_arrives_before_the_next_one() -> None:
    found: list[str] = []
    lines = LogLines(lambda line, timestamp_ms: found.append(line))
    lines.feed(b"first\nsec")
    assert found == ["first"]
    lines.feed(b"ond\n")
    assert found == ["first", "second"]


def test_a_progress_bar_is_its_last_state_and_one_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(log_lines.time, "monotonic", lambda: now)
    found: list[str] = []
    lines = LogLines(lambda line, timestamp_ms: found.append(line))
    for percent in range(0, 100, 10):
        lines.feed(f"\r{percent}%|".encode())
        now += 0.25
    lines.feed(b"\r100%|\n")
    lines.feed(b"done\n")
    assert found == ["0%|", "40%|", "80%|", "100%|", "done"]


def test_a_progress_bar_that_ends_without_a_newline() -> None:
    assert lines_of(b"10%\r20%\r30%\r")[-1] == "30%"


def test_huge_lines_arrive_in_pieces_with_bounded_memory() -> None:
    found: list[str] = []
    lines = LogLines(lambda line, timestamp_ms: found.append(line))
    for _ in range(100):
        lines.feed(b"x" * 65536)
        assert len(lines._text) <= MAX_LINE_CHARACTERS
    lines.feed(b"\nend\n")
    assert sum(map(len, found)) == 100 * 65536 + len("end")
    assert max(map(len, found)) == MAX_LINE_CHARACTERS
    assert found[-1] == "end"
