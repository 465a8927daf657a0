"""Routes of the estimators room."""

from __future__ import annotations

import asyncio
import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .prices import prices

if TYPE_CHECKING:
    from ..aws.progress import Progress
    from ..estimators.models import (
        Catalog,
        ChangesRequest,
        ChangesResult,
        ExportRequest,
        ExportResult,
        FormatRequest,
        FormatResult,
        ImportRequest,
        ImportResult,
        LaunchRequest,
        LaunchToken,
        LaunchTokenRequest,
        LocalLog,
        LocalLogRequest,
        LockRequest,
        LockResult,
        NotebookScript,
        ParseRequest,
        ParseResult,
        PreflightRequest,
        PreflightResult,
        PreviewRequest,
        PreviewResult,
        PriceEstimate,
        PriceRequest,
        SchemaQuery,
        ScriptRequest,
        SpecSchema,
        TemplateList,
        TemplateRequest,
        TemplatesQuery,
        TemplateText,
    )
    from ..estimators.tokens import LaunchStore
    from .tasks import Task

# A launch is mostly done by then, so that one click needs one request.
WAIT_FOR_LAUNCH_SECONDS = 10.0

LOCAL_RUN = "estimators.local-run"


class SchemaHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "JSON Schema of the spec", query="estimators.models:SchemaQuery", response="estimators.models:SpecSchema"
    )
    async def get(self, query: SchemaQuery) -> SpecSchema:
        from ..estimators.models import SpecSchema
        from ..estimators.schema import spec_schema

        return SpecSchema(spec_schema(query.kind))


class CatalogHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation("Frameworks, algorithms and instance types", response="estimators.models:Catalog")
    async def get(self) -> Catalog:
        from ..estimators.catalog import catalog

        return catalog()


class ParseHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "Read and check the text of a spec",
        body="estimators.models:ParseRequest",
        response="estimators.models:ParseResult",
    )
    async def post(self, request: ParseRequest) -> ParseResult:
        from ..estimators.check import parse
        from ..estimators.defaults import layers_of
        from ..estimators.profile import profile_of

        layers = await self.aws.run(layers_of, self.aws)
        return await self.aws.run(parse, request.text, profile_of(self.aws), layers)


class FormatHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "The canonical text of a spec",
        body="estimators.models:FormatRequest",
        response="estimators.models:FormatResult",
    )
    async def post(self, request: FormatRequest) -> FormatResult:
        from ..estimators.check import formatted

        return await self.aws.run(formatted, request)


class ScriptHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "Cells of a notebook as a script",
        body="estimators.models:ScriptRequest",
        response="estimators.models:NotebookScript",
    )
    async def post(self, request: ScriptRequest) -> NotebookScript:
        from ..estimators.notebook import cells_script

        return await self.aws.run(cells_script, request.cells, request.origin)


class RequestHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "The request that a launch would send, with no side effect",
        body="estimators.models:PreviewRequest",
        response="estimators.models:PreviewResult",
    )
    async def post(self, request: PreviewRequest) -> PreviewResult:
        from ..estimators.launch import preview
        from ..estimators.models import PreviewResult

        folder = _document(self, request.document or "untitled").parent
        return PreviewResult(request=await self.aws.run(preview, self.aws, request.spec, folder))


class ChangesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "What a launch would send differently than an earlier one",
        body="estimators.models:ChangesRequest",
        response="estimators.models:ChangesResult",
    )
    async def post(self, request: ChangesRequest) -> ChangesResult:
        from ..estimators.changes import changes_since

        folder = _document(self, request.document or "untitled").parent
        return await self.aws.run(changes_since, self.aws, request.spec, folder, request.training_job_name)


class LaunchTokenHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:estimators")
    @operation(
        "The permit for one launch of a document",
        body="estimators.models:LaunchTokenRequest",
        response="estimators.models:LaunchToken",
    )
    async def post(self, request: LaunchTokenRequest) -> LaunchToken:
        document = str(_document(self, request.document))
        return await self.aws.run(_store().current, document, replace=request.replace)


class LaunchesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:estimators")
    @operation(
        "Launch a document; the same token launches once",
        body="estimators.models:LaunchRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: LaunchRequest) -> Task:
        from ..estimators.launch import launch_once
        from ..estimators.local_launch import means_local
        from .tasks import Repeat

        path = _document(self, request.document)
        if means_local(request.spec):
            return self._run_here(request.spec, request.document, path)
        aws, store, table, max_cost_usd = self.aws, _store(), prices(), await _max_cost_usd(self)

        def work(progress: Progress) -> dict[str, Any]:
            result = launch_once(
                aws,
                store,
                request.spec,
                str(path),
                request.token,
                path.parent,
                progress,
                prices=table,
                max_cost_usd=max_cost_usd,
            )
            return result.model_dump(mode="json")

        # The token stands for one job: a launch that is repeated creates it, or finds it.
        again = Repeat("execute", "jupyter_smext:estimators")
        task = self.tasks.start("estimators.launch", f"Launch {path.name}", work, repeat=again)
        deadline = time.monotonic() + WAIT_FOR_LAUNCH_SECONDS
        while not task.state.final and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return task

    def _run_here(self, spec: dict[str, Any], document: str, path: Path) -> Task:
        """A local run, or the one of this document that is under way."""
        from ..estimators.local_launch import launch_local

        aws, title = self.aws, f"Run {document} here"
        for task in self.tasks.list().tasks:
            if task.kind == LOCAL_RUN and task.title == title and not task.state.final:
                return task
        return self.tasks.start(
            LOCAL_RUN, title, lambda progress: launch_local(aws, spec, path, progress).model_dump(mode="json")
        )


class LocalLogHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "What a document's newest local run has logged",
        body="estimators.models:LocalLogRequest",
        response="estimators.models:LocalLog",
    )
    async def post(self, request: LocalLogRequest) -> LocalLog:
        from ..estimators.local_launch import read_log

        return await self.aws.run(read_log, _document(self, request.document), request.offset)


class ExportHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "A spec as Python code", body="estimators.models:ExportRequest", response="estimators.models:ExportResult"
    )
    async def post(self, request: ExportRequest) -> ExportResult:
        from ..estimators.export import export

        path = _document(self, request.document or "untitled.sagemaker.yaml")
        return await self.aws.run(export, self.aws, request.spec, request.dialect, path)


class ImportHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "A spec from a job or a request",
        body="estimators.models:ImportRequest",
        response="estimators.models:ImportResult",
    )
    async def post(self, request: ImportRequest) -> ImportResult:
        from ..estimators.importer import imported

        return await self.aws.run(imported, self.aws, request)


class PreflightHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "What would make a launch fail; no side effect",
        body="estimators.models:PreflightRequest",
        response="estimators.models:PreflightResult",
    )
    async def post(self, request: PreflightRequest) -> PreflightResult:
        from ..estimators.preflight.run import preflight

        folder = _document(self, request.document or "untitled").parent
        return await self.aws.run(
            preflight,
            self.aws,
            request.spec,
            folder,
            prices(),
            sample_log=request.sample_log,
            max_cost_usd=await _max_cost_usd(self),
        )


class PriceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "The most that a launch can cost",
        body="estimators.models:PriceRequest",
        response="estimators.models:PriceEstimate",
    )
    async def post(self, request: PriceRequest) -> PriceEstimate:
        from ..estimators.price import price_of

        return await self.aws.run(price_of, self.aws, request.spec, prices())


class LockHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:estimators")
    @operation(
        "Write the lock file of a document",
        body="estimators.models:LockRequest",
        response="estimators.models:LockResult",
    )
    async def post(self, request: LockRequest) -> LockResult:
        from ..estimators.lock import write_lock

        path = _document(self, request.document)
        root = Path(self.settings["server_root_dir"]).expanduser().resolve()
        result = await self.aws.run(write_lock, self.aws, path, prices())
        return result.model_copy(update={"path": Path(result.path).relative_to(root).as_posix()})


class TemplatesHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "Specs to begin with, of all configured sources",
        body="estimators.models:TemplatesQuery",
        response="estimators.models:TemplateList",
    )
    async def post(self, request: TemplatesQuery) -> TemplateList:
        from ..estimators.templates import list_templates, template_sources

        sources = await self.aws.run(template_sources, self.aws.guard)
        return await self.aws.run(list_templates, self.aws, sources, refresh=request.refresh)


class TemplateHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:estimators")
    @operation(
        "One spec to begin with, and its text",
        body="estimators.models:TemplateRequest",
        response="estimators.models:TemplateText",
    )
    async def post(self, request: TemplateRequest) -> TemplateText:
        from ..estimators.templates import template_sources, template_text

        sources = await self.aws.run(template_sources, self.aws.guard)
        return await self.aws.run(template_text, self.aws, sources, request.source, request.path)


async def _max_cost_usd(handler: SmextHandler) -> float | None:
    """The administrator's cap for one launch, where one is set."""
    cap: float | None = (await handler.settings["jupyter_smext"].admin.state()).max_launch_usd
    return cap


def _document(handler: SmextHandler, document: str) -> Path:
    from ..estimators.document import document_path

    return document_path(Path(handler.settings["server_root_dir"]), document)


def _store() -> LaunchStore:
    from jupyter_core.paths import jupyter_data_dir

    return _store_in(Path(jupyter_data_dir()) / "jupyter_smext" / "launches")


@functools.cache
def _store_in(folder: Path) -> LaunchStore:
    """One store for a folder: its locks hold back the second of two launches at once."""
    from ..estimators.tokens import LaunchStore

    return LaunchStore(folder)


ROUTES: list[tuple[str, type[Any]]] = [
    ("estimators/schema", SchemaHandler),
    ("estimators/catalog", CatalogHandler),
    ("estimators/parse", ParseHandler),
    ("estimators/format", FormatHandler),
    ("estimators/script", ScriptHandler),
    ("estimators/request", RequestHandler),
    ("estimators/changes", ChangesHandler),
    ("estimators/launch-token", LaunchTokenHandler),
    ("estimators/launches", LaunchesHandler),
    ("estimators/local-log", LocalLogHandler),
    ("estimators/export", ExportHandler),
    ("estimators/import", ImportHandler),
    ("estimators/preflight", PreflightHandler),
    ("estimators/price", PriceHandler),
    ("estimators/lock", LockHandler),
    ("estimators/templates", TemplatesHandler),
    ("estimators/template", TemplateHandler),
]
