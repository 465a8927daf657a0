"""Routes of the iam room. All are POST: policies and ARNs are content."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation

if TYPE_CHECKING:
    from ..iam.models import (
        AdminPacket,
        ApplyPlan,
        ApplyPlanRequest,
        ApplyRequest,
        ApplyResult,
        Case,
        CheckReport,
        CheckRequest,
        ExplainRequest,
        Explanation,
        GeneratedPolicy,
        GenerateRequest,
        LintReport,
        LintRequest,
        PacketRequest,
        PolicyValidation,
        PreflightReport,
        PreflightRequest,
        ProbePlan,
        UndoRequest,
        ValidateRequest,
        Verdict,
        WhatIfRequest,
        WhatIfResult,
        WhoAmI,
        WhoAmIRequest,
    )
    from ..iam.undo_store import UndoStore


class WhoAmIHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation("Caller, execution role, their policies", body="iam.models:WhoAmIRequest", response="iam.models:WhoAmI")
    async def post(self, request: WhoAmIRequest) -> WhoAmI:
        from ..iam.whoami import whoami

        return await self.aws.run(whoami, self.aws, refresh=request.refresh)


class ExplainHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "What an error text says, and who can fix it",
        body="iam.models:ExplainRequest",
        response="iam.models:Explanation",
    )
    async def post(self, request: ExplainRequest) -> Explanation:
        from ..iam.explain import explain
        from ..iam.propagation import with_recent_change

        known = {"operation": request.operation, "action": request.action, "resource": request.resource}
        return with_recent_change(await self.aws.run(explain, request.text, **known))


class LintHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation("The defects of a policy text", body="iam.models:LintRequest", response="iam.models:LintReport")
    async def post(self, request: LintRequest) -> LintReport:
        from ..iam.lint import lint

        return await self.aws.run(lint, request.text, request.kind, request.buckets, repaired=request.repair)


class ValidateHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "What IAM Access Analyzer says of a policy text",
        body="iam.models:ValidateRequest",
        response="iam.models:PolicyValidation",
    )
    async def post(self, request: ValidateRequest) -> PolicyValidation:
        from ..iam.validate import validate_policy

        return await self.aws.run(validate_policy, self.aws, request.text, request.kind)


class EvaluateHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation("Decide a request from policy documents", body="iam.models:Case", response="iam.models:Verdict")
    async def post(self, case: Case) -> Verdict:
        from ..iam.evaluate import evaluate

        return await self.aws.run(evaluate, case)


class WhatIfHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "How a verdict changes with its policies",
        body="iam.models:WhatIfRequest",
        response="iam.models:WhatIfResult",
    )
    async def post(self, request: WhatIfRequest) -> WhatIfResult:
        from ..iam.what_if import compare

        return await self.aws.run(compare, request.case, request.changes)


class CheckHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "Whether one action is allowed, with evidence",
        body="iam.models:CheckRequest",
        response="iam.models:CheckReport",
    )
    async def post(self, request: CheckRequest) -> CheckReport:
        from ..iam.preflight_request import check_one

        return await self.aws.run(check_one, self.aws, request)


class PreflightHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "Every permission that a request needs, with evidence",
        body="iam.models:PreflightRequest",
        response="iam.models:PreflightReport",
    )
    async def post(self, given: PreflightRequest) -> PreflightReport:
        from ..iam.preflight_request import preflight_request

        operation_name, request = await _request(self, given)
        return await self.aws.run(
            preflight_request,
            self.aws,
            operation_name,
            request,
            probes=given.probes,
            local_mode=given.local_mode,
            refresh=given.refresh,
        )


class ProbePlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "The probes that a preflight would run",
        body="iam.models:PreflightRequest",
        response="iam.models:ProbePlan",
    )
    async def post(self, given: PreflightRequest) -> ProbePlan:
        from ..iam.preflight_request import plan_request_probes

        operation_name, request = await _request(self, given)
        return await self.aws.run(plan_request_probes, self.aws, operation_name, request, local_mode=given.local_mode)


class GenerateHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation("A least-privilege policy", body="iam.models:GenerateRequest", response="iam.models:GeneratedPolicy")
    async def post(self, request: GenerateRequest) -> GeneratedPolicy:
        from ..iam.least_privilege import least_privilege

        return await self.aws.run(least_privilege, self.aws, request)


class ApplyPlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "What applying a policy would change", body="iam.models:ApplyPlanRequest", response="iam.models:ApplyPlan"
    )
    async def post(self, request: ApplyPlanRequest) -> ApplyPlan:
        from ..iam.apply import plan

        return await self.aws.run(plan, self.aws, request)


class ApplyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:iam")
    @operation("Apply a policy to a role", body="iam.models:ApplyRequest", response="iam.models:ApplyResult")
    async def post(self, request: ApplyRequest) -> ApplyResult:
        from ..iam.apply import apply

        return await self.aws.run(apply, self.aws, request, _undo_store())


class UndoHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:iam")
    @operation("Take an applied policy back", body="iam.models:UndoRequest", response="iam.models:ApplyResult")
    async def post(self, request: UndoRequest) -> ApplyResult:
        from ..iam.apply import undo

        return await self.aws.run(undo, self.aws, request.undo_token, _undo_store())


class PacketHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:iam")
    @operation(
        "What an administrator needs to fix it", body="iam.models:PacketRequest", response="iam.models:AdminPacket"
    )
    async def post(self, request: PacketRequest) -> AdminPacket:
        from ..iam.packet import packet

        return await self.aws.run(packet, request)


async def _request(handler: SmextHandler, given: PreflightRequest) -> tuple[str, dict[str, Any]]:
    """The operation and its request; a spec becomes the request that its launch would send."""
    if given.request is not None:
        return str(given.operation), given.request
    from ..estimators.document import document_path
    from ..estimators.launch import OPERATIONS, preview

    spec = given.spec or {}
    path = document_path(Path(handler.settings["server_root_dir"]), given.document or "untitled")
    request = await handler.aws.run(preview, handler.aws, spec, path.parent)
    return OPERATIONS[spec.get("kind", "TrainingJob")], request


@functools.cache
def _undo_store() -> UndoStore:
    from jupyter_core.paths import jupyter_data_dir

    from ..iam.undo_store import UndoStore

    return UndoStore(Path(jupyter_data_dir()) / "jupyter_smext" / "iam-undo")


ROUTES: list[tuple[str, type[Any]]] = [
    ("iam/whoami", WhoAmIHandler),
    ("iam/explain", ExplainHandler),
    ("iam/lint", LintHandler),
    ("iam/validate", ValidateHandler),
    ("iam/evaluate", EvaluateHandler),
    ("iam/what-if", WhatIfHandler),
    ("iam/check", CheckHandler),
    ("iam/preflight", PreflightHandler),
    ("iam/probes/plan", ProbePlanHandler),
    ("iam/generate", GenerateHandler),
    ("iam/apply/plan", ApplyPlanHandler),
    ("iam/apply", ApplyHandler),
    ("iam/undo", UndoHandler),
    ("iam/packet", PacketHandler),
]
