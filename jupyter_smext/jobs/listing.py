"""Training jobs, newest first, one page at a time."""

from __future__ import annotations

from typing import Any

from ..aws.session import AwsSession
from .models import JobsQuery, TrainingJobPage, TrainingJobSummary

# ListTrainingJobs may answer an empty page with a token when a filter matches nothing in the part it looked at.
_MAX_EMPTY_PAGES = 20


def list_jobs(session: AwsSession, query: JobsQuery) -> TrainingJobPage:
    """One page of jobs by creation time, newest first. Permission: `sagemaker:ListTrainingJobs`.

    Empty pages are followed; after twenty of them the answer is empty and carries the token to go on.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
    """
    request: dict[str, Any] = {"MaxResults": query.max_results, "SortBy": "CreationTime", "SortOrder": "Descending"}
    if query.name_contains:
        request["NameContains"] = query.name_contains
    if query.status_equals:
        request["StatusEquals"] = query.status_equals.value
    if query.next_token:
        request["NextToken"] = query.next_token
    client = session.client("sagemaker")
    for _ in range(_MAX_EMPTY_PAGES):
        answer = client.list_training_jobs(**request)
        if answer["TrainingJobSummaries"] or "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    return TrainingJobPage(
        training_jobs=[_summary(each) for each in answer["TrainingJobSummaries"]], next_token=answer.get("NextToken")
    )


def _summary(job: dict[str, Any]) -> TrainingJobSummary:
    return TrainingJobSummary(
        training_job_name=job["TrainingJobName"],
        training_job_status=job["TrainingJobStatus"],
        secondary_status=job.get("SecondaryStatus"),
        creation_time=job["CreationTime"],
        training_end_time=job.get("TrainingEndTime"),
        last_modified_time=job.get("LastModifiedTime"),
    )
