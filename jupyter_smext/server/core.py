"""Routes that belong to no room: the handshake, who we are, and the tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado import web

from .handler import SmextHandler, operation

if TYPE_CHECKING:
    from ..aws.models import Identity
    from .models import Handshake, IdentityQuery
    from .tasks import Task, TaskList


class HandshakeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:core")
    @operation("Version and capabilities of the server part", response="server.models:Handshake")
    async def get(self) -> Handshake:
        from .. import __version__
        from .models import Handshake

        return Handshake(version=__version__)


class IdentityHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:core")
    @operation("Who we are for AWS", query="server.models:IdentityQuery", response="aws.models:Identity")
    async def get(self, query: IdentityQuery) -> Identity:
        return await self.aws.run(self.aws.identity, refresh=query.refresh)


class TasksHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:tasks")
    @operation("Long operations, newest first", response="server.tasks:TaskList")
    async def get(self) -> TaskList:
        return self.tasks.list()


class TaskHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:tasks")
    @operation("One long operation", response="server.tasks:Task")
    async def get(self, task_id: str) -> Task:
        return _found(self.tasks.get(task_id), task_id)

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:tasks")
    @operation("Ask a long operation to end", response="server.tasks:Task")
    async def delete(self, task_id: str) -> Task:
        return _found(self.tasks.cancel(task_id), task_id)


class RetryHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:tasks")
    @operation("Start a failed or cancelled operation again", response="server.tasks:Task")
    async def post(self, task_id: str) -> Task:
        repeat = self.tasks.repeatable(task_id)
        # Who may not begin it may not repeat it either.
        if repeat and not await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, repeat.action, repeat.resource)
        ):
            raise web.HTTPError(403)
        return _found(self.tasks.retry(task_id), task_id)


def _found(task: Task | None, task_id: str) -> Task:
    if task is None:
        from ..aws.errors import ErrorCode, SmextError

        raise SmextError(ErrorCode.NOT_FOUND, f"There is no task {task_id}; a restarted server forgets finished ones.")
    return task


ROUTES: list[tuple[str, type[Any]]] = [
    ("handshake", HandshakeHandler),
    ("identity", IdentityHandler),
    ("tasks", TasksHandler),
    ("tasks/{task_id}", TaskHandler),
    ("tasks/{task_id}/retry", RetryHandler),
]
