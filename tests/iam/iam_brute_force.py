"""A second evaluator that shares nothing with the first: two-valued logic over raw documents, tried in every world.

Whatever a request leaves open (a key, a document, a pattern) becomes a switch. The verdict holds if it is the same for
every setting of the switches; otherwise it is unknown. Slow, plain, and made for the vocabulary of the random cases.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

PRINCIPALS = {
    # text: (kind, ARNs that name it with how they do, context keys)
    "arn:aws:sts::111122223333:assumed-role/R/S": "session",
    "arn:aws:iam::111122223333:role/R": "role",
    "arn:aws:iam::111122223333:user/Bob": "user",
    "arn:aws:iam::111122223333:root": "root",
    "sagemaker.amazonaws.com": "service",
    "*": "anonymous",
}


class Open(Exception):
    """The evaluation came upon a switch that is not set yet."""


class World:
    """The settings of the switches, by name."""

    def __init__(self, settings: dict[str, bool]) -> None:
        self.settings = settings
        self.missing: str | None = None

    def switch(self, name: str) -> bool:
        if name not in self.settings:
            self.missing = name
            raise Open
        return self.settings[name]


def verdict(case: dict[str, Any]) -> str:
    """allowed, denied or unknown."""
    outcomes: set[str] = set()
    todo: list[dict[str, bool]] = [{}]
    while todo:
        world = World(todo.pop())
        try:
            outcomes.add("allowed" if allowed(case, world) else "denied")
        except Open:
            assert world.missing is not None
            todo.extend({**world.settings, world.missing: value} for value in (True, False))
        if len(outcomes) == 2:
            return "unknown"
    return outcomes.pop()


def allowed(case: dict[str, Any], world: World) -> bool:
    kind = PRINCIPALS[case["principal"]]
    policies = case["policies"]
    has_account = kind not in ("service", "anonymous")
    holds_policies = kind in ("session", "role", "user")
    layers: list[tuple[str, list[Any]]] = []
    for name in ("identity", "session"):
        if holds_policies and policies.get(name) is not None and policies.get(name) != []:
            layers.append((name, policies[name] if isinstance(policies[name], list) else [policies[name]]))
    if holds_policies and policies.get("permissions_boundary") is not None:
        layers.append(("permissions_boundary", [policies["permissions_boundary"]]))
    for name in ("vpc_endpoint", "resource"):
        if policies.get(name) is not None:
            layers.append((name, [policies[name]]))
    if has_account:
        for number, level in enumerate(policies.get("scp") or []):
            layers.append((f"scp{number}", level))
    for number, level in enumerate(policies.get("rcp") or []):
        layers.append((f"rcp{number}", level))

    said: dict[str, set[str]] = {}
    for name, documents in layers:
        said[name] = set()
        for number, document in enumerate(documents):
            said[name] |= document_says(document, case, world, f"{name}/{number}", name)
    if any("Deny" in what for what in said.values()):
        return False
    for name, what in said.items():
        if name.startswith(("scp", "vpc_endpoint")) and not any(word.startswith("Allow") for word in what):
            return False

    def passes(name: str) -> bool:
        return name not in said or "Allow own" in said[name]

    granted = said.get("resource", set())
    if case["action"].startswith("kms:") and "resource" not in said:
        granted = {
            f"Allow {way}" for way in ("direct", "account") if world.switch(f"an unseen key policy allows {way}")
        }
    if not has_account:
        return "Allow direct" in granted or "Allow everyone" in granted
    own = kind == "root" or (
        "Allow own" in said.get("identity", set()) and passes("permissions_boundary") and passes("session")
    )
    if case["resource_account"] != "111122223333":
        return own and any(word.startswith("Allow") for word in granted)
    limited = passes("permissions_boundary") and passes("session")
    if "Allow direct" in granted or ("Allow role" in granted and limited):
        return True
    if "Allow everyone" in granted and (limited or world.switch("everyone is not limited")):
        return True
    if case["action"].startswith("kms:"):
        return own and "Allow account" in granted
    return own


def document_says(document: Any, case: dict[str, Any], world: World, where: str, layer: str) -> set[str]:
    """Deny, or Allow with a word for how the principal is named."""
    ways = ["own"] if layer in ("identity", "session", "permissions_boundary") or layer.startswith("scp") else []
    ways = ways or ["direct", "role", "everyone", "account"]
    if document == "unknown":
        if world.switch(f"{where} denies"):
            return {"Deny"}
        return {f"Allow {way}" for way in ways if world.switch(f"{where} allows {way}")}
    says: set[str] = set()
    for number, statement in enumerate(document["Statement"]):
        place = f"{where}/{number}"
        named = named_as(statement, case, layer, world, place)
        if named and applies(statement, case, world, place, document.get("Version") == "2012-10-17"):
            if statement["Effect"] == "Deny":
                return {"Deny"}
            says |= {f"Allow {way}" for way in named}
    return says


def named_as(statement: dict[str, Any], case: dict[str, Any], layer: str, world: World, place: str) -> set[str]:
    if layer in ("identity", "session", "permissions_boundary") or layer.startswith("scp"):
        return {"own"}
    element = statement["Principal"]
    if element == "*" or element == {"AWS": "*"}:
        block = statement.get("Condition", {})
        by_arn = any(key.lower() == "aws:principalarn" for keys in block.values() for key in keys)
        return {"direct" if by_arn else "everyone"}
    [(sort, value)] = element.items()
    kind = PRINCIPALS[case["principal"]]
    if sort == "Service":
        return {"direct"} if value == case["principal"] else set()
    table = {
        ("session", "arn:aws:sts::111122223333:assumed-role/R/S"): "direct",
        ("session", "arn:aws:iam::111122223333:role/R"): "role",
        ("role", "arn:aws:iam::111122223333:role/R"): "role",
        ("user", "arn:aws:iam::111122223333:user/Bob"): "direct",
        ("root", "arn:aws:iam::111122223333:root"): "direct",
        ("root", "111122223333"): "direct",
    }
    if kind == "role" and value == "arn:aws:sts::111122223333:assumed-role/R/S":
        return {"direct"} if world.switch(f"{place} names the session") else set()
    if (kind, value) in table:
        return {table[kind, value]}
    if kind in ("session", "role", "user") and value in ("arn:aws:iam::111122223333:root", "111122223333"):
        return {"account"}
    return set()


def applies(statement: dict[str, Any], case: dict[str, Any], world: World, place: str, variables: bool) -> bool:
    name = "Action" if "Action" in statement else "NotAction"
    patterns = as_list(statement[name])
    if any(covers(pattern.lower(), case["action"].lower()) for pattern in patterns) != (name == "Action"):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            if not holds(operator, key, as_list(values), case, world, f"{place}/{operator}/{key}", variables):
                return False
    name = "Resource" if "Resource" in statement else "NotResource"
    matched = False
    for number, pattern in enumerate(as_list(statement[name])):
        text = resolved(pattern, case, variables)
        if text is None:
            if name == "NotResource":
                return world.switch(f"{place} has an open variable")
            if resource_covers(pattern.replace("${aws:username}", "*"), case["resource"]) is not False:
                return world.switch(f"{place} has an open variable")
            continue
        answer = resource_covers(text, case["resource"])
        if answer is None:
            answer = world.switch(f"{place}/{number} reaches over colons")
        matched = matched or answer
    return matched == (name == "Resource")


def resolved(text: str, case: dict[str, Any], variables: bool) -> str | None:
    if not variables or "${aws:username}" not in text:
        return text
    return text.replace("${aws:username}", "Bob") if PRINCIPALS[case["principal"]] == "user" else None


@cache
def resource_covers(pattern: str, resource: str) -> bool | None:
    if pattern == "*":
        return True
    ours, theirs = pattern.split(":", 5), resource.split(":", 5)
    if len(ours) == 6:
        if all(covers(mine, other) for mine, other in zip(ours, theirs, strict=True)):
            return True
        reaching = any(part.endswith("*") for part in ours[:5])
        return None if reaching and covers(pattern, resource) else False
    if pattern.endswith("*"):
        return covers(pattern, resource)
    return None if covers(pattern, resource) or covers(pattern + ":*", resource) else False


def holds(
    operator: str, key: str, values: list[str], case: dict[str, Any], world: World, place: str, variables: bool
) -> bool:
    context = {name.lower(): value for name, value in case["context"].items()}
    kind = PRINCIPALS[case["principal"]]
    if key.lower() == "aws:username" and "aws:username" not in context:
        context["aws:username"] = "Bob" if kind == "user" else None
    stated = key.lower() in context
    value = context.get(key.lower())
    present = [] if value is None else [text(item) for item in as_list(value)]
    bare = operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:").removesuffix("IfExists")
    if bare == "Null":
        return (values[0] == "true") == (not present)
    compare, negated = COMPARISONS[bare]
    if not present:
        if operator.startswith("ForAllValues:"):
            return True
        if operator.startswith("ForAnyValue:"):
            return False if stated else world.switch(place)
        if operator.endswith("IfExists") or negated:
            return True
        return False if stated else world.switch(place)
    wanted: list[str] = []
    for policy_value in values:
        policy_text = resolved(policy_value, case, variables and bare.startswith("String"))
        if policy_text is None:
            return world.switch(place)
        wanted.append(policy_text)
    results = [any(compare(one, other) for other in wanted) != negated for one in present]
    if operator.startswith("ForAllValues:"):
        return all(results)
    if operator.startswith("ForAnyValue:"):
        return any(results)
    return results[0] if len(set(results)) == 1 else world.switch(place)


@cache
def covers(pattern: str, whole: str) -> bool:
    """Whether a pattern with `*` and `?` covers a text, by the table of all their beginnings."""
    row = [True] + [False] * len(whole)
    for character in pattern:
        following = [character == "*" and row[0]]
        for index, other in enumerate(whole):
            if character == "*":
                following.append(row[index + 1] or following[index])
            else:
                following.append(row[index] and (character == "?" or character == other))
        row = following
    return row[-1]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def address(dotted: str) -> int:
    number = 0
    for part in dotted.split("."):
        number = number * 256 + int(part)
    return number


def in_network(one: str, network: str) -> bool:
    start, _, bits = network.partition("/")
    shift = 32 - int(bits or 32)
    return address(one) >> shift == address(start) >> shift


COMPARISONS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (lambda one, other: one == other, False),
    "StringNotEquals": (lambda one, other: one == other, True),
    "StringLike": (lambda one, other: covers(other, one), False),
    "StringNotLike": (lambda one, other: covers(other, one), True),
    "StringEqualsIgnoreCase": (lambda one, other: one.lower() == other.lower(), False),
    "NumericLessThan": (lambda one, other: float(one) < float(other), False),
    "NumericGreaterThanEquals": (lambda one, other: float(one) >= float(other), False),
    "NumericNotEquals": (lambda one, other: float(one) == float(other), True),
    "Bool": (lambda one, other: one == other, False),
    "IpAddress": (in_network, False),
    "NotIpAddress": (in_network, True),
}
