"""Routes of tuning jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .prices import prices
from .watch import TUNING_JOB, tuning_state, watcher_of

if TYPE_CHECKING:
    from ..jobs.models import HyperParameterTuningJob, TrialsResult, TuningJobName, TuningJobPage, TuningJobsQuery


class TuningJobsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("Tuning jobs, newest first", query="jobs.models:TuningJobsQuery", response="jobs.models:TuningJobPage")
    async def get(self, query: TuningJobsQuery) -> TuningJobPage:
        from ..jobs.tuning import list_tuning_jobs

        page = await self.aws.run(list_tuning_jobs, self.aws, query)
        for job in page.tuning_jobs:
            state = tuning_state(job.hyper_parameter_tuning_job_status.value, job.training_job_status_counters)
            watcher_of(self.settings).look(TUNING_JOB, job.hyper_parameter_tuning_job_name, state)
        return page


class TuningDescribeHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation("One tuning job", body="jobs.models:TuningJobName", response="jobs.models:HyperParameterTuningJob")
    async def post(self, request: TuningJobName) -> HyperParameterTuningJob:
        from ..jobs.tuning import describe_tuning_job

        return _looked(self, await self.aws.run(describe_tuning_job, self.aws, request.hyper_parameter_tuning_job_name))


class TrialsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:jobs")
    @operation(
        "All training jobs of a tuning job, and what they cost",
        body="jobs.models:TuningJobName",
        response="jobs.models:TrialsResult",
    )
    async def post(self, request: TuningJobName) -> TrialsResult:
        from ..jobs.models import TrialsResult
        from ..jobs.tuning import describe_tuning_job, list_trials
        from ..jobs.tuning_cost import tuning_cost

        name = request.hyper_parameter_tuning_job_name
        job = await self.aws.run(describe_tuning_job, self.aws, name)
        trials = await self.aws.run(list_trials, self.aws, name)
        return TrialsResult(trials=trials, cost=tuning_cost(job, trials, prices(), self.aws.region))


class TuningStopHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:jobs")
    @operation(
        "Stop a tuning job and its training jobs",
        body="jobs.models:TuningJobName",
        response="jobs.models:HyperParameterTuningJob",
    )
    async def post(self, request: TuningJobName) -> HyperParameterTuningJob:
        from ..jobs.tuning import stop_tuning_job

        return _looked(self, await self.aws.run(stop_tuning_job, self.aws, request.hyper_parameter_tuning_job_name))


def _looked(handler: SmextHandler, job: HyperParameterTuningJob) -> HyperParameterTuningJob:
    state = tuning_state(job.hyper_parameter_tuning_job_status.value, job.training_job_status_counters)
    watcher_of(handler.settings).look(TUNING_JOB, job.hyper_parameter_tuning_job_name, state)
    return job


ROUTES: list[tuple[str, type[Any]]] = [
    ("jobs/tuning", TuningJobsHandler),
    ("jobs/tuning/describe", TuningDescribeHandler),
    ("jobs/tuning/trials", TrialsHandler),
    ("jobs/tuning/stop", TuningStopHandler),
]
