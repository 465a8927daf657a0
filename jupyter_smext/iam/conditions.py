"""Condition operators: one block `operator: {key: values}` compared with the context of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

A key that the request does not carry is settled by the documentation for the operators that ask about absence (Null,
...IfExists, negated ones, ForAllValues). A comparison with a key that a case merely leaves out stays open, because
leaving it out is how a case looks in which nobody thought of that key; `null` states that it is absent.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt

from .arn import ArnPattern
from .context import Context, NoValue, RoleArnWithoutPath, to_text
from .truth import Truth, all_of, any_of, negate
from .variables import PolicyText, UnresolvedVariable
from .wildcard import Token, compile_glob, literal

Matcher = Callable[[str, Context], Truth]
"""Whether one value of the request matches one value of the policy."""


class Condition:
    """One operator with one key and its values.

    Raises ValueError if AWS would not accept it or its meaning is not known.
    """

    def __init__(self, operator: str, key: str, values: object, variables: bool) -> None:
        self.operator = operator
        self.key = key
        self._lookup = key.lower()
        name = operator
        self._qualifier = ""
        for qualifier in ("ForAllValues", "ForAnyValue"):
            if name.startswith(qualifier + ":"):
                self._qualifier, name = qualifier, name[len(qualifier) + 1 :]
        self._if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        texts = [_scalar(value) for value in (values if isinstance(values, list) else [values])]
        if not texts:
            raise ValueError(f"{operator} of {key} lists no value")
        self._null: bool | None = None
        if name == "Null":
            if self._if_exists or self._qualifier or len(texts) != 1 or texts[0].lower() not in ("true", "false"):
                raise ValueError(f"{operator} of {key} must be Null with true or false")
            self._null = texts[0].lower() == "true"
            return
        if name not in _OPERATORS:
            raise ValueError(f"{operator} is not a condition operator")
        compiler, self._negated = _OPERATORS[name]
        self._matchers = [compiler(text, variables) for text in texts]

    def evaluate(self, context: Context, causes: list[str]) -> Truth:
        """Whether the request meets the condition; a cause is noted for each None."""
        values = context.lookup(self._lookup)
        if isinstance(values, NoValue):
            truth = self._without_value(values)
            if truth is None:
                causes.append(self.key)
            return truth
        if self._null is not None:
            if values == ("",):  # whether an empty text counts as "not null" is not documented
                causes.append(self.key)
                return None
            return not self._null
        if self._qualifier and values == ("",):
            return self._qualifier == "ForAllValues"
        try:
            truths = [self._match(value, context) for value in values]
        except UnresolvedVariable as unresolved:
            causes.append(unresolved.key)
            return None
        truth = self._combine(truths)
        if truth is None:
            causes.append(self.key)
        return truth

    def _match(self, value: str, context: Context) -> Truth:
        matched = any_of([matcher(value, context) for matcher in self._matchers])
        return negate(matched) if self._negated else matched

    def _combine(self, truths: list[Truth]) -> Truth:
        if self._qualifier == "ForAllValues":
            return all_of(truths)
        if self._qualifier == "ForAnyValue":
            return any_of(truths)
        # Several values need a set operator; without one, only agreement is safe.
        return truths[0] if truths.count(truths[0]) == len(truths) else None

    def _without_value(self, state: NoValue) -> Truth:
        if state is NoValue.UNKNOWN:
            return None
        if self._null is not None:
            return self._null
        if self._qualifier == "ForAllValues":
            return True
        if self._qualifier == "ForAnyValue":
            # "False on an empty set" and "IfExists is true without the key" contradict each other.
            return False if state is NoValue.ABSENT and not self._if_exists else None
        if self._if_exists or self._negated:
            return True
        return False if state is NoValue.ABSENT else None


def _scalar(value: object) -> str:
    if not isinstance(value, str | bool | int | float):
        raise ValueError(f"a condition value must be a text, number or Boolean, not {type(value).__name__}")
    return to_text(value)


def _text_matcher(policy: PolicyText, prepare: Callable[[list[Token]], Callable[[str], Truth]]) -> Matcher:
    """A matcher for a policy value that may hold variables; `prepare` turns its tokens into a comparison."""
    fixed = None if policy.variables else prepare(policy.tokens(Context({})))

    def match(value: str, context: Context) -> Truth:
        matches = fixed or prepare(policy.tokens(context))
        if isinstance(value, RoleArnWithoutPath):
            return value.compare(matches, policy.tokens(context))
        return matches(value)

    return match


def _string_equals(text: str, variables: bool) -> Matcher:
    return _text_matcher(PolicyText(text, variables), lambda tokens: literal(tokens).__eq__)


def _string_equals_ignore_case(text: str, variables: bool) -> Matcher:
    def prepare(tokens: list[Token]) -> Callable[[str], Truth]:
        expected = literal(tokens).lower()
        return lambda value: value.lower() == expected

    return _text_matcher(PolicyText(text, variables), prepare)


def _string_like(text: str, variables: bool) -> Matcher:
    def prepare(tokens: list[Token]) -> Callable[[str], Truth]:
        pattern = compile_glob(tokens)
        return lambda value: pattern.fullmatch(value) is not None

    return _text_matcher(PolicyText(text, variables), prepare)


def _arn_like(text: str, variables: bool) -> Matcher:
    return _text_matcher(PolicyText(text, variables), lambda tokens: ArnPattern(tokens).matches_arn)


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[str, bool], Matcher]:
    def compiler(text: str, variables: bool) -> Matcher:
        expected = _number(text)
        if expected is None:
            raise ValueError(f"{text!r} is not a number")

        def match(value: str, context: Context) -> Truth:
            number = _number(value)
            return None if number is None else compare(number, expected)

        return match

    return compiler


@lru_cache(maxsize=1024)
def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII) else None


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, bool], Matcher]:
    def compiler(text: str, variables: bool) -> Matcher:
        expected = _moment(text)
        if expected is None:
            raise ValueError(f"{text!r} is neither an ISO 8601 date nor an epoch time")

        def match(value: str, context: Context) -> Truth:
            moment = _moment(value)
            return None if moment is None else compare(moment, expected)

        return match

    return compiler


_W3C_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d))?)?)?",
    re.ASCII,
)


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime | None:
    """A W3C date (https://www.w3.org/TR/NOTE-datetime) or seconds since 1970; None if it is neither."""
    try:
        found = _W3C_DATE.fullmatch(text)
        if not found:
            seconds = int(text) if re.fullmatch(r"-?\d+", text, re.ASCII) else None
            return None if seconds is None else datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
        part = found.groupdict()
        zone = part["zone"] or "Z"
        offset = timedelta(0)
        if zone != "Z":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
        return datetime(
            int(part["year"]),
            int(part["month"] or 1),
            int(part["day"] or 1),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            int((part["fraction"] or "0")[:6].ljust(6, "0")),
            tzinfo=timezone(offset),
        )
    except (ValueError, OverflowError):
        return None


def _bool(text: str, variables: bool) -> Matcher:
    # One AWS page allows a variable here and another forbids it, so one is refused.
    expected = text.lower()
    if expected not in ("true", "false"):
        raise ValueError(f"Bool compares with true or false, not {text!r}")

    def match(value: str, context: Context) -> Truth:
        return value.lower() == expected if value.lower() in ("true", "false") else None

    return match


def _binary(text: str, variables: bool) -> Matcher:
    expected = _base64(text)
    if expected is None:
        raise ValueError(f"{text!r} is not base64")

    def match(value: str, context: Context) -> Truth:
        decoded = _base64(value)
        return None if decoded is None else decoded == expected

    return match


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _ip_address(text: str, variables: bool) -> Matcher:
    network = ipaddress.ip_network(text, strict=False)

    def match(value: str, context: Context) -> Truth:
        address = _address(value)
        if address is None or (address.version == 6 and address.ipv4_mapped):
            return None  # AWS does not say whether the IPv6 form of an IPv4 address counts as one
        return address.version == network.version and address in network

    return match


@lru_cache(maxsize=1024)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


_OPERATORS: dict[str, tuple[Callable[[str, bool], Matcher], bool]] = {
    "StringEquals": (_string_equals, False),
    "StringNotEquals": (_string_equals, True),
    "StringEqualsIgnoreCase": (_string_equals_ignore_case, False),
    "StringNotEqualsIgnoreCase": (_string_equals_ignore_case, True),
    "StringLike": (_string_like, False),
    "StringNotLike": (_string_like, True),
    "NumericEquals": (_numeric(eq), False),
    "NumericNotEquals": (_numeric(eq), True),
    "NumericLessThan": (_numeric(lt), False),
    "NumericLessThanEquals": (_numeric(le), False),
    "NumericGreaterThan": (_numeric(gt), False),
    "NumericGreaterThanEquals": (_numeric(ge), False),
    "DateEquals": (_date(eq), False),
    "DateNotEquals": (_date(eq), True),
    "DateLessThan": (_date(lt), False),
    "DateLessThanEquals": (_date(le), False),
    "DateGreaterThan": (_date(gt), False),
    "DateGreaterThanEquals": (_date(ge), False),
    "Bool": (_bool, False),
    "BinaryEquals": (_binary, False),
    "IpAddress": (_ip_address, False),
    "NotIpAddress": (_ip_address, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
}
OPERATORS = frozenset(_OPERATORS) | {"Null"}
"""Condition operators without their prefixes and the IfExists suffix."""
