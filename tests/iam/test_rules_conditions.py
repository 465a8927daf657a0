"""Condition operators, set operators, absent keys and policy variables, rule by documented rule."""

from __future__ import annotations

import pytest
from iam_rules import (
    CONDITION,
    GRAMMAR,
    KEYS,
    OBJECT,
    OPERATORS,
    OTHER,
    PASS_ROLE,
    ROLE,
    SET_OPERATORS,
    SEVERAL_VALUES,
    USER,
    VARIABLES,
    VERSION,
    Rule,
    allow,
    condition,
    deny,
    doc,
    rule,
)

from jupyter_smext.iam import conditions

ARN_LIKE = "arn:aws:sns:*:111122223333:finance/*"

STRINGS = [
    condition("StringEquals is exact", OPERATORS, "match", {"StringEquals": {"k:a": "x"}}, {"k:a": "x"}),
    condition("StringEquals is case-sensitive", OPERATORS, "no match", {"StringEquals": {"k:a": "X"}}, {"k:a": "x"}),
    condition("StringEquals takes no wildcard", OPERATORS, "no match", {"StringEquals": {"k:a": "x*"}}, {"k:a": "xy"}),
    condition(
        "several values are alternatives", SEVERAL_VALUES, "match", {"StringEquals": {"k:a": ["x", "y"]}}, {"k:a": "y"}
    ),
    condition(
        "several keys must all match",
        SEVERAL_VALUES,
        "no match",
        {"StringEquals": {"k:a": "x", "k:b": "y"}},
        {"k:a": "x", "k:b": "z"},
    ),
    condition(
        "several operators must all match",
        SEVERAL_VALUES,
        "no match",
        {"StringEquals": {"k:a": "x"}, "Bool": {"k:b": "true"}},
        {"k:a": "x", "k:b": False},
    ),
    condition("StringNotEquals negates", OPERATORS, "match", {"StringNotEquals": {"k:a": "x"}}, {"k:a": "y"}),
    condition(
        "StringNotEquals with several values is neither of them",
        SEVERAL_VALUES,
        "no match",
        {"StringNotEquals": {"k:a": ["x", "y"]}},
        {"k:a": "y"},
    ),
    condition(
        "StringNotEquals with several values lets a third pass",
        SEVERAL_VALUES,
        "match",
        {"StringNotEquals": {"k:a": ["x", "y"]}},
        {"k:a": "z"},
    ),
    condition(
        "StringEqualsIgnoreCase", OPERATORS, "match", {"StringEqualsIgnoreCase": {"k:a": "JOHN"}}, {"k:a": "john"}
    ),
    condition(
        "StringNotEqualsIgnoreCase",
        OPERATORS,
        "no match",
        {"StringNotEqualsIgnoreCase": {"k:a": "JOHN"}},
        {"k:a": "john"},
    ),
    condition(
        "StringLike with star", OPERATORS, "match", {"StringLike": {"s3:prefix": "home/*"}}, {"s3:prefix": "home/bob/x"}
    ),
    condition("StringLike with question mark", OPERATORS, "match", {"StringLike": {"k:a": "x?z"}}, {"k:a": "xyz"}),
    condition("a question mark is one character", OPERATORS, "no match", {"StringLike": {"k:a": "x?z"}}, {"k:a": "xz"}),
    condition(
        "StringLike is case-sensitive", OPERATORS, "no match", {"StringLike": {"k:a": "Home/*"}}, {"k:a": "home/x"}
    ),
    condition(
        "StringLike must match the whole value",
        OPERATORS,
        "no match",
        {"StringLike": {"k:a": "home"}},
        {"k:a": "home/x"},
    ),
    condition(
        "StringLike crosses colons",
        OPERATORS,
        "match",
        {"StringLike": {"k:a": ARN_LIKE}},
        {"k:a": "arn:aws:sns:us-east-2:999999999999:store/abc:111122223333:finance/d"},
    ),
    condition("StringNotLike", OPERATORS, "no match", {"StringNotLike": {"k:a": "x*"}}, {"k:a": "xy"}),
    condition(
        "an empty prefix is a value",
        OPERATORS,
        "match",
        {"StringEquals": {"s3:prefix": ["", "home/"]}},
        {"s3:prefix": ""},
    ),
    condition(
        "key names are not case-sensitive",
        CONDITION,
        "match",
        {"StringEquals": {"AWS:SourceVPCE": "vpce-1"}},
        {"aws:SourceVpce": "vpce-1"},
    ),
    condition(
        "tag keys in key names neither",
        KEYS,
        "match",
        {"StringEquals": {"aws:PrincipalTag/Team": "ml"}},
        {"aws:PrincipalTag/team": "ml"},
    ),
]

