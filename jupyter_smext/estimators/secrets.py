"""Finds files that look as if a key or a password were in them, so that none goes into a source package by mistake."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

# What is read of a file: enough for source and settings, little enough for a data file that lies among them.
READ_BYTES = 1_000_000

_NAMES = (
    ".env", ".env.*", "*.pem", "*.p12", "*.pfx", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pypirc",
    ".git-credentials", "kaggle.json", "credentials", "credentials.json", ".htpasswd",
)  # fmt: skip
_HARMLESS = (".env.example", ".env.sample", ".env.template")

_CONTENTS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("an AWS access key", re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    (
        "an AWS secret access key",
        re.compile(rb"(?i)aws_?secret_?(?:access_?)?key\W{1,6}[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])"),
    ),
    ("a private key", re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("a GitHub token", re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,})")),
    ("a Hugging Face token", re.compile(rb"\bhf_[A-Za-z0-9]{34}\b")),
    ("a Slack token", re.compile(rb"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("an API key", re.compile(rb"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}")),
    ("a Google API key", re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b")),
)


def secret_in(path: Path) -> str | None:
    """What kind of secret the file seems to hold, or None. Reads at most ``READ_BYTES`` of it."""
    name = path.name
    if name not in _HARMLESS and any(fnmatch.fnmatchcase(name, each) for each in _NAMES):
        return "credentials, by its name"
    with path.open("rb") as file:
        content = file.read(READ_BYTES)
    return next((kind for kind, pattern in _CONTENTS if pattern.search(content)), None)
