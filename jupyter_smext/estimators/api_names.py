"""The names of the API and ours: `VolumeSizeInGB` and `volume_size_in_gb` are the same thing."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

# Words that are not written as a capital and small letters.
_WORDS = {"gb": "GB"}


def api_name(name: str) -> str:
    """``volume_size_in_gb`` -> ``VolumeSizeInGB``."""
    return "".join(_WORDS.get(word, word.capitalize()) for word in name.split("_"))


def api_form(section: BaseModel, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A section as the API takes it; what is unset or empty is not sent."""
    return {
        api_name(name): _form(value)
        for name in type(section).model_fields
        if name not in without and (value := getattr(section, name)) not in (None, [], {})
    }


def _form(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return api_form(value)
    if isinstance(value, list):
        return [_form(each) for each in value]
    return getattr(value, "value", value)