NUMBERS = [
    condition("NumericEquals", OPERATORS, "match", {"NumericEquals": {"k:a": "10"}}, {"k:a": 10}),
    condition(
        "NumericEquals compares numbers not texts",
        OPERATORS,
        "match",
        {"NumericEquals": {"k:a": "10.0"}},
        {"k:a": "10"},
    ),
    condition("NumericNotEquals", OPERATORS, "no match", {"NumericNotEquals": {"k:a": 10}}, {"k:a": 10}),
    condition(
        "NumericLessThan at the limit",
        OPERATORS,
        "no match",
        {"NumericLessThan": {"s3:max-keys": "10"}},
        {"s3:max-keys": "10"},
    ),
    condition(
        "NumericLessThanEquals at the limit",
        OPERATORS,
        "match",
        {"NumericLessThanEquals": {"s3:max-keys": "10"}},
        {"s3:max-keys": "10"},
    ),
    condition(
        "NumericLessThanEquals above",
        OPERATORS,
        "no match",
        {"NumericLessThanEquals": {"s3:max-keys": "10"}},
        {"s3:max-keys": "11"},
    ),
    condition(
        "numbers are not compared as texts", OPERATORS, "match", {"NumericLessThan": {"k:a": "10"}}, {"k:a": "9"}
    ),
    condition("NumericGreaterThan", OPERATORS, "match", {"NumericGreaterThan": {"k:a": "-1.5"}}, {"k:a": "-1"}),
    condition(
        "NumericGreaterThanEquals", OPERATORS, "match", {"NumericGreaterThanEquals": {"k:a": 3600}}, {"k:a": 3600}
    ),
    condition(
        "a value that is no number leaves it open",
        OPERATORS,
        "open",
        {"NumericLessThan": {"k:a": "10"}},
        {"k:a": "many"},
        would_decide=("k:a",),
    ),
    condition("NaN is no number", OPERATORS, "open", {"NumericNotEquals": {"k:a": "10"}}, {"k:a": "NaN"}),
]

DATES = [
    condition(
        "DateLessThan",
        OPERATORS,
        "match",
        {"DateLessThan": {"aws:CurrentTime": "2026-06-30T00:00:00Z"}},
        {"aws:CurrentTime": "2026-06-29T23:59:59Z"},
    ),
    condition(
        "DateGreaterThan",
        OPERATORS,
        "no match",
        {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}},
        {"aws:TokenIssueTime": "2019-12-31T00:00:00Z"},
    ),
    condition(
        "DateEquals across zones",
        OPERATORS,
        "match",
        {"DateEquals": {"aws:CurrentTime": "2020-01-01T01:00:00+01:00"}},
        {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
    ),
    condition(
        "DateNotEquals",
        OPERATORS,
        "no match",
        {"DateNotEquals": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"aws:CurrentTime": "2020-01-01T00:00:00.000Z"},
    ),
    condition(
        "epoch seconds are a date",
        OPERATORS,
        "match",
        {"DateGreaterThanEquals": {"aws:EpochTime": "1577836800"}},
        {"aws:CurrentTime": "x", "aws:EpochTime": 1577836800},
    ),
    condition(
        "epoch and ISO 8601 compare",
        OPERATORS,
        "match",
        {"DateLessThanEquals": {"aws:CurrentTime": "1577836800"}},
        {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
    ),
    condition(
        "a date alone is a date",
        OPERATORS,
        "match",
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}},
        {"aws:CurrentTime": "2020-01-01T00:00:01Z"},
    ),
    condition(
        "fractions of a second",
        OPERATORS,
        "match",
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00.5Z"}},
        {"aws:CurrentTime": "2020-01-01T00:00:00.25Z"},
    ),
    condition(
        "a time without zone leaves it open",
        OPERATORS,
        "open",
        {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
        {"aws:CurrentTime": "2020-01-01T00:00:00"},
    ),
]

