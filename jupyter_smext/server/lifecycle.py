"""Routes of the roll-out by lifecycle configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation

if TYPE_CHECKING:
    from ..aws.progress import Progress
    from ..studio.lifecycle.models import (
        DoctorReport,
        DoctorRequest,
        ExecuteRequest,
        LifecyclePlan,
        LifecycleStatus,
        PlanRequest,
        StatusRequest,
    )
    from .tasks import Task


class PlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "What a roll-out, an upgrade or an uninstall would change",
        body="studio.lifecycle.models:PlanRequest",
        response="studio.lifecycle.models:LifecyclePlan",
    )
    async def post(self, request: PlanRequest) -> LifecyclePlan:
        from ..studio.lifecycle.plan import plan

        return await self.aws.run(plan, self.aws, request)


class InstallHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Roll out to a domain, a user profile or a space",
        body="studio.lifecycle.models:ExecuteRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: ExecuteRequest) -> Task:
        return _start(self, request.model_copy(update={"action": "install"}))


class UpgradeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Bring an installation to this server's version",
        body="studio.lifecycle.models:ExecuteRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: ExecuteRequest) -> Task:
        return _start(self, request.model_copy(update={"action": "upgrade"}))


class UninstallHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Take a roll-out back, and restore the settings that were there",
        body="studio.lifecycle.models:ExecuteRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: ExecuteRequest) -> Task:
        return _start(self, request.model_copy(update={"action": "uninstall"}))


class StatusHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "Which spaces of a domain run which version",
        body="studio.lifecycle.models:StatusRequest",
        response="studio.lifecycle.models:LifecycleStatus",
    )
    async def post(self, request: StatusRequest) -> LifecycleStatus:
        from ..studio.lifecycle.status import status

        return await self.aws.run(status, self.aws, request.domain_id)


class DoctorHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "Why a space has the panel or has it not, from the log of its last start",
        body="studio.lifecycle.models:DoctorRequest",
        response="studio.lifecycle.models:DoctorReport",
    )
    async def post(self, request: DoctorRequest) -> DoctorReport:
        from ..studio.lifecycle.doctor import doctor

        return await self.aws.run(doctor, self.aws, request.domain_id, request.space_name)


def _start(handler: SmextHandler, request: ExecuteRequest) -> Task:
    """The task's result is a ``LifecycleResult``. It is not cancellable: half a roll-out helps nobody."""
    from ..studio.lifecycle.install import execute

    def work(progress: Progress) -> dict[str, Any]:
        return execute(handler.aws, request, progress).model_dump(mode="json")

    title = f"{request.action.capitalize()}: {request.words}"
    return handler.tasks.start(f"studio.lifecycle.{request.action}", title, work, unit="steps", cancellable=False)


ROUTES: list[tuple[str, type[Any]]] = [
    ("studio/lifecycle/plan", PlanHandler),
    ("studio/lifecycle/install", InstallHandler),
    ("studio/lifecycle/upgrade", UpgradeHandler),
    ("studio/lifecycle/uninstall", UninstallHandler),
    ("studio/lifecycle/status", StatusHandler),
    ("studio/lifecycle/doctor", DoctorHandler),
]
