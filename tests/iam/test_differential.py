"""The evaluator against a second, independent one on 100,000 random cases: no false "allowed", no disagreement."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from iam_brute_force import PRINCIPALS, verdict

from jupyter_smext.iam.evaluate import Evaluator
from jupyter_smext.iam.models import Case, Policies

SEEDS = (1, 2, 3, 4)
CASES = 25_000
"""For each seed: 100,000 in all."""
REQUESTS_PER_POLICIES = 20

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "kms:Decrypt"]
ACTION_PATTERNS = [
    "*",
    "s3:*",
    "s3:Get*",
    "S3:GETOBJECT",
    "s3:?etObject",
    "s3:*Object",
    "s3:List*",
    "kms:*",
    "kms:Dec*",
]
RESOURCES = {
    "s3:GetObject": ["arn:aws:s3:::b/k", "arn:aws:s3:::b/Bob/k", "arn:aws:s3:::b2/x:y"],
    "s3:PutObject": ["arn:aws:s3:::b/k", "arn:aws:s3:::B/k"],
    "s3:ListBucket": ["arn:aws:s3:::b", "arn:aws:s3:::b2"],
    "kms:Decrypt": ["arn:aws:kms:eu-west-1:111122223333:key/1"],
}
RESOURCE_PATTERNS = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b?/*",
    "arn:aws:s3:::B/k",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:*:y",
    "arn:aws:s3:*:*:b/k",
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:kms:eu-west-1:*:key/1",
    "arn:aws:kms",
    "arn:aws:k*",
    "arn:aws:s3:::{bucket_name}/*",
]
CONDITIONS: list[tuple[list[str], str, list[str]]] = [
    (
        ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike"],
        "s3:prefix",
        ["a", "A", "a*", "?", "", "${aws:username}"],
    ),
    (["StringEquals", "StringNotEquals"], "aws:username", ["Bob", "Eve"]),
    (["StringEquals", "StringLike", "StringNotEquals"], "aws:TagKeys", ["a", "b", "c*"]),
    (["NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"], "s3:max-keys", ["1", "10", "10.0"]),
    (["Bool"], "aws:SecureTransport", ["true", "false"]),
    (["IpAddress", "NotIpAddress"], "aws:SourceIp", ["203.0.113.0/24", "203.0.113.7", "10.0.0.0/8"]),
    (["Null"], "aws:TagKeys", ["true", "false"]),
    (["Null"], "s3:prefix", ["true", "false"]),
]
VALUES: dict[str, list[Any]] = {
    "s3:prefix": ["a", "A", "ab", "Bob", None],
    "aws:TagKeys": [["a"], ["a", "b"], ["c1", "d"], [], None, "b"],
    "s3:max-keys": [1, 9, "10", 11, None],
    "aws:SecureTransport": [True, False, "true", None],
    "aws:SourceIp": ["203.0.113.7", "203.0.114.1", "10.1.2.3", None],
}
PRINCIPAL_ELEMENTS = [
    "*",
    {"AWS": "*"},
    {"AWS": "111122223333"},
    {"Service": "sagemaker.amazonaws.com"},
    *({"AWS": arn} for arn in PRINCIPALS if arn.startswith("arn:")),
    {"AWS": "arn:aws:iam::111122223333:role/Q"},
]


def some(draw: random.Random, pool: list[Any]) -> Any:
    return draw.choice(pool) if draw.random() < 0.6 else draw.sample(pool, draw.randint(1, min(3, len(pool))))


def statement(draw: random.Random, with_principal: bool, deny_only: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"Effect": "Deny" if deny_only or draw.random() < 0.2 else "Allow"}
    body["Action" if draw.random() < 0.85 else "NotAction"] = some(draw, ACTION_PATTERNS)
    body["Resource" if draw.random() < 0.85 else "NotResource"] = some(draw, RESOURCE_PATTERNS)
    if with_principal:
        body["Principal"] = "*" if deny_only else draw.choice(PRINCIPAL_ELEMENTS)
    block: dict[str, Any] = {}
    while draw.random() < 0.35:
        operators, key, values = draw.choice(CONDITIONS)
        operator = draw.choice(operators)
        if operator != "Null" and draw.random() < 0.2:
            operator += "IfExists"
        if operator != "Null" and key == "aws:TagKeys" and draw.random() < 0.7:
            prefix = draw.choice(["ForAllValues:", "ForAnyValue:"])
            operator = prefix + (operator.removesuffix("IfExists") if prefix == "ForAnyValue:" else operator)
        block[operator] = {key: draw.choice(values) if operator == "Null" else some(draw, values)}
    if block:
        body["Condition"] = block
    return body


def document(draw: random.Random, with_principal: bool = False, deny_only: bool = False) -> Any:
    if draw.random() < 0.05:
        return "unknown"
    size = draw.choice([1, 1, 2, 3])
    body: dict[str, Any] = {"Statement": [statement(draw, with_principal, deny_only) for _ in range(size)]}
    if draw.random() < 0.9:
        body["Version"] = "2012-10-17"
    return body


def policies(draw: random.Random) -> dict[str, Any]:
    layers: dict[str, Any] = {"identity": [document(draw) for _ in range(draw.choice([0, 1, 1, 2, 3]))]}
    if draw.random() < 0.5:
        layers["resource"] = document(draw, with_principal=True)
    if draw.random() < 0.25:
        layers["permissions_boundary"] = document(draw)
    if draw.random() < 0.25:
        layers["session"] = [document(draw)]
    if draw.random() < 0.2:
        layers["scp"] = [[document(draw) for _ in range(draw.choice([1, 2]))] for _ in range(draw.choice([1, 2]))]
    if draw.random() < 0.15:
        layers["rcp"] = [[document(draw, with_principal=True, deny_only=True)]]
    if draw.random() < 0.15:
        layers["vpc_endpoint"] = document(draw, with_principal=True)
    return layers


def request(draw: random.Random) -> dict[str, Any]:
    action = draw.choice(ACTIONS)
    return {
        "principal": draw.choice([next(iter(PRINCIPALS)), *PRINCIPALS]),
        "action": action,
        "resource": draw.choice(RESOURCES[action]),
        "resource_account": "111122223333" if draw.random() < 0.75 else "444455556666",
        "context": {key: draw.choice(values) for key, values in VALUES.items() if draw.random() < 0.7},
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_random_cases(seed: int) -> None:
    draw = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(CASES // REQUESTS_PER_POLICIES):
        layers = policies(draw)
        evaluator = Evaluator(Policies.model_validate(layers))
        for _ in range(REQUESTS_PER_POLICIES):
            case = request(draw)
            ours = evaluator.evaluate(Case.model_validate(case)).verdict
            theirs = verdict({**case, "policies": layers})
            assert ours == theirs, f"{ours} here, {theirs} by brute force: { ({**case, 'policies': layers}) }"
            seen[ours] += 1
    assert sum(seen.values()) == CASES
    # A run that hardly meets a verdict would prove nothing about it.
    assert min(seen["allowed"], seen["denied"], seen["unknown"]) > CASES / 20, seen
