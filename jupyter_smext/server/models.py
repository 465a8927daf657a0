"""Contracts of the routes that belong to no room."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Handshake(BaseModel):
    """What the panel asks first."""

    version: str = Field(description="Version of the Python package; the panel compares it with its own.")


class IdentityQuery(BaseModel):
    refresh: bool = Field(False, description="Ask AWS again instead of answering from memory.")
