"""Routes for choosing an instance type to train on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .prices import prices

if TYPE_CHECKING:
    from ..estimators.models import InstanceOffers, InstanceQuotas


class InstanceTypesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation("Instance types with size, price and permission", response="estimators.models:InstanceOffers")
    async def get(self) -> InstanceOffers:
        from ..estimators.instances import instance_offers

        guard = await self.settings["jupyter_smext"].admin.guard()
        return await self.aws.run(instance_offers, self.aws.region, prices(), guard)


class InstanceQuotasHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation("How many instances of each type the account may train on", response="estimators.models:InstanceQuotas")
    async def get(self) -> InstanceQuotas:
        from ..estimators.quotas import training_quotas

        return await self.aws.run(training_quotas, self.aws)


ROUTES: list[tuple[str, type[Any]]] = [
    ("estimators/instance-types", InstanceTypesHandler),
    ("estimators/instance-quotas", InstanceQuotasHandler),
]
