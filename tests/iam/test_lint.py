"""Every rule of the policy check, the repair of each, and the policy that this project began with."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from iam_rules import allow, deny, doc

from jupyter_smext.cli.main import main
from jupyter_smext.iam.lint import lint
from jupyter_smext.iam.models import LintReport

# A role's policy as a data scientist pasted it together, mistakes included.
SEED = """{
\t"Version": "2012-10-17",
\t"Statement": [
\t\t{
\t\t\t"Action": [
\t\t\t\t"s3:ListBucket"
\t\t\t],
\t\t\t"Effect": "Allow",
\t\t\t"Resource": [
\t\t\t\t"arn:aws:s3:::SageMaker",
\t\t\t\t"*"
\t\t\t]
\t\t},
\t\t{
\t\t\t"Action": [
\t\t\t\t"s3:GetObject",
\t\t\t\t"s3:PutObject",
\t\t\t\t"s3:DeleteObject"
\t\t\t],
\t\t\t"Effect": "Allow",
\t\t\t"Resource": [
\t\t\t\t"arn:aws:s3:::SageMaker/*",
                "arn:aws:s3:::{bucket_name}/*",
\t\t\t]
\t\t}
\t]
}
"""


def codes(report: LintReport) -> list[str]:
    return [finding.code for finding in report.findings]


def check(document: Any, **options: Any) -> LintReport:
    return lint(json.dumps(document, indent=2), repaired=True, **options)


def test_the_seed_policy_has_all_its_defects_found() -> None:
    found = [(finding.code, finding.severity, finding.line, finding.column) for finding in lint(SEED).findings]
    assert found == [
        ("bucket-name", "error", 10, 5),
        ("wildcard-resource", "warning", 11, 5),
        ("bucket-name", "error", 22, 5),
        ("placeholder", "error", 23, 17),
        ("json-trailing-comma", "error", 23, 47),
    ]


def test_the_seed_policy_is_repaired() -> None:
    report = lint(SEED, buckets=["my-data"], repaired=True)
    assert report.remaining == []
    assert report.repaired == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket"],
                "Resource": ["arn:aws:s3:::sagemaker-*", "arn:aws:s3:::my-data"],
            },
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                "Resource": ["arn:aws:s3:::sagemaker-*/*", "arn:aws:s3:::my-data/*"],
            },
        ],
    }
    without_buckets = lint(SEED, repaired=True)
    assert without_buckets.remaining == []
    assert "{bucket_name}" not in json.dumps(without_buckets.repaired)


JSON_MISTAKES = [
    ('{"a": [1, 2,]}', "json-trailing-comma", 1, 12),
    ('{"a": 1,\n}', "json-trailing-comma", 1, 8),
    ("{'a': 1}", "json-quotes", 1, 2),
    ("{“a”: 1}", "json-quotes", 1, 2),
    ('{"a": 1 "b": 2}', "json-missing-comma", 1, 8),
    ('{"a": 1,, "b": 2}', "json-comma", 1, 9),
    ('{\n// note\n"a": 1}', "json-comment", 2, 1),
    ('{"a": 1 /* note */}', "json-comment", 1, 9),
    ('{"a": True}', "json-constant", 1, 7),
    ('{"a": 1, "a": 2}', "json-duplicate-key", 1, 10),
    ('{"a": [1, 2', "json-unclosed", 1, 12),
    ("{a: 1}", "json-quotes", 1, 2),
    ('{"a" = 1}', "json-colon", 1, 6),
    ('{"a": }', "json-invalid", 1, 7),
    ('{"a": "x', "json-invalid", 1, 7),
    ('{"a": 1} x', "json-invalid", 1, 10),
    ("", "json-invalid", 1, 1),
    ("[" * 1000, "json-invalid", 1, 52),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), JSON_MISTAKES)
def test_json_mistake(text: str, code: str, line: int, column: int) -> None:
    found = [(finding.code, finding.line, finding.column) for finding in lint(text).findings]
    assert (code, line, column) in found


def test_correct_json_has_no_json_findings_and_escapes_are_kept() -> None:
    document = doc(allow("s3:GetObject", 'arn:aws:s3:::my-data/ä\t"x"\\*'))
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=4)):
        report = lint(text, repaired=True)
        assert report.findings == []
        assert report.repaired is not None
        assert report.repaired["Statement"][0]["Resource"] == ['arn:aws:s3:::my-data/ä\t"x"\\*']


DATA = "arn:aws:s3:::my-data"
RULES: list[tuple[str, Any, str, Any]] = [
    # title, document, code, what the repaired statements hold (None: the repair leaves it alone)
    ("API name", doc(allow("s3:ListObjectsV2", DATA)), "action-is-api-name", [("s3:ListBucket", DATA)]),
    ("HEAD", doc(allow("s3:HeadObject", f"{DATA}/*")), "action-is-api-name", [("s3:GetObject", f"{DATA}/*")]),
    ("typing error", doc(allow("s3:GetObjects", f"{DATA}/*")), "action-unknown", [("s3:GetObject", f"{DATA}/*")]),
    ("no service", doc(allow("GetObject", f"{DATA}/*")), "action-invalid", None),
    ("unknown service", doc(allow("s4:GetObject", f"{DATA}/*")), "action-unknown", None),
    ("ListBucket on objects", doc(allow("s3:ListBucket", f"{DATA}/*")), "resource-mismatch", [("s3:ListBucket", DATA)]),
    ("GetObject on the bucket", doc(allow("s3:GetObject", DATA)), "resource-mismatch", [("s3:GetObject", f"{DATA}/*")]),
    (
        "both on the bucket",
        doc(allow(["s3:ListBucket", "s3:GetObject"], DATA)),
        "resource-mismatch",
        [("s3:ListBucket", DATA), ("s3:GetObject", f"{DATA}/*")],
    ),
    (
        "both on objects",
        doc(allow(["s3:ListBucket", "s3:GetObject"], f"{DATA}/*")),
        "resource-mismatch",
        [("s3:ListBucket", DATA), ("s3:GetObject", f"{DATA}/*")],
    ),
    (
        "URI",
        doc(allow("s3:GetObject", "s3://my-data/train/")),
        "resource-s3-uri",
        [("s3:GetObject", f"{DATA}/train/*")],
    ),
    ("URI of a bucket", doc(allow("s3:ListBucket", "s3://my-data")), "resource-s3-uri", [("s3:ListBucket", DATA)]),
    ("bare bucket", doc(allow("s3:ListBucket", "my-data")), "resource-no-arn", [("s3:ListBucket", DATA)]),
    ("upper case", doc(allow("s3:ListBucket", "arn:aws:s3:::My_Data")), "bucket-name", [("s3:ListBucket", DATA)]),
    ("too short", doc(allow("s3:ListBucket", "arn:aws:s3:::ab")), "bucket-name", None),
    ("ARN cut short", doc(allow("sqs:SendMessage", "arn:aws:sqs")), "resource-cut-short", None),
    (
        "angle brackets",
        doc(allow("s3:ListBucket", "arn:aws:s3:::<your-bucket>")),
        "placeholder",
        [("s3:ListBucket", "arn:aws:s3:::filled")],
    ),
    (
        "documentation bucket",
        doc(allow("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/*")),
        "placeholder",
        [("s3:GetObject", "arn:aws:s3:::filled/*")],
    ),
    (
        "template variable",
        doc(allow("s3:GetObject", "arn:aws:s3:::${BucketName}/*")),
        "placeholder",
        [("s3:GetObject", "arn:aws:s3:::filled/*")],
    ),
    ("every action", doc(allow("*", DATA)), "wildcard-action", None),
    ("PassRole on everything", doc(allow("iam:PassRole", "*")), "wildcard-resource", None),
    (
        "wildcard in StringEquals",
        doc(allow("s3:ListBucket", DATA, {"StringEquals": {"s3:prefix": "a/*"}})),
        "wildcard-in-equals",
        None,
    ),
    (
        "unknown operator",
        doc(allow("s3:ListBucket", DATA, {"stringlike": {"s3:prefix": "a/*"}})),
        "condition-operator-unknown",
        None,
    ),
    (
        "key of another action",
        doc(allow("s3:GetObject", f"{DATA}/*", {"StringLike": {"s3:prefix": "a/*"}})),
        "condition-key-unused",
        None,
    ),
    (
        "ForAllValues",
        doc(
            allow(
                "sagemaker:CreateTrainingJob",
                "arn:aws:sagemaker:*:111122223333:training-job/*",
                {"ForAllValues:StringLike": {"sagemaker:InstanceTypes": "ml.m5.*"}},
            )
        ),
        "for-all-values-allow",
        None,
    ),
    ("NotAction", doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": DATA}), "not-element-allow", None),
    ("denied again", doc(allow("s3:GetObject", f"{DATA}/*"), deny("s3:*", f"{DATA}*")), "statement-denied", None),
    (
        "allowed twice",
        doc(allow("s3:GetObject", f"{DATA}/a/*"), allow("s3:Get*", f"{DATA}/*")),
        "statement-redundant",
        None,
    ),
    (
        "duplicate Sid",
        doc(allow("s3:GetObject", f"{DATA}/*", Sid="A"), allow("s3:PutObject", f"{DATA}/*", Sid="A")),
        "sid-duplicate",
        None,
    ),
    ("Sid with spaces", doc(allow("s3:GetObject", f"{DATA}/*", Sid="My statement")), "sid-characters", None),
    (
        "Effect in lower case",
        doc({"Effect": "allow", "Action": "s3:GetObject", "Resource": f"{DATA}/*"}),
        "effect-invalid",
        [("s3:GetObject", f"{DATA}/*")],
    ),
    (
        "plural",
        doc({"Effect": "Allow", "Actions": ["s3:GetObject"], "Resource": f"{DATA}/*"}),
        "element-unknown",
        [("s3:GetObject", f"{DATA}/*")],
    ),
    ("no Effect", doc({"Action": "s3:GetObject", "Resource": f"{DATA}/*"}), "effect-invalid", None),
    (
        "no Version",
        doc(allow("s3:GetObject", f"{DATA}/*"), version=None),
        "version-missing",
        [("s3:GetObject", f"{DATA}/*")],
    ),
    (
        "unknown Version",
        doc(allow("s3:GetObject", f"{DATA}/*"), version="2026-01-01"),
        "version-invalid",
        [("s3:GetObject", f"{DATA}/*")],
    ),
    (
        "variable in the old version",
        doc(allow("s3:ListBucket", DATA, {"StringLike": {"s3:prefix": "${aws:username}/*"}}), version="2008-10-17"),
        "variable-in-old-version",
        None,
    ),
]


@pytest.mark.parametrize(("document", "code", "repaired"), [pytest.param(*rest, id=title) for title, *rest in RULES])
def test_rule(document: Any, code: str, repaired: Any) -> None:
    report = check(document, buckets=["filled"])
    assert code in codes(report), codes(report)
    if repaired is not None:
        assert report.repaired is not None
        held = [
            (action, resource)
            for statement in report.repaired["Statement"]
            for action in statement["Action"]
            for resource in statement["Resource"]
        ]
        assert held == repaired
        assert report.remaining == []


def test_a_sound_policy_has_no_findings() -> None:
    document = doc(
        allow(["s3:ListBucket", "s3:GetBucketLocation"], DATA, {"StringLike": {"s3:prefix": ["train/*"]}}),
        allow(["s3:GetObject", "s3:PutObject"], f"{DATA}/train/*"),
        allow("s3:ListAllMyBuckets", "*"),
        allow(
            "iam:PassRole",
            "arn:aws:iam::111122223333:role/R",
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
    )
    document["Statement"][0]["Action"] = ["s3:ListBucket"]
    assert codes(check(document)) == []


def test_principals_belong_to_resource_policies() -> None:
    bucket_policy = doc(allow("s3:GetObject", f"{DATA}/*", Principal={"AWS": "111122223333"}))
    assert codes(check(bucket_policy)) == []
    report = check(bucket_policy, use="identity")
    assert codes(report) == ["principal-in-identity-policy"]
    assert report.repaired is not None
    assert "Principal" not in report.repaired["Statement"][0]
    trust = doc({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"})
    assert codes(check(trust)) == []


def test_unknown_actions_are_never_errors() -> None:
    report = check(doc(allow("sagemaker:CreateSomethingOfNextYear", "*")))
    assert {finding.severity for finding in report.findings} == {"warning"}


def test_size_counts_no_white_space() -> None:
    small = doc(allow("s3:GetObject", f"{DATA}/*"))
    assert lint(json.dumps(small)).size.characters == lint(json.dumps(small, indent=8)).size.characters
    large = doc(*(allow("s3:GetObject", f"{DATA}/{number:040}/*") for number in range(60)))
    assert "size" in codes(check(large))


def test_a_repair_never_opens_more_than_was_asked() -> None:
    """A `*` that the policy gives no names for stays, and is left to the reader."""
    report = check(doc(allow(["s3:GetObject", "kms:Decrypt"], "*")))
    assert report.repaired is not None
    assert report.repaired["Statement"][0]["Resource"] == ["*"]
    assert [finding.code for finding in report.remaining] == ["wildcard-resource"]


def test_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SEED))
    assert main(["iam", "lint", "--json", "--repair", "--bucket", "my-data"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"code", "severity", "line", "column", "message"} <= set(report["findings"][0])
    assert report["repaired"]["Version"] == "2012-10-17"
    monkeypatch.setattr("sys.stdin", io.StringIO(SEED))
    assert main(["iam", "lint"]) == 0
    assert "23:47: error" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(" "))
    assert main(["iam", "lint"]) == 2
