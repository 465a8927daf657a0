from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_smext.estimators.file import SpecSyntaxError, dump, load

from .specs import SCRIPT_SPEC

COMMENTED = """\
# My job, for the weekly run.

api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: churn  # with a suffix
spec:
  algorithm:
    # The newest that the team knows.
    framework:
      name: sklearn
      version: 1.2-1
    metric_definitions:
      # read by the chart
      - name: acc  # of the test set
        regex: 'acc=([0-9.]+) # not a comment'

  source_code:
    entry_script: train.py
  hyperparameters:
    note: "# text\\nand more"
    b: 1
    a: 2
  compute:
    instance_type: ml.m5.large
# The end.
"""


def test_a_canonical_text_is_written_as_it_was_read() -> None:
    assert dump(load(COMMENTED).data, COMMENTED) == COMMENTED


def test_a_loose_text_becomes_canonical_and_keeps_its_comments() -> None:
    loose = """\
# head
spec:
  compute: {instance_type: ml.m5.large}  # small
  # what runs
  algorithm: {framework: {version: "1.2-1", name: sklearn}}
metadata: {base_job_name: churn}
kind: TrainingJob
"""
    assert (
        dump(load(loose).data, loose)
        == """\
kind: TrainingJob
metadata:
  base_job_name: churn
# head
spec:
  # what runs
  algorithm:
    framework:
      name: sklearn
      version: 1.2-1
  compute:  # small
    instance_type: ml.m5.large
"""
    )


def test_an_edit_keeps_the_comments_of_the_rest() -> None:
    data = load(COMMENTED).data
    data["spec"]["compute"]["instance_count"] = 2
    del data["spec"]["algorithm"]["metric_definitions"]
    text = dump(data, COMMENTED)
    assert "    instance_count: 2\n" in text
    assert "base_job_name: churn  # with a suffix" in text
    assert "# The newest that the team knows." in text
    assert "read by the chart" not in text
    assert text.endswith("# The end.\n")


def test_what_only_repeats_a_default_is_not_added_but_what_was_written_stays() -> None:
    data = load(COMMENTED).data
    data["spec"]["compute"] |= {
        "instance_count": 1,
        "volume_size_in_gb": 30,
        "instance_groups": [],
        "volume_kms_key_id": None,
    }
    assert dump(data, COMMENTED) == COMMENTED
    written = COMMENTED.replace("ml.m5.large\n", "ml.m5.large\n    instance_count: 1\n")
    assert dump(load(written).data, written) == written


def test_versions_that_look_like_numbers_are_quoted() -> None:
    assert "version: '2.0'\n" in dump({"spec": {"algorithm": {"framework": {"name": "pytorch", "version": "2.0"}}}})


def test_dates_stay_text() -> None:
    assert load("metadata: {tags: {due: 2026-11-24}}").data == {"metadata": {"tags": {"due": "2026-11-24"}}}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a: [1\nb: 2", 2, 2), ("a: b: c", 1, 5), ("a: 1\na: 2", 2, 1), ("a: &x 1\nb: *x", 2, 4)],
)
def test_a_syntax_error_says_where(text: str, line: int, column: int) -> None:
    with pytest.raises(SpecSyntaxError) as caught:
        load(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_positions_are_those_of_the_keys() -> None:
    read = load(COMMENTED)
    assert read.position(("spec", "algorithm", "framework", "version")) == (12, 7)
    assert read.position(("spec", "algorithm", "metric_definitions", 0, "regex")) == (16, 9)
    assert read.position(("spec", "compute", "instance_count")) == (24, 3)


SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=20), st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(
    hyperparameters=st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, min_size=1, max_size=3)), max_size=5),
    tags=st.dictionaries(NAMES, st.text(max_size=30), max_size=3),
)
def test_whatever_is_written_is_read_again(hyperparameters: dict[str, Any], tags: dict[str, str]) -> None:
    spec = {
        **SCRIPT_SPEC,
        "metadata": {"base_job_name": "x", "tags": tags},
        "spec": {**SCRIPT_SPEC["spec"], "hyperparameters": hyperparameters},
    }
    text = dump(spec)
    read = load(text).data
    assert read["spec"].get("hyperparameters", {}) == hyperparameters
    assert read["metadata"].get("tags", {}) == tags
    assert dump(read, text) == text
