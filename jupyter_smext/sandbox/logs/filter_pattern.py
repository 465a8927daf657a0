"""The filter patterns of FilterLogEvents for plain text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from jupyter_smext.sandbox.errors import AwsError

_TERM = re.compile(r'(?P<sign>[?-]?)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]+)%|(?P<plain>\S+))')


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A test for one message: all plain terms, at least one ``?term`` if there are any, no ``-term``; case matters.

    Raises ``InvalidParameterException`` for the JSON and space-delimited patterns, which the sandbox does not read.
    """
    pattern = pattern.strip()
    if pattern.startswith(("{", "[")):
        raise AwsError(
            "InvalidParameterException", "JSON and space-delimited filter patterns are not available in the sandbox."
        )
    needed: list[re.Pattern[str]] = []
    optional: list[re.Pattern[str]] = []
    excluded: list[re.Pattern[str]] = []
    for match in _TERM.finditer(pattern):
        if match["regex"]:
            expression = match["regex"]
        else:
            term = match["plain"] if match["quoted"] is None else re.sub(r"\\(.)", r"\1", match["quoted"])
            expression = re.escape(term)
        try:
            compiled = re.compile(expression)
        except re.error as error:
            raise AwsError("InvalidParameterException", f"Invalid filter pattern: {error}") from None
        {"": needed, "?": optional, "-": excluded}[match["sign"]].append(compiled)

    def matches(message: str) -> bool:
        return (
            all(term.search(message) for term in needed)
            and (not optional or bool(needed) or any(term.search(message) for term in optional))
            and not any(term.search(message) for term in excluded)
        )

    return matches
