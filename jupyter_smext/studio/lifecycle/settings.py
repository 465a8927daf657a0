"""How a configuration goes into the JupyterLab settings of a domain, a profile or a space, and comes out again.

Pure functions on ``JupyterLabAppSettings`` as the API has them. Only what is ours is touched, so that an installation
that is taken out leaves what was there before, and what others have changed since.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_JupyterLabAppSettings.html
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .script import CONFIG_PREFIX

Settings = dict[str, Any]

_LIST, _SPEC, _DEFAULT, _BUILT_IN = (
    "LifecycleConfigArns",
    "DefaultResourceSpec",
    "LifecycleConfigArn",
    "BuiltInLifecycleConfigArn",
)


def is_ours(arn: str | None) -> bool:
    return f":studio-lifecycle-config/{CONFIG_PREFIX}" in (arn or "")


def offered(settings: Mapping[str, Any]) -> list[str]:
    return list(settings.get(_LIST, []))


def preselected(settings: Mapping[str, Any]) -> str | None:
    arn: str | None = settings.get(_SPEC, {}).get(_DEFAULT)
    return None if arn == "None" else arn


def built_in(settings: Mapping[str, Any]) -> str | None:
    arn: str | None = settings.get(_BUILT_IN)
    return None if arn == "None" else arn


def ours_in(settings: Mapping[str, Any]) -> list[str]:
    """Our configurations in the settings, the one that decides first."""
    found = [built_in(settings), preselected(settings), *offered(settings)]
    return list(dict.fromkeys(arn for arn in found if arn and is_ours(arn)))


def without_ours(now: Mapping[str, Any], before: Mapping[str, Any] | None) -> Settings:
    """The settings without any configuration of ours; ``before`` is what stood there before the first one came."""
    settings: Settings = copy.deepcopy(dict(now))
    earlier = before or {}
    if _LIST in settings:
        settings[_LIST] = [arn for arn in settings[_LIST] if not is_ours(arn)]
        if not settings[_LIST] and _LIST not in earlier:
            del settings[_LIST]
    if is_ours(preselected(settings)):
        spec = settings[_SPEC]
        _put(spec, _DEFAULT, earlier.get(_SPEC, {}).get(_DEFAULT), settings.get(_LIST, []))
        if not spec and _SPEC not in earlier:
            del settings[_SPEC]
    if is_ours(built_in(settings)):
        _put(settings, _BUILT_IN, earlier.get(_BUILT_IN))
    return settings


def _put(settings: Settings, member: str, value: str | None, among: list[str] | None = None) -> None:
    """Back to the earlier value, unless somebody has since taken it from those on offer."""
    if value is None or (among is not None and value != "None" and value not in among):
        settings.pop(member, None)
    else:
        settings[member] = value


def with_built_in(settings: Mapping[str, Any], arn: str) -> Settings:
    return {**copy.deepcopy(dict(settings)), _BUILT_IN: arn}


def with_offer(settings: Mapping[str, Any], arn: str, *, inherited: list[str] | None = None) -> Settings:
    """One more to choose from. ``inherited``: the list that counted so far where these settings have none."""
    result: Settings = copy.deepcopy(dict(settings))
    result[_LIST] = [*result.get(_LIST, inherited or []), arn]
    return result


def with_default(settings: Mapping[str, Any], arn: str) -> Settings:
    result: Settings = copy.deepcopy(dict(settings))
    result[_SPEC] = {**result.get(_SPEC, {}), _DEFAULT: arn}
    return result


def replaced(now: Mapping[str, Any], arn: str) -> Settings:
    """Every configuration of ours becomes this one, where it stands."""
    settings: Settings = copy.deepcopy(dict(now))
    if _LIST in settings:
        settings[_LIST] = list(dict.fromkeys(arn if is_ours(each) else each for each in settings[_LIST]))
    if is_ours(preselected(settings)):
        settings[_SPEC][_DEFAULT] = arn
    if is_ours(built_in(settings)):
        settings[_BUILT_IN] = arn
    return settings


def emptied(settings: Mapping[str, Any], now: Mapping[str, Any]) -> Settings:
    """The settings with words for what is taken away: an API that merges keeps what is left out.

    The pattern of an ARN here allows `None`, and AWS detaches with an empty list:
    https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc-delete.html
    """
    result: Settings = copy.deepcopy(dict(settings))
    if _LIST in now:
        result.setdefault(_LIST, [])
    if preselected(now) and not preselected(settings):
        result[_SPEC] = {**result.get(_SPEC, {}), _DEFAULT: "None"}
    if built_in(now) and not built_in(settings):
        result[_BUILT_IN] = "None"
    return result


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both mean the same: an empty structure, an empty list and `None` say nothing."""
    return bool(_meaning(one) == _meaning(other))


def _meaning(value: Any) -> Any:
    if isinstance(value, Mapping):
        said = {name: _meaning(each) for name, each in value.items()}
        return {name: each for name, each in said.items() if each not in ({}, [], None, "None")}
    return value
