"""Into the settings and out again: whatever stood there before, and whatever others did in between."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_smext.studio.lifecycle import settings

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012:studio-lifecycle-config/"
OURS, NEWER = PREFIX + "jupyter-smext-1-0-0-aaaaaaaa", PREFIX + "jupyter-smext-1-1-0-bbbbbbbb"
THEIRS = [PREFIX + name for name in ("idle", "proxy", "jupyter-smextra")]

existing = st.fixed_dictionaries(
    {},
    optional={
        "LifecycleConfigArns": st.lists(st.sampled_from(THEIRS), unique=True, max_size=3),
        "DefaultResourceSpec": st.fixed_dictionaries(
            {}, optional={"InstanceType": st.just("ml.t3.medium"), "LifecycleConfigArn": st.sampled_from(THEIRS)}
        ),
        "BuiltInLifecycleConfigArn": st.sampled_from(THEIRS),
        "AppLifecycleManagement": st.just({"IdleSettings": {"LifecycleManagement": "ENABLED"}}),
    },
).filter(
    lambda each: (
        each.get("DefaultResourceSpec", {}).get("LifecycleConfigArn") in (None, *each.get("LifecycleConfigArns", []))
    )
)


@given(before=existing, built_in=st.booleans(), upgrades=st.integers(0, 2))
def test_what_goes_in_comes_out_without_a_trace(before: dict[str, Any], built_in: bool, upgrades: int) -> None:
    kept = copy.deepcopy(before)
    if built_in:
        now = settings.with_built_in(before, OURS)
    else:
        now = settings.with_default(settings.with_offer(before, OURS), OURS)
    for _ in range(upgrades):
        now = settings.replaced(now, NEWER)
        assert settings.ours_in(now) == [NEWER]
    assert settings.without_ours(now, kept) == kept
    assert before == kept, "the settings that were read are not changed in place"


@given(before=existing)
def test_what_others_added_in_between_stays(before: dict[str, Any]) -> None:
    added = PREFIX + "added-meanwhile"
    now = settings.with_default(settings.with_offer(before, OURS), OURS)
    now["LifecycleConfigArns"].append(added)
    now["DefaultResourceSpec"]["InstanceType"] = "ml.m5.large"
    after = settings.without_ours(now, before)
    assert after["LifecycleConfigArns"] == [*before.get("LifecycleConfigArns", []), added]
    assert after["DefaultResourceSpec"]["InstanceType"] == "ml.m5.large"
    assert settings.ours_in(after) == []


def test_an_earlier_default_that_is_gone_is_not_put_back() -> None:
    before = {"LifecycleConfigArns": [THEIRS[0]], "DefaultResourceSpec": {"LifecycleConfigArn": THEIRS[0]}}
    now = settings.with_default(settings.with_offer(before, OURS), OURS)
    now["LifecycleConfigArns"].remove(THEIRS[0])
    after = settings.without_ours(now, before)
    assert settings.preselected(after) is None
    assert after["LifecycleConfigArns"] == []


def test_a_name_that_only_begins_alike_is_not_ours() -> None:
    assert not settings.is_ours(THEIRS[2])
    assert settings.is_ours(OURS)
    assert not settings.is_ours(None)


def test_words_for_what_is_taken_away() -> None:
    now = settings.with_built_in(settings.with_default(settings.with_offer({}, OURS), OURS), OURS)
    said = settings.emptied({}, now)
    assert said == {
        "LifecycleConfigArns": [],
        "DefaultResourceSpec": {"LifecycleConfigArn": "None"},
        "BuiltInLifecycleConfigArn": "None",
    }
    assert settings.same(said, {})
    assert not settings.same(now, {})


@pytest.mark.parametrize("inherited", [None, THEIRS[:1]])
def test_a_profile_takes_over_the_list_that_counted_so_far(inherited: list[str] | None) -> None:
    assert settings.with_offer({}, OURS, inherited=inherited)["LifecycleConfigArns"] == [*(inherited or []), OURS]
