"""The administrator's policy in the server: read before the first call to AWS, read again now and then, and shown."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .late_import import import_aside

if TYPE_CHECKING:
    from ..studio.admin_policy import AdminPolicyState, Guard
    from .app import SmextApp

# How long a change of the file may take to count.
READ_AGAIN_SECONDS = 300.0


class AdminPolicyKeeper:
    """Holds the policy of one server, and puts it before every call of the server's session."""

    def __init__(self, app: SmextApp) -> None:
        self._app = app
        self._guard: Guard | None = None
        self._read_at = 0.0
        self._lock = asyncio.Lock()

    async def guard(self) -> Guard:
        async with self._lock:
            if self._guard is None or time.monotonic() - self._read_at > READ_AGAIN_SECONDS:
                self._guard = await self._read(self._guard)
                self._read_at = time.monotonic()
            return self._guard

    async def state(self) -> AdminPolicyState:
        return (await self.guard()).state

    async def _read(self, earlier: Guard | None) -> Guard:
        # Every route asks for the policy before anything else: what all of them need is imported here.
        await import_aside("jupyter_smext.studio.admin_policy")
        await import_aside("jupyter_smext.aws.session")
        from ..studio.admin_policy import Guard, find

        app, aws = self._app, self._app.aws
        state = await aws.run(find, aws, app.admin_policy, app.max_launch_cost_usd)
        if state.problem:
            app.log.warning("%s", state.problem)
            if earlier is not None and earlier.state.policy is not None:
                # The network may be down for a moment: what was set before goes on.
                return earlier
        guard = Guard(state)
        aws.guard = guard
        if guard.policy.execution_role.default:
            aws.prefer_execution_role(guard.policy.execution_role.default)
        return guard


class AdminPolicyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:admin-policy")
    @operation("What the administrator has set", response="studio.admin_policy:AdminPolicyState")
    async def get(self) -> AdminPolicyState:
        return await cast("AdminPolicyKeeper", self.settings["jupyter_smext"].admin).state()


ROUTES: list[tuple[str, type[Any]]] = [("admin-policy", AdminPolicyHandler)]
