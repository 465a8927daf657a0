"""What-if questions: the verdict after a change, and the statements that a verdict hangs on."""

from __future__ import annotations

import pytest
from iam_rules import ACCOUNT, OBJECT, SESSION, allow, deny, doc

from jupyter_smext.iam.evaluate import evaluate
from jupyter_smext.iam.models import Case, Policies, StatementRef, WhatIf
from jupyter_smext.iam.what_if import decisive_statements, what_if

CASE = Case(
    principal=SESSION,
    action="s3:GetObject",
    resource=OBJECT,
    resource_account=ACCOUNT,
    context={"aws:SourceVpce": "vpce-1"},
    policies=Policies(
        identity=[doc(allow("s3:Get*"), deny("s3:*", condition={"StringNotEquals": {"aws:SourceVpce": "vpce-2"}}))],
        permissions_boundary=doc(allow("s3:*")),
    ),
)
THE_DENY = StatementRef(layer="identity", policy=0, statement=1)


def test_without_a_statement() -> None:
    assert evaluate(CASE).effect == "explicit"
    assert what_if(CASE, WhatIf(without_statements=[THE_DENY])).verdict == "allowed"
    assert evaluate(CASE).effect == "explicit", "the case itself stays as it was"


def test_another_context() -> None:
    assert what_if(CASE, WhatIf(context={"aws:SourceVpce": "vpce-2"})).verdict == "allowed"
    assert what_if(CASE, WhatIf(context={"aws:SourceVpce": None})).effect == "explicit"


def test_without_a_layer() -> None:
    narrow = CASE.model_copy(deep=True)
    narrow.policies.permissions_boundary = doc(allow("ec2:*"))
    change = WhatIf(without_statements=[THE_DENY])
    assert what_if(narrow, change).layer == "permissions_boundary"
    assert (
        what_if(narrow, WhatIf(without_statements=[THE_DENY], without_layers=["permissions_boundary"])).verdict
        == "allowed"
    )


def test_with_another_policy() -> None:
    write = CASE.model_copy(update={"action": "s3:PutObject", "context": {"aws:SourceVpce": "vpce-2"}})
    assert evaluate(write).verdict == "denied"
    assert what_if(write, WhatIf(added_identity=doc(allow("s3:PutObject", OBJECT)))).verdict == "allowed"


def test_decisive_statements() -> None:
    assert decisive_statements(CASE) == [THE_DENY]
    allowed = CASE.model_copy(update={"context": {"aws:SourceVpce": "vpce-2"}})
    assert decisive_statements(allowed) == [
        StatementRef(layer="identity", policy=0, statement=0),
        StatementRef(layer="permissions_boundary", policy=0, statement=0),
    ]


def test_a_statement_that_does_not_exist() -> None:
    with pytest.raises(IndexError):
        what_if(CASE, WhatIf(without_statements=[StatementRef(layer="identity", policy=0, statement=7)]))
