"""Routes of the studio room: where we are, domains, user profiles, spaces, apps, images and storage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .prices import prices
from .watch import Kind, State, watcher_of

if TYPE_CHECKING:
    from ..aws.progress import Progress
    from ..aws.session import AwsSession
    from ..studio.models import (
        App,
        AppPage,
        AppsQuery,
        CreateSpaceRequest,
        CreateUserProfileRequest,
        DeleteSpaceRequest,
        Domain,
        DomainName,
        DomainPage,
        DomainSetupPlan,
        DomainSetupRequest,
        ImageList,
        OpenSpaceRequest,
        PageQuery,
        ProfileName,
        ProfilesQuery,
        Space,
        SpaceDeletePlan,
        SpaceName,
        SpacePage,
        SpacePlan,
        SpacesQuery,
        StartSpaceRequest,
        StorageReport,
        StudioUrl,
        UpdateSpaceRequest,
        UserProfile,
        UserProfilePage,
        WhereAmI,
    )
    from .tasks import Task

SCHEMA_ID = "https://schema.jupyter.org/jupyter_smext/studio/v1"


def _kind(name: str) -> Kind:
    def ask(session: AwsSession, path: str) -> State | None:
        from ..studio import status

        questions: dict[str, Callable[[AwsSession, str], str | None]] = {
            "domain": status.domain_status,
            "user-profile": status.profile_status,
            "space": status.space_status,
            "app": status.app_status,
        }
        found = questions[name](session, path)
        return None if found is None else {"kind": name, "status": found}

    return Kind(SCHEMA_ID, "name", ask, _settled, gone={"kind": name, "status": "Deleted"})


def _settled(state: State) -> bool:
    from ..studio.models import UNSETTLED

    return state["status"] not in UNSETTLED


_KINDS = {name: _kind(name) for name in ("domain", "user-profile", "space", "app")}


class WhereHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("Where this server runs", response="studio.models:WhereAmI")
    async def get(self) -> WhereAmI:
        from ..studio.where import where_am_i

        return await self.aws.run(where_am_i, self.aws, prices())


class DomainsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("Domains of the region", query="studio.models:PageQuery", response="studio.models:DomainPage")
    async def get(self, query: PageQuery) -> DomainPage:
        from ..studio.domains import list_domains

        page = await self.aws.run(list_domains, self.aws, query)
        for domain in page.domains:
            _looked(self, "domain", domain.domain_id, domain.status)
        return page

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Set Studio up for one person: a domain and a user profile",
        body="studio.models:DomainSetupRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: DomainSetupRequest) -> Task:
        from ..studio.setup import set_up

        session = self.aws

        def work(progress: Progress) -> dict[str, Any]:
            return set_up(session, request, prices(), progress)

        return self.tasks.start("studio.set-up", request.domain_name or "Studio", work, unit="seconds")


class DescribeDomainHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("One domain", body="studio.models:DomainName", response="studio.models:Domain")
    async def post(self, request: DomainName) -> Domain:
        from ..studio.domains import describe_domain

        domain = await self.aws.run(describe_domain, self.aws, request.domain_id)
        _looked(self, "domain", domain.domain_id, domain.status)
        return domain


class PlanDomainHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "What a set-up would make and cost",
        body="studio.models:DomainSetupRequest",
        response="studio.models:DomainSetupPlan",
    )
    async def post(self, request: DomainSetupRequest) -> DomainSetupPlan:
        from ..studio.setup import plan_setup

        return await self.aws.run(plan_setup, self.aws, request, prices())


class ListProfilesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "User profiles of a domain", body="studio.models:ProfilesQuery", response="studio.models:UserProfilePage"
    )
    async def post(self, query: ProfilesQuery) -> UserProfilePage:
        from ..studio.profiles import list_profiles

        page = await self.aws.run(list_profiles, self.aws, query)
        for profile in page.user_profiles:
            _looked(self, "user-profile", f"{profile.domain_id}/{profile.user_profile_name}", profile.status)
        return page


class ProfilesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Create a user profile", body="studio.models:CreateUserProfileRequest", response="studio.models:UserProfile"
    )
    async def post(self, request: CreateUserProfileRequest) -> UserProfile:
        from ..studio.profiles import create_profile

        profile = await self.aws.run(create_profile, self.aws, request)
        _looked(self, "user-profile", f"{profile.domain_id}/{profile.user_profile_name}", profile.status)
        return profile


class DescribeProfileHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("One user profile", body="studio.models:ProfileName", response="studio.models:UserProfile")
    async def post(self, request: ProfileName) -> UserProfile:
        from ..studio.profiles import describe_profile

        profile = await self.aws.run(describe_profile, self.aws, request.domain_id, request.user_profile_name)
        _looked(self, "user-profile", f"{profile.domain_id}/{profile.user_profile_name}", profile.status)
        return profile


class ListSpacesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "Spaces of a domain, with what runs in them",
        body="studio.models:SpacesQuery",
        response="studio.models:SpacePage",
    )
    async def post(self, query: SpacesQuery) -> SpacePage:
        from ..studio.spaces import list_spaces

        page = await self.aws.run(list_spaces, self.aws, query, prices())
        for space in page.spaces:
            _looked(self, "space", f"{space.domain_id}/{space.space_name}", space.status)
            _looked_at_app(self, space.app)
        return page


class PlanSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "What a space would be and cost", body="studio.models:CreateSpaceRequest", response="studio.models:SpacePlan"
    )
    async def post(self, request: CreateSpaceRequest) -> SpacePlan:
        from ..studio.create_space import plan_space

        return await self.aws.run(plan_space, self.aws, request, prices())


class SpacesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Create a space; its volume costs money from then on",
        body="studio.models:CreateSpaceRequest",
        response="studio.models:Space",
    )
    async def post(self, request: CreateSpaceRequest) -> Space:
        from ..studio.create_space import create_space

        return _looked_at_space(self, await self.aws.run(create_space, self.aws, request, prices()))


class DescribeSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("One space", body="studio.models:SpaceName", response="studio.models:Space")
    async def post(self, request: SpaceName) -> Space:
        from ..studio.spaces import describe_space

        space = await self.aws.run(describe_space, self.aws, request.domain_id, request.space_name, prices())
        return _looked_at_space(self, space)


class UpdateSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation("Change a space", body="studio.models:UpdateSpaceRequest", response="studio.models:Space")
    async def post(self, request: UpdateSpaceRequest) -> Space:
        from ..studio.update_space import update_space

        return _looked_at_space(self, await self.aws.run(update_space, self.aws, request, prices()))


class StartSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:studio")
    @operation(
        "Start the app of a space; it costs money by the hour",
        body="studio.models:StartSpaceRequest",
        response="studio.models:App",
    )
    async def post(self, request: StartSpaceRequest) -> App:
        from ..studio.run_space import start_space

        app = await self.aws.run(start_space, self.aws, request, prices())
        _looked_at_app(self, app)
        return app


class StopSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:studio")
    @operation("Stop the app of a space", body="studio.models:SpaceName", response="studio.models:App")
    async def post(self, request: SpaceName) -> App:
        from ..studio.run_space import stop_space

        app = await self.aws.run(stop_space, self.aws, request, prices())
        _looked_at_app(self, app)
        return app


class OpenSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:studio")
    @operation(
        "A secret URL that opens a space, good for a minute",
        body="studio.models:OpenSpaceRequest",
        response="studio.models:StudioUrl",
    )
    async def post(self, request: OpenSpaceRequest) -> StudioUrl:
        from ..studio.run_space import open_space

        return await self.aws.run(open_space, self.aws, request)


class DeleteSpacePlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "What a delete would take with it", body="studio.models:SpaceName", response="studio.models:SpaceDeletePlan"
    )
    async def post(self, request: SpaceName) -> SpaceDeletePlan:
        from ..studio.delete_space import plan_delete

        return await self.aws.run(plan_delete, self.aws, request, prices())


class DeleteSpaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:studio")
    @operation(
        "Stop a space and delete it with its volume",
        body="studio.models:DeleteSpaceRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: DeleteSpaceRequest) -> Task:
        from ..studio.delete_space import delete_space

        session = self.aws

        def work(progress: Progress) -> dict[str, Any]:
            return delete_space(session, request, prices(), progress)

        return self.tasks.start("studio.delete-space", request.space_name, work, unit="seconds")


class ListAppsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("Apps of a domain, with their price", body="studio.models:AppsQuery", response="studio.models:AppPage")
    async def post(self, query: AppsQuery) -> AppPage:
        from ..studio.apps import list_apps

        page = await self.aws.run(list_apps, self.aws, query, prices())
        for app in page.apps:
            _looked_at_app(self, app)
        return page


class ExistingAppsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("Apps of all domains that were not deleted", response="studio.models:AppPage")
    async def post(self) -> AppPage:
        from ..studio.apps import existing_apps

        page = await self.aws.run(existing_apps, self.aws, prices())
        for app in page.apps:
            _looked_at_app(self, app)
        return page


class ImagesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation("Images that a space can run", response="studio.models:ImageList")
    async def get(self) -> ImageList:
        from ..studio.images import list_images

        return await self.aws.run(list_images, self.aws)


class StorageHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:studio")
    @operation(
        "What holds the data of a domain, and costs a month",
        body="studio.models:DomainName",
        response="studio.models:StorageReport",
    )
    async def post(self, request: DomainName) -> StorageReport:
        from ..studio.storage import storage_report

        return await self.aws.run(storage_report, self.aws, request.domain_id)


def _looked(handler: SmextHandler, kind: str, path: str, status: str) -> None:
    watcher_of(handler.settings).look(_KINDS[kind], path, {"kind": kind, "status": status})


def _looked_at_app(handler: SmextHandler, app: App | None) -> None:
    # Studio Classic's apps have no space; this panel only shows them.
    if app is not None and app.space_name:
        from ..studio.status import path_of

        _looked(handler, "app", path_of(app), app.status)


def _looked_at_space(handler: SmextHandler, space: Space) -> Space:
    _looked(handler, "space", f"{space.domain_id}/{space.space_name}", space.status)
    _looked_at_app(handler, space.app)
    return space


ROUTES: list[tuple[str, type[Any]]] = [
    ("studio/where", WhereHandler),
    ("studio/domains", DomainsHandler),
    ("studio/domains/describe", DescribeDomainHandler),
    ("studio/domains/plan", PlanDomainHandler),
    ("studio/profiles", ProfilesHandler),
    ("studio/profiles/list", ListProfilesHandler),
    ("studio/profiles/describe", DescribeProfileHandler),
    ("studio/spaces", SpacesHandler),
    ("studio/spaces/list", ListSpacesHandler),
    ("studio/spaces/plan", PlanSpaceHandler),
    ("studio/spaces/describe", DescribeSpaceHandler),
    ("studio/spaces/update", UpdateSpaceHandler),
    ("studio/spaces/start", StartSpaceHandler),
    ("studio/spaces/stop", StopSpaceHandler),
    ("studio/spaces/open", OpenSpaceHandler),
    ("studio/spaces/delete-plan", DeleteSpacePlanHandler),
    ("studio/spaces/delete", DeleteSpaceHandler),
    ("studio/apps/list", ListAppsHandler),
    ("studio/apps/existing", ExistingAppsHandler),
    ("studio/images", ImagesHandler),
    ("studio/storage", StorageHandler),
]
