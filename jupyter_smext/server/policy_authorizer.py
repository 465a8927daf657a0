"""Puts the administrator's policy behind Jupyter's authorizer: every route of ours comes by, whatever calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.utils import ensure_async

if TYPE_CHECKING:
    from jupyter_server.auth import Authorizer, User

    from .admin_policy import AdminPolicyKeeper


class PolicyAuthorizer:
    """Raises :class:`SmextError` where the policy refuses, so that the answer says who set it."""

    def __init__(self, inner: Authorizer, admin: AdminPolicyKeeper) -> None:
        self._inner = inner
        self._admin = admin

    async def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        if not await ensure_async(self._inner.is_authorized(handler, user, action, resource)):
            return False
        guard = await self._admin.guard()
        guard.require_route(action, resource)
        return True
