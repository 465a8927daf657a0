"""What is wrong with a policy text: defects that AWS refuses, that never match, or that open more than meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from .actions import action_details, action_name, actions_like, data_date, is_typo, known_service
from .conditions import OPERATORS
from .coverage import covers
from .models import Finding, LintReport, PolicySize, PolicyUse
from .placeholders import PLACEHOLDER
from .policy import STATEMENT_ELEMENTS, VERSIONS, Policy, PolicyKind
from .policy_json import ParsedJson, Path, UnreadableJson, line_and_column, parse
from .repair import Repair, repair
from .s3_names import action_of_api_name, acts_on, arn_of_uri, split_arn, why_no_bucket

Severity = Literal["error", "warning", "info"]


def lint(text: str, use: PolicyUse | None = None, buckets: Sequence[str] = (), repaired: bool = False) -> LintReport:
    """Check a policy text. `use`: where it will be attached; found out from the text if None. `buckets`: the names
    that placeholders may be filled with. `repaired`: also repair it.
    """
    size = PolicySize(characters=len(re.sub(r"\s", "", text)))
    try:
        parsed = parse(text)
    except UnreadableJson as error:
        line, column = line_and_column(text, error.position)
        finding = Finding(code="json-invalid", severity="error", line=line, column=column, message=str(error))
        return LintReport(findings=[finding], size=size)
    findings = [*parsed.findings, *_check(parsed, use, size)]
    report = LintReport(findings=sorted(findings, key=lambda finding: (finding.line, finding.column)), size=size)
    if repaired and isinstance(parsed.value, dict):
        fixed: Repair = repair(parsed.value, _use_of(parsed.value, use), buckets)
        report.repaired = fixed.document
        report.remaining = lint(fixed.text, use).findings
    return report


def _use_of(document: Any, use: PolicyUse | None) -> PolicyUse:
    """A policy with principals belongs to a resource; one about sts:AssumeRole alone, to a role."""
    if use is not None:
        return use
    statements = _statements(document)
    if not statements or not all(
        "Principal" in statement or "NotPrincipal" in statement for _, statement in statements
    ):
        return "identity"
    actions = [action for _, statement in statements for action in _texts(statement.get("Action"))]
    return "trust" if actions and all(action.lower().startswith("sts:") for action in actions) else "resource"


def _statements(document: Any) -> list[tuple[Path, dict[str, Any]]]:
    """The statements with their paths; what is no object is left to the check of the whole."""
    if not isinstance(document, dict):
        return []
    given = document.get("Statement")
    if isinstance(given, dict):
        return [(("Statement",), given)]
    if not isinstance(given, list):
        return []
    return [(("Statement", index), entry) for index, entry in enumerate(given) if isinstance(entry, dict)]


def _texts(value: Any) -> list[str]:
    return [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, str)]


def _placed(path: Path, value: Any) -> list[tuple[Path, str]]:
    """The texts of an element with the path of each."""
    if isinstance(value, list):
        return [((*path, index), entry) for index, entry in enumerate(value) if isinstance(entry, str)]
    return [(path, value)] if isinstance(value, str) else []


@dataclass
class _Defect:
    code: str
    severity: Severity
    path: Path
    message: str
    fix: str | None = None
    at_name: bool = False
    """The defect is the name of the member, not its value."""


def _check(parsed: ParsedJson, use: PolicyUse | None, size: PolicySize) -> list[Finding]:
    if not isinstance(parsed.value, dict):
        defects = [_Defect("policy-no-object", "error", (), "A policy is a JSON object.")]
    else:
        defects = list(_document(parsed.value, _use_of(parsed.value, use), size))
    findings: list[Finding] = []
    for defect in defects:
        place = parsed.keys if defect.at_name else parsed.positions
        position = place.get(defect.path, parsed.positions.get(defect.path, 0))
        line, column = line_and_column(parsed.text, position)
        findings.append(
            Finding(
                code=defect.code,
                severity=defect.severity,
                line=line,
                column=column,
                message=defect.message,
                fix=defect.fix,
            )
        )
    return findings


def _document(document: dict[str, Any], use: PolicyUse, size: PolicySize) -> Iterator[_Defect]:
    yield from _top(document, size)
    statements = _statements(document)
    sids: set[str] = set()
    for path, statement in statements:
        yield from _elements(path, statement, use)
        sid = statement.get("Sid")
        if isinstance(sid, str):
            if sid in sids:
                yield _Defect("sid-duplicate", "error", (*path, "Sid"), f"The Sid {sid!r} appears twice.", "numbered")
            sids.add(sid)
            if use == "identity" and not re.fullmatch(r"[A-Za-z0-9]*", sid):
                yield _Defect(
                    "sid-characters",
                    "error",
                    (*path, "Sid"),
                    "A Sid of an identity policy has letters and digits only.",
                    "reduced to them",
                )
        yield from _actions(path, statement)
        yield from _resources(path, statement)
        yield from _conditions(path, statement, str(document.get("Version")))
        yield from _breadth(path, statement, use)
    yield from _overlaps(statements)
    yield from _left_over(document, use)


def _top(document: dict[str, Any], size: PolicySize) -> Iterator[_Defect]:
    version = document.get("Version")
    if version is None:
        yield _Defect(
            "version-missing",
            "warning",
            (),
            "Without a Version the policy counts as 2008-10-17 and knows no variables.",
            "set to 2012-10-17",
        )
    elif version not in VERSIONS:
        yield _Defect(
            "version-invalid",
            "error",
            ("Version",),
            f"{version!r} is no version of the policy language.",
            "set to 2012-10-17",
        )
    elif version == "2008-10-17":
        yield _Defect("version-old", "warning", ("Version",), "Version 2008-10-17 knows no variables.")
    for name in document:
        if name not in ("Version", "Id", "Statement"):
            yield _misspelt("element-unknown", (name,), name, ["Version", "Id", "Statement"])
    if "Statement" not in document and not get_close_matches("Statement", list(document), cutoff=0.8):
        yield _Defect("statement-missing", "error", (), "The policy has no Statement.")
    if size.characters > size.role_inline_limit:
        yield _Defect(
            "size",
            "error",
            (),
            f"{size.characters:,} characters are more than any policy of a role may have ({size.role_inline_limit:,}).",
        )
    elif size.characters > size.managed_policy_limit:
        yield _Defect(
            "size",
            "warning",
            (),
            f"{size.characters:,} characters are too many for a managed policy ({size.managed_policy_limit:,}).",
        )


def _misspelt(code: str, path: Path, name: str, known: Sequence[str]) -> _Defect:
    near = next((right for right in known if right.lower() == name.lower()), None)
    near = near or next(iter(get_close_matches(name, known, n=1, cutoff=0.75)), None)
    hint, fix = (f" Is {near} meant?", f"renamed to {near}") if near else ("", None)
    return _Defect(code, "error", path, f"{name!r} does not exist here.{hint}", fix, at_name=True)


def _elements(path: Path, statement: dict[str, Any], use: PolicyUse) -> Iterator[_Defect]:
    for name in statement:
        if name not in STATEMENT_ELEMENTS:
            yield _misspelt("element-unknown", (*path, name), name, sorted(STATEMENT_ELEMENTS))
    effect = statement.get("Effect")
    if effect is None:
        yield _Defect("effect-invalid", "error", path, "The statement has no Effect.")
    elif isinstance(effect, str) and effect not in ("Allow", "Deny"):
        known = effect.capitalize() in ("Allow", "Deny")
        yield _Defect(
            "effect-invalid",
            "error",
            (*path, "Effect"),
            "Effect must be Allow or Deny, spelt so.",
            "spelt so" if known else None,
        )
    for name in ("Principal", "NotPrincipal"):
        if name in statement and use == "identity":
            yield _Defect(
                "principal-in-identity-policy",
                "error",
                (*path, name),
                "An identity policy names no principal: it is attached to one.",
                "removed",
                at_name=True,
            )
    if "Resource" in statement and use == "trust":
        yield _Defect(
            "resource-in-trust-policy",
            "error",
            (*path, "Resource"),
            "A trust policy names no resource: it belongs to one role.",
            "removed",
            at_name=True,
        )


def _actions(path: Path, statement: dict[str, Any]) -> Iterator[_Defect]:
    for element in ("Action", "NotAction"):
        for place, action in _placed((*path, element), statement.get(element)):
            service, colon, name = action.partition(":")
            if action == "*" or (((colon and "*" in name) or "?" in name) and known_service(service)):
                continue
            if not colon or not name:
                yield _Defect("action-invalid", "error", place, f"{action!r} is no action such as s3:GetObject.")
            elif wanted := action_of_api_name(action):
                if wanted.lower() != action.lower():
                    yield _Defect(
                        "action-is-api-name",
                        "error",
                        place,
                        f"{name} is an API operation; its action is {wanted}.",
                        f"replaced by {wanted}",
                    )
            elif not known_service(service):
                yield _Defect(
                    "action-unknown",
                    "warning",
                    place,
                    f"The action data of {data_date():%d %b %Y} knows no service {service!r}.",
                )
            elif action_name(service, name) is None:
                near = actions_like(service, name)
                hint = f" Near it: {', '.join(near)}." if near else ""
                fix = f"replaced by {near[0]}" if near and is_typo(action, near[0]) else None
                yield _Defect(
                    "action-unknown",
                    "warning",
                    place,
                    f"The action data of {data_date():%d %b %Y} does not list {action}.{hint}",
                    fix,
                )


def _resources(path: Path, statement: dict[str, Any]) -> Iterator[_Defect]:
    actions = [action for action in _texts(statement.get("Action")) if "*" not in action and "?" not in action]
    for element in ("Resource", "NotResource"):
        for place, resource in _placed((*path, element), statement.get(element)):
            if found := PLACEHOLDER.search(resource):
                yield _Defect(
                    "placeholder",
                    "error",
                    place,
                    f"{found[0]!r} was to be replaced by a name: nothing is called so.",
                    "filled with the given buckets, or left out",
                )
                continue
            if resource == "*":
                continue
            if resource.startswith(("s3://", "s3a://", "s3n://")):
                yield _Defect(
                    "resource-s3-uri",
                    "error",
                    place,
                    f"{resource} is a URI; a policy needs {arn_of_uri(resource)}.",
                    "written as an ARN",
                )
                continue
            if not resource.startswith("arn:"):
                only_s3 = bool(actions) and all(action.lower().startswith("s3:") for action in actions)
                yield _Defect(
                    "resource-no-arn",
                    "error",
                    place,
                    f"{resource!r} is neither an ARN nor *.",
                    "written as the ARN of a bucket" if only_s3 else None,
                )
                continue
            parts = split_arn(resource)
            if parts is None:
                if resource.count(":") < 5 and not resource.endswith("*"):
                    yield _Defect(
                        "resource-cut-short", "error", place, f"{resource} does not have the six parts of an ARN."
                    )
                continue
            if reason := why_no_bucket(parts[1]):
                yield _Defect(
                    "bucket-name",
                    "error",
                    place,
                    f"No bucket is called {parts[1]!r}: {reason}.",
                    "replaced by a possible name",
                )
    if s3_actions := [action for action in actions if action.lower().startswith("s3:")]:
        yield from _mismatches(path, statement, s3_actions)


def _mismatches(path: Path, statement: dict[str, Any], actions: Sequence[str]) -> Iterator[_Defect]:
    """S3 actions none of whose resources they can act on: a bucket action with object ARNs, or the other way round."""
    resources = _placed((*path, "Resource"), statement.get("Resource"))
    kinds = {action: acts_on(action_of_api_name(action) or action) for action in actions}
    for place, resource in resources:
        parts = split_arn(arn_of_uri(resource) or resource)
        if parts is None or "*" in parts[1][-1:]:
            continue
        kind = "bucket" if parts[2] is None else "object"
        lost = [action for action, wanted in kinds.items() if wanted and kind not in wanted]
        if lost and len(lost) == len([wanted for wanted in kinds.values() if wanted]):
            other = "objects: bucket/*" if kind == "bucket" else "the bucket itself"
            yield _Defect(
                "resource-mismatch",
                "error",
                place,
                f"{', '.join(lost)} never acts on this {kind}; it is about {other}.",
                "split by what the actions act on",
            )
    for action, wanted in kinds.items():
        if not wanted or not resources:
            continue
        covered = any(
            parts is None or "*" in parts[1][-1:] or ("bucket" if parts[2] is None else "object") in wanted
            for parts in (split_arn(arn_of_uri(resource) or resource) for _, resource in resources)
        )
        if (
            not covered
            and len(kinds) > 1
            and any(kind for name, kind in kinds.items() if name != action and kind != wanted)
        ):
            place = next(place for place, text in _placed((*path, "Action"), statement.get("Action")) if text == action)
            yield _Defect(
                "resource-mismatch",
                "error",
                place,
                f"{action} is about a {' or '.join(sorted(wanted))}, and the statement names none.",
                "split by what the actions act on",
            )


def _conditions(path: Path, statement: dict[str, Any], version: str) -> Iterator[_Defect]:
    block = statement.get("Condition")
    if not isinstance(block, dict):
        return
    for operator, keys in block.items():
        bare = operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:").removesuffix("IfExists")
        place = (*path, "Condition", operator)
        if bare not in OPERATORS:
            yield _misspelt("condition-operator-unknown", place, operator, sorted(OPERATORS))
            continue
        if not isinstance(keys, dict):
            continue
        for key, values in keys.items():
            texts = [str(value) for value in (values if isinstance(values, list) else [values])]
            if bare in ("StringEquals", "StringNotEquals") and any(
                "*" in re.sub(r"\$\{[^}]*\}", "", text) for text in texts
            ):
                like = operator.replace("Equals", "Like")
                yield _Defect(
                    "wildcard-in-equals",
                    "warning",
                    (*place, key),
                    f"{bare} takes * literally; {like} is meant.",
                    f"replaced by {like}",
                )
            if version != "2012-10-17" and any("${" in text for text in texts):
                yield _Defect("variable-in-old-version", "warning", (*place, key), "Variables need Version 2012-10-17.")
            if (
                operator.startswith("ForAllValues:")
                and statement.get("Effect") == "Allow"
                and key not in block.get("Null", {})
            ):
                yield _Defect(
                    "for-all-values-allow",
                    "warning",
                    (*place, key),
                    f"ForAllValues also holds without {key}; a Null condition with false excludes that.",
                )
            yield from _condition_key((*place, key), key, statement)


def _condition_key(path: Path, key: str, statement: dict[str, Any]) -> Iterator[_Defect]:
    """A key that no action of the statement knows. Only a warning: the action data may be older than AWS."""
    service = key.partition(":")[0].lower()
    actions = _texts(statement.get("Action"))
    if service == "aws" or ":" not in key or not actions or any("*" in action or "?" in action for action in actions):
        return
    known: set[str] = set()
    for action in actions:
        details = action_details(action_of_api_name(action) or action)
        if details is None:
            return
        known |= {re.sub(r"[/:][$<].*", "", name).lower() for name in details["conditionKeys"]}
        for resource in details["resourceTypes"]:
            known |= {re.sub(r"[/:][$<].*", "", name).lower() for name in resource["conditionKeys"]}
    if re.split(r"/", key.lower())[0] not in known:
        yield _Defect(
            "condition-key-unused",
            "warning",
            path,
            f"None of the actions knows the key {key}: the condition is never met.",
            at_name=True,
        )


def _breadth(path: Path, statement: dict[str, Any], use: PolicyUse) -> Iterator[_Defect]:
    """Allow statements that open more than they need."""
    if statement.get("Effect") != "Allow" or use == "trust":
        return
    for element, opens in (("NotAction", "every other action"), ("NotResource", "every other resource")):
        if element in statement:
            yield _Defect(
                "not-element-allow",
                "warning",
                (*path, element),
                f"{element} with Allow opens {opens}, future ones included.",
                at_name=True,
            )
    if "NotPrincipal" in statement:
        yield _Defect(
            "not-principal-allow",
            "error",
            (*path, "NotPrincipal"),
            "NotPrincipal with Allow opens the resource to everyone else, anonymous callers included.",
            at_name=True,
        )
    for place, action in _placed((*path, "Action"), statement.get("Action")):
        if action == "*" or action.endswith(":*"):
            yield _Defect(
                "wildcard-action",
                "warning",
                place,
                f"{action} allows every action{'' if action == '*' else ' of the service'}, permissions included.",
            )
    if statement.get("Condition"):
        return
    for place, resource in _placed((*path, "Resource"), statement.get("Resource")):
        if resource != "*":
            continue
        scoped = [action for action in _texts(statement.get("Action")) if _takes_resources(action)]
        if scoped:
            risk = (
                "; iam:PassRole on * lets any role be passed"
                if any(action.lower() == "iam:passrole" for action in scoped)
                else ""
            )
            yield _Defect(
                "wildcard-resource",
                "warning",
                place,
                f"* opens {', '.join(scoped)} on every resource{risk}.",
                "narrowed to the buckets that the policy names, if it names any",
            )


def _takes_resources(action: str) -> bool:
    if "*" in action or "?" in action:
        return True
    details = action_details(action_of_api_name(action) or action)
    return bool(details and details["resourceTypes"])


def _overlaps(statements: Sequence[tuple[Path, dict[str, Any]]]) -> Iterator[_Defect]:
    """Allow statements without effect: another Allow covers them, or a Deny takes all of it back."""
    for path, statement in statements:
        if statement.get("Effect") != "Allow":
            continue
        for other_path, other in statements:
            if other_path == path or not covers(other, statement):
                continue
            number = int(other_path[1]) + 1 if len(other_path) > 1 else 1
            if other.get("Effect") == "Deny":
                yield _Defect(
                    "statement-denied", "warning", path, f"Statement {number} denies all that this one allows."
                )
                break
            if other.get("Effect") == "Allow" and (other_path < path or not covers(statement, other)):
                yield _Defect("statement-redundant", "info", path, f"Statement {number} allows all of this already.")
                break


def _left_over(document: dict[str, Any], use: PolicyUse) -> Iterator[_Defect]:
    """What the evaluator would refuse and no rule above has named."""
    kind = PolicyKind.IDENTITY if use == "identity" else PolicyKind.RESOURCE
    for path, statement in _statements(document):
        problems = Policy({"Version": document.get("Version", "2012-10-17"), "Statement": [statement]}, kind).problems
        for problem in problems:
            if not _NAMED_ELSEWHERE.search(problem):
                yield _Defect(
                    "statement-invalid", "error", path, problem.removeprefix("Statement[0]: ").capitalize() + "."
                )
    given = document.get("Statement")
    for index, entry in enumerate(given if isinstance(given, list) else []):
        if not isinstance(entry, dict):
            yield _Defect("statement-invalid", "error", ("Statement", index), "A statement is a JSON object.")


_NAMED_ELSEWHERE = re.compile(
    r"^Version|is not an element of|Effect must be|is not a condition operator|is neither an ARN|is not an action such"
    r"|does not belong into"
)
