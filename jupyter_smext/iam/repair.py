"""Repairs a policy: everything that has one right answer, and nothing else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .actions import action_name, actions_like, is_typo
from .conditions import OPERATORS
from .models import PolicyUse
from .placeholders import PLACEHOLDER
from .policy import STATEMENT_ELEMENTS, VERSIONS
from .s3_names import action_of_api_name, acts_on, arn_of_uri, split_arn, why_no_bucket

Statement = dict[str, Any]


@dataclass(frozen=True)
class Repair:
    """A repaired document and its text."""

    document: dict[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.document, indent=2)


def repair(document: dict[str, Any], use: PolicyUse, buckets: Sequence[str] = ()) -> Repair:
    """Repair a document that was read. `buckets`: what a placeholder for a bucket is filled with, one ARN for each.

    A placeholder that cannot be filled is left out, since it matches nothing. A wildcard for all resources of S3
    actions becomes the buckets that the policy names elsewhere. Everything else keeps its meaning.
    """
    given = copy.deepcopy(document)
    fixed: dict[str, Any] = {"Version": given.get("Version")}
    if fixed["Version"] not in VERSIONS:
        fixed["Version"] = "2012-10-17"
    for name, value in given.items():
        fixed[_right_name(name, ("Version", "Id", "Statement"))] = fixed["Version"] if name == "Version" else value
    statements = fixed.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list):
        return Repair(fixed)
    repaired = [_statement(entry, use, buckets) for entry in statements if isinstance(entry, dict)]
    named = _buckets_named(repaired)
    for statement in repaired:
        _narrow(statement, named)
    split = [part for statement in repaired for part in _split(statement)]
    kept = [part for part in split if part.get("Resource") != [] and part.get("Action") != []]
    _number_sids(kept, use)
    fixed["Statement"] = [_plain(part) for part in kept]
    return Repair(fixed)


def _right_name(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    near = next((right for right in known if right.lower() == name.lower()), None)
    return near or next(iter(get_close_matches(name, known, n=1, cutoff=0.75)), name)


def _statement(given: Statement, use: PolicyUse, buckets: Sequence[str]) -> Statement:
    statement = {_right_name(name, sorted(STATEMENT_ELEMENTS)): value for name, value in given.items()}
    if use == "identity":
        statement.pop("Principal", None)
        statement.pop("NotPrincipal", None)
    if use == "trust":
        statement.pop("Resource", None)
    effect = statement.get("Effect")
    if isinstance(effect, str) and effect.capitalize() in ("Allow", "Deny"):
        statement["Effect"] = effect.capitalize()
    for element in ("Action", "NotAction"):
        if element in statement:
            statement[element] = _unique([_action(action) for action in _list(statement[element])])
    only_s3 = all(action.lower().startswith("s3:") for action in _list(statement.get("Action", [])))
    for element in ("Resource", "NotResource"):
        if element in statement:
            resources = [_resource(text, only_s3) for text in _list(statement[element])]
            filled = [entry for text in resources for entry in _fill(text, buckets)]
            statement[element] = _unique(filled)
    if isinstance(statement.get("Condition"), dict):
        statement["Condition"] = _conditions(statement["Condition"])
    return statement


def _list(value: Any) -> list[str]:
    return [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, str)]


def _unique(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _action(action: str) -> str:
    if wanted := action_of_api_name(action):
        return wanted
    service, colon, name = action.partition(":")
    if not colon or "*" in name or "?" in name or action_name(service, name):
        return action
    near = actions_like(service, name)
    return near[0] if near and is_typo(action, near[0]) else action


def _resource(text: str, only_s3: bool) -> str:
    if arn := arn_of_uri(text):
        text = arn
    elif only_s3 and text != "*" and not text.startswith("arn:") and re.fullmatch(r"[\w.*-]+(/.*)?", text):
        text = f"arn:aws:s3:::{text}"
    parts = split_arn(text)
    if parts and why_no_bucket(parts[1]) and re.fullmatch(r"[\w.*?-]+", parts[1]):
        return f"{parts[0]}{_possible_bucket(parts[1])}" + ("" if parts[2] is None else f"/{parts[2]}")
    return text


def _possible_bucket(name: str) -> str:
    """The bucket names that an impossible one stands for.

    "SageMaker" means the buckets of SageMaker, which the SDK calls sagemaker-<region>-<account>.
    """
    plain = name.lower().replace("_", "-")
    return "sagemaker-*" if plain == "sagemaker" else plain


def _fill(text: str, buckets: Sequence[str]) -> list[str]:
    """The resource with its placeholder filled; nothing if it cannot be."""
    if not PLACEHOLDER.search(text):
        return [text]
    parts = split_arn(text)
    if parts is None or not PLACEHOLDER.fullmatch(parts[1]) or (parts[2] and PLACEHOLDER.search(parts[2])):
        return []
    return [f"{parts[0]}{bucket}" + ("" if parts[2] is None else f"/{parts[2]}") for bucket in buckets]


def _conditions(block: dict[str, Any]) -> dict[str, Any]:
    fixed: dict[str, Any] = {}
    for operator, keys in block.items():
        prefix, _, name = operator.rpartition(":")
        bare = name.removesuffix("IfExists")
        right = _right_name(bare, sorted(OPERATORS)) + ("IfExists" if name.endswith("IfExists") else "")
        for key, values in keys.items() if isinstance(keys, dict) else []:
            texts = [str(value) for value in (values if isinstance(values, list) else [values])]
            wild = any("*" in re.sub(r"\$\{[^}]*\}", "", value) for value in texts)
            chosen = (
                right.replace("Equals", "Like") if wild and right.startswith(("StringEq", "StringNotEq")) else right
            )
            if wild and "IgnoreCase" in right:
                chosen = right
            fixed.setdefault(f"{prefix}:{chosen}" if prefix else chosen, {})[key] = values
    return fixed


def _buckets_named(statements: Sequence[Statement]) -> list[str]:
    """The ARNs of the buckets that the policy names, in objects or by themselves."""
    named: list[str] = []
    for statement in statements:
        for text in _list(statement.get("Resource", [])):
            parts = split_arn(text)
            if parts and parts[1] not in ("*", ""):
                named.append(f"{parts[0]}{parts[1]}")
    return _unique(named)


def _narrow(statement: Statement, named: Sequence[str]) -> None:
    """Replace `*` in an Allow of S3 actions, all of which act on buckets or objects, by the buckets named elsewhere."""
    actions = _list(statement.get("Action", []))
    resources = statement.get("Resource")
    if statement.get("Effect") != "Allow" or not named or not isinstance(resources, list) or "*" not in resources:
        return
    kinds = [acts_on(action) for action in actions]
    if not actions or not all(kinds) or not all(action.lower().startswith("s3:") for action in actions):
        return
    arns = [arn for arn in resources if arn != "*"]
    if any("bucket" in kind for kind in kinds):
        arns += named
    if any("object" in kind for kind in kinds):
        arns += [f"{arn}/*" for arn in named]
    statement["Resource"] = _unique(arns)


def _split(statement: Statement) -> list[Statement]:
    """Part S3 actions on buckets from those on objects, each with the ARNs that it can act on."""
    actions = _list(statement.get("Action", []))
    resources = statement.get("Resource")
    if not actions or not isinstance(resources, list) or statement.get("Effect") not in ("Allow", "Deny"):
        return [statement]
    kinds = {action: acts_on(action) for action in actions}
    if not all(len(kind) == 1 for kind in kinds.values()) or not all(split_arn(text) for text in resources):
        return [statement]
    parts: list[Statement] = []
    for kind in ("bucket", "object"):
        chosen = [action for action, of in kinds.items() if of == {kind}]
        if chosen:
            arns = _arns_for(kind, resources)
            parts.append({**statement, "Action": chosen, "Resource": arns})
    if len(parts) > 1 and isinstance(statement.get("Sid"), str):
        parts[1]["Sid"] = f"{statement['Sid']}Objects"
    return parts


def _arns_for(kind: str, resources: Sequence[str]) -> list[str]:
    """The ARNs of one kind; where the statement names none, those that its ARNs of the other kind imply."""
    buckets = [text for text in resources if "/" not in text]
    # arn:aws:s3:::data* covers the objects of its buckets too.
    objects = [text for text in resources if "/" in text or text.endswith("*")]
    if kind == "bucket":
        return buckets or _unique([text.split("/", 1)[0] for text in objects])
    return objects or [f"{text}/*" for text in buckets]


def _number_sids(statements: Sequence[Statement], use: PolicyUse) -> None:
    seen: set[str] = set()
    for statement in statements:
        sid = statement.get("Sid")
        if not isinstance(sid, str):
            continue
        plain = re.sub(r"[^A-Za-z0-9]", "", sid) if use == "identity" else sid
        unique, number = plain, 2
        while unique in seen:
            unique, number = f"{plain}{number}", number + 1
        seen.add(unique)
        statement["Sid"] = unique


def _plain(statement: Statement) -> Statement:
    """Elements in the order in which people read them."""
    order = (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
    return {name: statement[name] for name in (*order, *statement) if name in statement}
