"""Routes of the jobs room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .watch import JOB, watcher_of

if TYPE_CHECKING:
    from ..jobs.models import (
        Autopsy,
        CompareRequest,
        JobComparison,
        JobName,
        JobsQuery,
        LogPage,
        LogQuery,
        MetricsQuery,
        MetricsResult,
        TrainingJob,
        TrainingJobPage,
    )

# Between two looks for new lines. More streams make a look dearer: CloudWatch allows some 25 calls a second.
_STEP_SECONDS = 0.5
_STEP_SECONDS_A_STREAM = 0.1
# Before a job has a stream, which takes minutes at AWS.
_FIRST_STEP_SECONDS = 1.0


class JobsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("Training jobs, newest first", query="jobs.models:JobsQuery", response="jobs.models:TrainingJobPage")
    async def get(self, query: JobsQuery) -> TrainingJobPage:
        from ..jobs.listing import list_jobs

        page = await self.aws.run(list_jobs, self.aws, query)
        for job in page.training_jobs:
            # A list without secondary statuses would look like a change to the watcher.
            if job.secondary_status is None:
                watcher_of(self.settings).renew(JOB, job.training_job_name)
            else:
                _looked(self, job.training_job_name, job.training_job_status.value, job.secondary_status)
        return page


class DescribeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("One training job", body="jobs.models:JobName", response="jobs.models:TrainingJob")
    async def post(self, request: JobName) -> TrainingJob:
        from ..jobs.describe import describe_job

        job = await self.aws.run(describe_job, self.aws, request.training_job_name)
        _looked(self, job.training_job_name, job.training_job_status.value, job.secondary_status)
        return job


class LogsHandler(SmextHandler):
    _client_left = False

    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("Log lines after a cursor; waits for some", body="jobs.models:LogQuery", response="jobs.models:LogPage")
    async def post(self, query: LogQuery) -> LogPage:
        from ..jobs.logs import read_logs

        watcher_of(self.settings).renew(JOB, query.training_job_name)
        deadline = asyncio.get_running_loop().time() + query.wait_seconds
        while True:
            page = await self.aws.run(read_logs, self.aws, query)
            step = (
                max(_STEP_SECONDS, _STEP_SECONDS_A_STREAM * len(page.streams)) if page.streams else _FIRST_STEP_SECONDS
            )
            waited_enough = asyncio.get_running_loop().time() + step > deadline
            if page.lines or page.finished or waited_enough or self._client_left:
                return page
            query = query.model_copy(update={"cursor": page.cursor})
            # Here and not in the room: a thread that waits is one that nobody else can use.
            await asyncio.sleep(step)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._client_left = True


class MetricsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation(
        "Values of a job's metrics over time", body="jobs.models:MetricsQuery", response="jobs.models:MetricsResult"
    )
    async def post(self, query: MetricsQuery) -> MetricsResult:
        from ..jobs.metrics import read_metrics

        return await self.aws.run(read_metrics, self.aws, query)


class StopHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:jobs")
    @operation("Stop a training job", body="jobs.models:JobName", response="jobs.models:TrainingJob")
    async def post(self, request: JobName) -> TrainingJob:
        from ..jobs.stop import stop_job

        job = await self.aws.run(stop_job, self.aws, request.training_job_name)
        _looked(self, job.training_job_name, job.training_job_status.value, job.secondary_status)
        return job


class AutopsyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("Why a job ended as it did", body="jobs.models:JobName", response="jobs.models:Autopsy")
    async def post(self, request: JobName) -> Autopsy:
        from ..jobs.autopsy import autopsy

        return await self.aws.run(autopsy, self.aws, request.training_job_name)


class CompareHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("What differs between two jobs", body="jobs.models:CompareRequest", response="jobs.models:JobComparison")
    async def post(self, request: CompareRequest) -> JobComparison:
        from ..jobs.compare import compare_jobs

        return await self.aws.run(compare_jobs, self.aws, request)


def _looked(handler: SmextHandler, name: str, status: str, secondary_status: str) -> None:
    state = {"training_job_status": status, "secondary_status": secondary_status}
    watcher_of(handler.settings).look(JOB, name, state)


ROUTES: list[tuple[str, type[Any]]] = [
    ("jobs", JobsHandler),
    ("jobs/describe", DescribeHandler),
    ("jobs/logs", LogsHandler),
    ("jobs/metrics", MetricsHandler),
    ("jobs/stop", StopHandler),
    ("jobs/autopsy", AutopsyHandler),
    ("jobs/compare", CompareHandler),
]
