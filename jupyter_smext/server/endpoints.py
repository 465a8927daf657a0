"""Routes of the endpoints room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .prices import prices
from .watch import ENDPOINT, watcher_of

if TYPE_CHECKING:
    from ..endpoints.models import (
        DeleteEndpointRequest,
        DeletePlan,
        DeployRequest,
        Endpoint,
        EndpointName,
        EndpointPage,
        EndpointsQuery,
        HostingPrice,
        InvokeRequest,
        InvokeResult,
        PriceQuery,
        RadarQuery,
        RadarReport,
        RunningCost,
    )


class EndpointsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation(
        "Endpoints, newest first", query="endpoints.models:EndpointsQuery", response="endpoints.models:EndpointPage"
    )
    async def get(self, query: EndpointsQuery) -> EndpointPage:
        from ..endpoints.listing import list_endpoints

        page = await self.aws.run(list_endpoints, self.aws, query)
        for endpoint in page.endpoints:
            _looked(self, endpoint.endpoint_name, endpoint.endpoint_status)
        return page


class DescribeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation("One endpoint", body="endpoints.models:EndpointName", response="endpoints.models:Endpoint")
    async def post(self, request: EndpointName) -> Endpoint:
        from ..endpoints.describe import describe_endpoint

        endpoint = await self.aws.run(describe_endpoint, self.aws, request.endpoint_name)
        _looked(self, endpoint.endpoint_name, endpoint.endpoint_status)
        return endpoint


class PriceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation(
        "What an instance of an endpoint costs by the hour",
        query="endpoints.models:PriceQuery",
        response="endpoints.models:HostingPrice",
    )
    async def get(self, query: PriceQuery) -> HostingPrice:
        from ..endpoints.price import hosting_price

        return await self.aws.run(hosting_price, self.aws, query, prices())


class DeployHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:endpoints")
    @operation(
        "Deploy a finished job; costs money until it is deleted",
        body="endpoints.models:DeployRequest",
        response="endpoints.models:Endpoint",
    )
    async def post(self, request: DeployRequest) -> Endpoint:
        from ..endpoints.deploy import deploy

        endpoint = await self.aws.run(deploy, self.aws, request)
        _looked(self, endpoint.endpoint_name, endpoint.endpoint_status)
        return endpoint


class InvokeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:endpoints")
    @operation(
        "Send a payload to an endpoint",
        body="endpoints.models:InvokeRequest",
        response="endpoints.models:InvokeResult",
    )
    async def post(self, request: InvokeRequest) -> InvokeResult:
        from ..endpoints.invoke import invoke

        return await self.aws.run(invoke, self.aws, request)


class DeletePlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation(
        "What a delete would take with it", body="endpoints.models:EndpointName", response="endpoints.models:DeletePlan"
    )
    async def post(self, request: EndpointName) -> DeletePlan:
        from ..endpoints.delete import plan_delete

        return await self.aws.run(plan_delete, self.aws, request.endpoint_name)


class DeleteHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:endpoints")
    @operation(
        "Delete an endpoint and what belongs to it",
        body="endpoints.models:DeleteEndpointRequest",
        response="endpoints.models:DeletePlan",
    )
    async def post(self, request: DeleteEndpointRequest) -> DeletePlan:
        from ..endpoints.delete import delete_endpoint

        plan = await self.aws.run(delete_endpoint, self.aws, request)
        if any(each.kind == "Endpoint" and each.deleted for each in plan.resources):
            _looked(self, request.endpoint_name, "Deleting")
        return plan


class RadarHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation(
        "Endpoints in service that nobody calls",
        query="endpoints.models:RadarQuery",
        response="endpoints.models:RadarReport",
    )
    async def get(self, query: RadarQuery) -> RadarReport:
        from ..endpoints.radar import radar

        return await self.aws.run(radar, self.aws, query)


class RunningCostHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:endpoints")
    @operation("What runs now, and its price by the hour", response="endpoints.models:RunningCost")
    async def post(self) -> RunningCost:
        from ..endpoints.running_cost import running_cost

        return await self.aws.run(running_cost, self.aws, prices())


def _looked(handler: SmextHandler, name: str, status: str) -> None:
    watcher_of(handler.settings).look(ENDPOINT, name, {"endpoint_status": status})


ROUTES: list[tuple[str, type[Any]]] = [
    ("endpoints", EndpointsHandler),
    ("endpoints/describe", DescribeHandler),
    ("endpoints/price", PriceHandler),
    ("endpoints/deploy", DeployHandler),
    ("endpoints/invoke", InvokeHandler),
    ("endpoints/delete-plan", DeletePlanHandler),
    ("endpoints/delete", DeleteHandler),
    ("endpoints/radar", RadarHandler),
    ("endpoints/running-cost", RunningCostHandler),
]