OTHERS = [
    condition("Bool", OPERATORS, "match", {"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": True}),
    condition(
        "Bool accepts an unquoted value",
        GRAMMAR,
        "match",
        {"Bool": {"aws:SecureTransport": True}},
        {"aws:SecureTransport": "true"},
    ),
    condition(
        "Bool mismatch",
        OPERATORS,
        "no match",
        {"Bool": {"aws:SecureTransport": "true"}},
        {"aws:SecureTransport": False},
    ),
    condition("Bool with a value that is none", OPERATORS, "open", {"Bool": {"k:a": "true"}}, {"k:a": "yes"}),
    condition(
        "BinaryEquals",
        OPERATORS,
        "match",
        {"BinaryEquals": {"k:a": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}},
        {"k:a": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="},
    ),
    condition("BinaryEquals mismatch", OPERATORS, "no match", {"BinaryEquals": {"k:a": "QQ=="}}, {"k:a": "Qg=="}),
    condition(
        "IpAddress in range",
        OPERATORS,
        "match",
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": "203.0.113.255"},
    ),
    condition(
        "NotIpAddress with the IPv6 form of an IPv4 address",
        OPERATORS,
        "open",
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": "::ffff:203.0.113.7"},
    ),
    condition(
        "IpAddress out of range",
        OPERATORS,
        "no match",
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": "203.0.114.0"},
    ),
    condition(
        "an address without prefix is one address",
        OPERATORS,
        "no match",
        {"IpAddress": {"aws:SourceIp": "203.0.113.5"}},
        {"aws:SourceIp": "203.0.113.6"},
    ),
    condition(
        "IPv6 range",
        OPERATORS,
        "match",
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}},
        {"aws:SourceIp": "2001:db8:1234:5678::1"},
    ),
    condition(
        "IPv4 is not in an IPv6 range",
        OPERATORS,
        "no match",
        {"IpAddress": {"aws:SourceIp": "2001:DB8::/32"}},
        {"aws:SourceIp": "203.0.113.5"},
    ),
    condition(
        "NotIpAddress",
        OPERATORS,
        "match",
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": "198.51.100.1"},
    ),
    condition(
        "an address that is none leaves it open",
        OPERATORS,
        "open",
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": "here"},
    ),
    condition(
        "ArnLike matches part by part",
        OPERATORS,
        "match",
        {"ArnLike": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:finance/d"},
    ),
    condition(
        "ArnLike does not cross colons",
        OPERATORS,
        "no match",
        {"ArnLike": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "arn:aws:sns:us-east-2:999999999999:store/abc:111122223333:finance/d"},
    ),
    condition(
        "ArnEquals behaves like ArnLike",
        OPERATORS,
        "match",
        {"ArnEquals": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:finance/d"},
    ),
    condition(
        "ARN operators are case-sensitive",
        OPERATORS,
        "no match",
        {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:Topic"}},
        {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic"},
    ),
    condition(
        "ArnNotLike",
        OPERATORS,
        "no match",
        {"ArnNotLike": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:finance/d"},
    ),
    condition(
        "ArnNotEquals",
        OPERATORS,
        "match",
        {"ArnNotEquals": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "arn:aws:sqs:eu-west-1:111122223333:q"},
    ),
    condition(
        "a text that is no ARN matches no ARN",
        OPERATORS,
        "no match",
        {"ArnLike": {"aws:SourceArn": ARN_LIKE}},
        {"aws:SourceArn": "topic"},
    ),
    condition(
        "a pattern without six parts leaves it open",
        OPERATORS,
        "open",
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}},
        {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic"},
    ),
]

ABSENT_KEYS = [
    condition(
        "a comparison with an absent key is false",
        OPERATORS,
        "no match",
        {"StringEquals": {"aws:PrincipalTag/team": "ml"}},
        {"aws:PrincipalTag/team": None},
    ),
    condition(
        "a comparison with a key left out stays open",
        PASS_ROLE,
        "open",
        {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {},
        would_decide=("iam:PassedToService",),
    ),
    condition(
        "a negated comparison with an absent key is true", OPERATORS, "match", {"StringNotEquals": {"k:a": "x"}}, {}
    ),
    condition(
        "ArnNotLike with an absent key is true", OPERATORS, "match", {"ArnNotLike": {"aws:SourceArn": ARN_LIKE}}, {}
    ),
    condition(
        "NotIpAddress with an absent key is true",
        OPERATORS,
        "match",
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"aws:SourceIp": None},
    ),
    condition("IfExists without the key is true", OPERATORS, "match", {"StringEqualsIfExists": {"k:a": "x"}}, {}),
    condition(
        "IfExists with the key compares", OPERATORS, "no match", {"StringEqualsIfExists": {"k:a": "x"}}, {"k:a": "y"}
    ),
    condition(
        "StringLikeIfExists for an instance type",
        OPERATORS,
        "match",
        {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*"]}},
        {"ec2:InstanceType": "t2.micro"},
    ),
    condition(
        "NumericLessThanIfExists",
        OPERATORS,
        "match",
        {"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"}},
        {},
    ),
    condition("BoolIfExists", KEYS, "match", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, {}),
    condition(
        "other conditions still count beside IfExists",
        OPERATORS,
        "no match",
        {"StringEqualsIfExists": {"k:a": "x"}, "StringEquals": {"k:b": "y"}},
        {"k:b": "z"},
    ),
    condition("Null true without the key", OPERATORS, "match", {"Null": {"aws:TokenIssueTime": "true"}}, {}),
    condition(
        "Null true with the key",
        OPERATORS,
        "no match",
        {"Null": {"aws:TokenIssueTime": "true"}},
        {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
    ),
    condition(
        "Null false with the key",
        OPERATORS,
        "match",
        {"Null": {"aws:TokenIssueTime": "false"}},
        {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
    ),
    condition(
        "Null false without the key",
        OPERATORS,
        "no match",
        {"Null": {"aws:TokenIssueTime": False}},
        {"aws:TokenIssueTime": None},
    ),
    condition("Null of an empty set", SET_OPERATORS, "match", {"Null": {"aws:TagKeys": "true"}}, {"aws:TagKeys": []}),
    condition("Null of an empty text is not documented", OPERATORS, "open", {"Null": {"k:a": "false"}}, {"k:a": ""}),
    condition(
        "a key stated as unknown leaves IfExists open",
        OPERATORS,
        "open",
        {"StringEqualsIfExists": {"aws:SourceVpce": "v"}},
        {},
        unknown_context=["aws:SourceVpc*"],
        would_decide=("aws:SourceVpce",),
    ),
    condition(
        "a key stated as unknown leaves Null open",
        OPERATORS,
        "open",
        {"Null": {"aws:SourceVpce": "true"}},
        {},
        unknown_context=["*"],
    ),
    condition(
        "a key stated as unknown leaves negation open",
        OPERATORS,
        "open",
        {"StringNotEquals": {"aws:SourceVpce": "v"}},
        {},
        unknown_context=["aws:sourcevpce"],
    ),
    rule(
        "a Deny that compares a key left out stays open",
        OPERATORS,
        "unknown",
        identity=doc(allow(), deny(condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        would_decide=("aws:SourceVpc",),
    ),
    rule(
        "a Deny that compares an absent key does not apply",
        OPERATORS,
        "allowed",
        identity=doc(allow(), deny(condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        context={"aws:SourceVpc": None},
    ),
    rule(
        "a negated Deny applies without the key",
        OPERATORS,
        "denied explicit identity",
        identity=doc(allow(), deny(condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})),
    ),
    rule(
        "a negated IfExists Deny applies without the key",
        OPERATORS,
        "denied explicit identity",
        identity=doc(allow(), deny(condition={"StringNotEqualsIfExists": {"aws:RequestTag/team": "ml"}})),
    ),
    rule(
        "BoolIfExists denies long-term keys without MFA",
        KEYS,
        "denied explicit",
        principal=USER,
        identity=doc(allow(), deny(condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})),
    ),
    rule(
        "a grant without conditions needs no key",
        CONDITION,
        "allowed",
        identity=doc(allow(), allow(condition={"StringEquals": {"k:a": "x"}})),
    ),
]

SETS = [
    condition(
        "ForAllValues needs every value",
        SET_OPERATORS,
        "no match",
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"aws:TagKeys": ["a", "c"]},
    ),
    condition(
        "ForAllValues with a subset",
        SET_OPERATORS,
        "match",
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}},
        {"aws:TagKeys": ["a", "c"]},
    ),
    condition(
        "ForAllValues of an empty set is true",
        SET_OPERATORS,
        "match",
        {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": []},
    ),
    condition(
        "ForAllValues without the key is true",
        SET_OPERATORS,
        "match",
        {"ForAllValues:StringLike": {"sagemaker:InstanceTypes": "ml.m5.*"}},
        {},
    ),
    condition(
        "ForAllValues of an empty text is true",
        SET_OPERATORS,
        "match",
        {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ""},
    ),
    condition(
        "Null false guards ForAllValues",
        SET_OPERATORS,
        "no match",
        {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}},
        {"aws:TagKeys": None},
    ),
    condition(
        "ForAllValues of instance types",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html",
        "match",
        {"ForAllValues:StringLike": {"sagemaker:InstanceTypes": ["ml.m5.*", "ml.c5.*"]}},
        {"sagemaker:InstanceTypes": ["ml.m5.large", "ml.c5.xlarge"]},
    ),
    condition(
        "ForAnyValue needs one value",
        SET_OPERATORS,
        "match",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"aws:TagKeys": ["c", "b"]},
    ),
    condition(
        "ForAnyValue without a common value",
        SET_OPERATORS,
        "no match",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}},
        {"aws:TagKeys": ["c", "b"]},
    ),
    condition(
        "ForAnyValue of an empty set is false",
        SET_OPERATORS,
        "no match",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": []},
    ),
    condition(
        "ForAnyValue with a key left out stays open",
        SET_OPERATORS,
        "open",
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
        {},
    ),
    condition(
        "ForAnyValue IfExists without the key is contradictory",
        SET_OPERATORS,
        "open",
        {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": None},
    ),
    condition(
        "ForAllValues negated is true if none is listed",
        SET_OPERATORS,
        "match",
        {"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}},
        {"aws:TagKeys": ["b", "c"]},
    ),
    condition(
        "ForAllValues negated is false if one is listed",
        SET_OPERATORS,
        "no match",
        {"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}},
        {"aws:TagKeys": ["a", "c"]},
    ),
    condition(
        "ForAnyValue negated is true if one is not listed",
        SET_OPERATORS,
        "match",
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}},
        {"aws:TagKeys": ["a", "c"]},
    ),
    condition(
        "ForAnyValue negated is false if all are listed",
        SET_OPERATORS,
        "no match",
        {"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "c"]}},
        {"aws:TagKeys": ["a", "c"]},
    ),
    condition(
        "several values without a set operator stay open",
        SET_OPERATORS,
        "open",
        {"StringEquals": {"aws:TagKeys": "a"}},
        {"aws:TagKeys": ["a", "b"]},
    ),
    condition(
        "one value in a list is one value", SET_OPERATORS, "match", {"StringEquals": {"k:a": "x"}}, {"k:a": ["x"]}
    ),
    rule(
        "ForAnyValue denies one forbidden attribute",
        SET_OPERATORS,
        "denied explicit",
        identity=doc(
            allow(), deny(condition={"ForAnyValue:StringEquals": {"dynamodb:Attributes": ["ID", "PostDateTime"]}})
        ),
        context={"dynamodb:Attributes": ["UserName", "PostDateTime"]},
    ),
]

HOME = "arn:aws:s3:::b/home/${aws:username}/*"
VARIABLE_RULES = [
    rule(
        "a variable in a resource",
        VARIABLES,
        "allowed",
        principal=USER,
        resource="arn:aws:s3:::b/home/Bob/x",
        identity=doc(allow("s3:*", HOME)),
    ),
    rule(
        "a variable does not match another name",
        VARIABLES,
        "denied implicit",
        principal=USER,
        resource="arn:aws:s3:::b/home/Eve/x",
        identity=doc(allow("s3:*", HOME)),
    ),
    rule(
        "a role has no username",
        VARIABLES,
        "unknown",
        resource="arn:aws:s3:::b/home/R/x",
        identity=doc(allow("s3:*", HOME)),
        would_decide=("aws:username",),
    ),
    rule(
        "an unresolved variable cannot help where the rest differs",
        VARIABLES,
        "denied implicit",
        resource="arn:aws:s3:::other/x",
        identity=doc(allow("s3:*", HOME)),
    ),
    rule(
        "an unresolved variable in NotResource",
        VARIABLES,
        "unknown",
        identity=doc(allow(NotResource=["arn:aws:s3:::b/${aws:username}/*"])),
    ),
    rule(
        "an unresolved variable may void the whole statement",
        VARIABLES,
        "unknown",
        resource="arn:aws:s3:::b/home/R/x",
        identity=doc(allow("s3:*", [HOME, "arn:aws:s3:::b/*"])),
    ),
    rule(
        "an unresolved variable in a Deny",
        VARIABLES,
        "unknown",
        resource="arn:aws:s3:::b/home/R/x",
        identity=doc(allow(), deny("s3:*", HOME)),
    ),
    rule(
        "a default stands in for a missing value",
        VARIABLES,
        "allowed",
        resource="arn:aws:s3:::b/company-wide/x",
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*")),
    ),
    rule(
        "a value goes before the default",
        VARIABLES,
        "denied implicit",
        resource="arn:aws:s3:::b/company-wide/x",
        context={"aws:PrincipalTag/team": "ml"},
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*")),
    ),
    rule(
        "variable names are not case-sensitive",
        VARIABLES,
        "allowed",
        principal=USER,
        resource="arn:aws:s3:::b/Bob/x",
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${AWS:UserName}/*")),
    ),
    rule(
        "a variable in a condition",
        VARIABLES,
        "allowed",
        context={"s3:prefix": "home/ml/x", "aws:PrincipalTag/team": "ml"},
        identity=doc(allow(condition={"StringLike": {"s3:prefix": "home/${aws:PrincipalTag/team}/*"}})),
    ),
    rule(
        "an unresolved variable in a negated condition",
        VARIABLES,
        "unknown",
        context={"k:a": "x", "aws:PrincipalTag/team": None},
        identity=doc(allow(condition={"StringNotEquals": {"k:a": "${aws:PrincipalTag/team}"}})),
        would_decide=("aws:PrincipalTag/team",),
    ),
    rule(
        "StringEquals with a variable",
        VARIABLES,
        "allowed",
        context={"aws:ResourceTag/team": "ml", "aws:PrincipalTag/team": "ml"},
        identity=doc(allow(condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})),
    ),
    rule(
        "a literal star",
        VARIABLES,
        "denied implicit",
        resource="arn:aws:s3:::b/x",
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${*}")),
    ),
    rule(
        "a literal star matches a star",
        VARIABLES,
        "allowed",
        resource="arn:aws:s3:::b/*",
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${*}")),
    ),
    rule(
        "a literal question mark and dollar",
        VARIABLES,
        "allowed",
        resource="arn:aws:s3:::b/a?$",
        identity=doc(allow("s3:*", "arn:aws:s3:::b/a${?}${$}")),
    ),
    rule(
        "version 2008 knows no variables",
        VERSION,
        "denied implicit",
        principal=USER,
        resource="arn:aws:s3:::b/home/Bob/x",
        identity=doc(allow("s3:*", HOME), version="2008-10-17"),
    ),
    rule(
        "a missing version is 2008",
        VERSION,
        "allowed",
        principal=USER,
        resource="arn:aws:s3:::b/home/${aws:username}/x",
        identity=doc(allow("s3:*", HOME), version=None),
    ),
    rule(
        "a multivalued key is no variable",
        SET_OPERATORS,
        "unknown",
        resource="arn:aws:s3:::b/a/x",
        context={"aws:TagKeys": ["a", "b"]},
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${aws:TagKeys}/*")),
    ),
    rule(
        "a variable before the fifth colon is not valid",
        VARIABLES,
        "unknown",
        identity=doc(allow("s3:*", "arn:aws:s3:::*"), allow("iam:*", "arn:aws:iam::${aws:PrincipalAccount}:role/*")),
    ),
    rule(
        "a wildcard inside a value is not trusted",
        VARIABLES,
        "unknown",
        resource="arn:aws:s3:::b/secret/x",
        context={"aws:PrincipalTag/team": "*"},
        identity=doc(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*")),
    ),
]

DERIVED_KEYS = [
    condition(
        "aws:PrincipalAccount follows from the principal",
        KEYS,
        "match",
        {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
        {},
    ),
    condition(
        "aws:ResourceAccount follows from the owner",
        KEYS,
        "no match",
        {"StringEquals": {"aws:ResourceAccount": OTHER}},
        {},
    ),
    condition(
        "aws:PrincipalType of a session", VARIABLES, "match", {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, {}
    ),
    condition(
        "a session's path is not known",
        KEYS,
        "open",
        {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        {},
        would_decide=("aws:PrincipalArn",),
    ),
    condition(
        "a session's path does not matter to a wide pattern",
        KEYS,
        "match",
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
        {},
    ),
    condition(
        "a session's path cannot make another role",
        KEYS,
        "no match",
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/Q"}},
        {},
    ),
    condition(
        "StringLike on another account's roles",
        KEYS,
        "no match",
        {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}},
        {},
    ),
    condition(
        "the stated role ARN settles it",
        KEYS,
        "match",
        {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        {"aws:PrincipalArn": ROLE},
    ),
    condition(
        "a role given by its ARN has a known path",
        KEYS,
        "match",
        {"ArnEquals": {"aws:PrincipalArn": ROLE}},
        {},
        principal=ROLE,
    ),
    condition(
        "aws:username of a user is its friendly name",
        VARIABLES,
        "match",
        {"StringEquals": {"aws:username": "Bob"}},
        {},
        principal="arn:aws:iam::111122223333:user/team/Bob",
    ),
    condition(
        "aws:PrincipalIsAWSService of a role", KEYS, "match", {"Bool": {"aws:PrincipalIsAWSService": "false"}}, {}
    ),
]


@pytest.mark.parametrize(
    "rule", STRINGS + NUMBERS + DATES + OTHERS + ABSENT_KEYS + SETS + VARIABLE_RULES + DERIVED_KEYS
)
def test_rule(rule: Rule) -> None:
    rule.check()


def test_cases_cover_every_operator() -> None:
    used: set[str] = set()
    for parameter in STRINGS + NUMBERS + DATES + OTHERS + ABSENT_KEYS:
        for document in parameter.values[0].case["policies"]["identity"]:
            for statement in document["Statement"]:
                used |= {name.removesuffix("IfExists") for name in statement.get("Condition", {})}
    assert used >= conditions.OPERATORS, conditions.OPERATORS - used


def test_a_hostile_pattern_takes_no_time() -> None:
    pattern = "*" + "a*" * 40 + "b"
    parameter = condition("hostile", OPERATORS, "no match", {"StringLike": {"k:a": pattern}}, {"k:a": "a" * 4000})
    parameter.values[0].check()
    parameter = rule(
        "hostile resource",
        OPERATORS,
        "denied implicit",
        resource=OBJECT + "a" * 4000,
        identity=doc(allow("*", f"arn:aws:s3:::{pattern}")),
    )
    parameter.values[0].check()
