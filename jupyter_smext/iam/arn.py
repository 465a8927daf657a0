"""Amazon Resource Names: their six parts, and the patterns that policies write for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .truth import Truth
from .wildcard import Token, Wildcard, compile_glob, covers, literal, overlap, to_regex


@dataclass(frozen=True)
class Arn:
    """`arn:partition:service:region:account:resource`; the resource part may itself hold colons."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """None if `text` does not have the six parts of an ARN."""
        parts = text.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            return None
        return cls(*parts[1:])


class ArnPattern:
    """An ARN with wildcards, compared part by part and case-sensitively.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = list(tokens)
        self._any = list(tokens) == [Wildcard.ANY]
        parts = _split(tokens)
        complete = len(parts) == 6
        trailing_any = bool(tokens) and tokens[-1] is Wildcard.ANY
        self._all_resources = not complete or set(parts[5]) == {Wildcard.ANY}
        self._reaches_to_the_end = trailing_any and not complete
        self._by_part = _compile_parts(parts) if complete else None
        # Readings in which a `*` reaches over colons, or in which AWS fills up an ARN that is cut short.
        readings: list[list[Token]] = []
        if not complete or any(part and part[-1] is Wildcard.ANY for part in parts[:5]):
            readings.append(list(tokens))
        if not complete and not trailing_any:
            readings.append([*tokens, ":", Wildcard.ANY])
        self._across = [compile_glob(reading) for reading in readings]

    def matches_arn(self, arn: str) -> Truth:
        """Whether the pattern covers this ARN, part by part, as the ARN condition operators do.

        A pattern without six parts is None where a match could be meant: AWS does not document it.
        """
        if self._by_part is not None:
            return self._by_part(arn)
        return None if any(pattern.fullmatch(arn) for pattern in self._across) else False

    def matches_resource(self, resource: str) -> Truth:
        """Whether the pattern, in a Resource element, covers the resource of a request (an ARN or `*`).

        AWS lets a `*` at the end of a part reach over colons without saying when it does; such a match is None.
        """
        if self._any:
            return True
        if resource == "*":
            # An action without resource-level permissions: only a pattern for every resource can cover it.
            return None if self._all_resources else False
        if self._by_part is not None and self._by_part(resource):
            return True
        if self._across and any(pattern.fullmatch(resource) for pattern in self._across):
            return True if self._reaches_to_the_end else None
        return False

    def matches_all(self, resources: Sequence[Token]) -> Truth:
        """Whether the pattern covers every resource of another pattern (True), some of them (None) or none (False)."""
        if self._any or covers(self._tokens, resources):
            return True
        return None if overlap(self._tokens, resources) else False


def _compile_parts(parts: Sequence[Sequence[Token]]) -> Callable[[str], bool]:
    """A comparison with all six parts of an ARN, the first five of which hold no colon."""
    *head, last = parts
    if not any(isinstance(token, Wildcard) for part in [*head, last[:-1]] for token in part):
        text = ":".join(literal(part) for part in [*head, last[:-1]])
        if last[-1:] == [Wildcard.ANY]:
            return lambda arn: arn.startswith(text)
        return (text + literal(last)).__eq__
    expressions = [to_regex(part, "[^:]", f"p{index}_") for index, part in enumerate(head)]
    pattern = re.compile(":".join([*expressions, to_regex(last, ".", "p5_")]), re.DOTALL)
    return lambda arn: pattern.fullmatch(arn) is not None


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens of each of up to six parts."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wildcard):
            parts[-1].append(token)
            continue
        head, *rest = token.split(":", 6 - len(parts))
        if head:
            parts[-1].append(head)
        parts.extend([text] if text else [] for text in rest)
    return parts


@lru_cache(maxsize=4096)
def account_of(arn: str) -> str | None:
    """The account that an ARN names, or None (S3 ARNs name none)."""
    parsed = Arn.parse(arn)
    return parsed.account or None if parsed else None
