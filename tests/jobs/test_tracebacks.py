from __future__ import annotations

from jupyter_smext.jobs.models import LoggedTraceback, LogLine
from jupyter_smext.jobs.tracebacks import find_tracebacks


def found(text: str, stream: str = "algo-1-1") -> list[LoggedTraceback]:
    lines = [
        LogLine(timestamp=time, stream=stream, message=message)
        for time, message in enumerate(text.strip("\n").split("\n"))
    ]
    return find_tracebacks(lines)


PLAIN = """
starting
Traceback (most recent call last):
  File "/opt/ml/code/train.py", line 40, in <module>
    main()
  File "/opt/ml/code/lib/data.py", line 7, in load
    frame = pandas.read_csv(path)
            ^^^^^^^^^^^^^^^^^^^^^
  File "/opt/conda/lib/python3.10/site-packages/pandas/io/parsers.py", line 912, in read_csv
    return _read(filepath_or_buffer, kwds)
pandas.errors.EmptyDataError: No columns to parse from file
2026-01-01 sagemaker-training-toolkit ERROR    Reporting training FAILURE
"""


def test_the_frames_and_the_place_in_the_jobs_own_code() -> None:
    (traceback,) = found(PLAIN)
    assert (traceback.exception_type, traceback.message) == (
        "pandas.errors.EmptyDataError", "No columns to parse from file",
    )  # fmt: skip
    assert traceback.timestamp == 1
    assert [(frame.path.rsplit("/", 1)[-1], frame.line, frame.own) for frame in traceback.frames] == [
        ("train.py", 40, True), ("data.py", 7, True), ("parsers.py", 912, False),
    ]  # fmt: skip
    location = traceback.location
    assert location is not None
    assert (location.path, location.line, location.function) == ("lib/data.py", 7, "load")
    assert location.code == "frame = pandas.read_csv(path)"


CHAIN = """
Traceback (most recent call last):
  File "train.py", line 2, in <module>
    int("x")
ValueError: invalid literal

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "train.py", line 4, in <module>
    raise RuntimeError("bad") from error
RuntimeError: bad

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "train.py", line 9, in <module>
    cleanup()
KeyError: 'x'
"""


def test_a_chain_is_one_and_names_what_began_it() -> None:
    (traceback,) = found(CHAIN)
    assert (traceback.exception_type, traceback.caused_by) == ("KeyError", "ValueError: invalid literal")


def test_two_tracebacks_without_a_chain_are_two() -> None:
    text = CHAIN.replace("The above exception was the direct cause of the following exception:", "retrying")
    assert [each.exception_type for each in found(text)] == ["ValueError", "KeyError"]


RANKS = """
[rank1]: Traceback (most recent call last):
[rank0]: epoch 2
[rank1]:   File "/opt/ml/code/train.py", line 3, in <module>
[rank1]:     step()
[rank0]: epoch 3
[rank1]: torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB
"""


def test_the_marks_of_launchers_are_not_in_the_way() -> None:
    for mark in ("[rank1]: ", "[1,mpirank:1,algo-2]<stderr>:"):
        (traceback,) = found(RANKS.replace("[rank1]: ", mark))
        assert traceback.exception_type == "torch.cuda.OutOfMemoryError"
        assert traceback.location is not None
        assert traceback.location.code == "step()"


SYNTAX = """
Traceback (most recent call last):
  File "/opt/ml/code/train.py", line 1, in <module>
    import model
  File "/opt/ml/code/model.py", line 5
    def f(:
          ^
SyntaxError: invalid syntax
"""


def test_a_syntax_error_is_placed_where_it_is() -> None:
    (traceback,) = found(SYNTAX)
    assert traceback.location is not None
    assert (traceback.location.path, traceback.location.line, traceback.location.code) == ("model.py", 5, "def f(:")


def test_streams_do_not_mix_and_a_cut_traceback_is_none() -> None:
    head = "Traceback (most recent call last):"
    lines = [
        LogLine(timestamp=1, stream="algo-1-1", message=head),
        LogLine(timestamp=1, stream="algo-2-1", message=head),
        LogLine(timestamp=2, stream="algo-2-1", message='  File "a.py", line 1, in <module>'),
        LogLine(timestamp=3, stream="algo-1-1", message='  File "b.py", line 2, in <module>'),
        LogLine(timestamp=4, stream="algo-2-1", message="KeyError"),
    ]
    (traceback,) = find_tracebacks(lines)
    assert (traceback.stream, traceback.exception_type, traceback.message) == ("algo-2-1", "KeyError", "")
    assert [frame.path for frame in traceback.frames] == ["a.py"]


def test_a_whole_traceback_in_one_event_is_read_too() -> None:
    lines = [LogLine(timestamp=1, stream="s", message=PLAIN.strip())]
    assert [each.exception_type for each in find_tracebacks(lines)] == ["pandas.errors.EmptyDataError"]
