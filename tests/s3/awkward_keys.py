"""Keys that S3 allows and that break careless software."""

from __future__ import annotations

AWKWARD_KEYS = [
    "plain.csv",
    "a//b",
    "/leading",
    "//",
    "..",
    "../up",
    "a/../b",
    "./dot",
    ".",
    "dir/",
    "dir/sub/",
    "with space",
    " leading space",
    "plus+and%25percent",
    "100%",
    "q?uestion&amp;#hash",
    "<xml>&\"'",
    "new\nline",
    "carriage\rreturn",
    "tab\tulator",
    "grüße/日本語/😀.txt",
    "e\u0301 combining",
    "a" * 1024,
    "~tilde!*'()",
    "back\\slash",
    "=;,:@$[]{}|^`",
]
