"""Texts in example policies that a person was to replace."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(
    r"(?<!\$)\{[^{}]+\}|<[A-Za-z][^<>]*>|\[[A-Za-z][\w -]*\]|\bYOUR[-_A-Za-z]*|\byour-[a-z-]+"
    r"|\b(?:DOC-EXAMPLE-BUCKET|amzn-s3-demo-[a-z-]*bucket\d*|EXAMPLE-BUCKET|BUCKET[-_]?NAME|bucket[-_]name)\b"
    r"|\bACCOUNT[-_]?ID(?:-WITHOUT-HYPHENS)?\b|(?<=:)REGION(?=:)|\$\{(?![*?$]|[a-z0-9-]+:)[^}]*\}"
)
"""Such a text. A policy variable is none: its name has a service and a colon, as in `${aws:username}`."""
