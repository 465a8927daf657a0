"""Endpoints, newest first, one page at a time."""

from __future__ import annotations

from typing import Any

from ..aws.session import AwsSession
from .models import EndpointPage, EndpointsQuery, EndpointSummary

# ListEndpoints may answer an empty page with a token when a filter matches nothing in the part it looked at.
_MAX_EMPTY_PAGES = 20


def list_endpoints(session: AwsSession, query: EndpointsQuery) -> EndpointPage:
    """One page of endpoints by creation time, newest first. Permission: `sagemaker:ListEndpoints`.

    Empty pages are followed; after twenty of them the answer is empty and carries the token to go on.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html
    """
    request: dict[str, Any] = {"MaxResults": query.max_results, "SortBy": "CreationTime", "SortOrder": "Descending"}
    if query.name_contains:
        request["NameContains"] = query.name_contains
    if query.next_token:
        request["NextToken"] = query.next_token
    client = session.client("sagemaker")
    for _ in range(_MAX_EMPTY_PAGES):
        answer = client.list_endpoints(**request)
        if answer["Endpoints"] or "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    return EndpointPage(
        endpoints=[
            EndpointSummary(
                endpoint_name=each["EndpointName"],
                endpoint_status=each["EndpointStatus"],
                creation_time=each["CreationTime"],
                last_modified_time=each.get("LastModifiedTime"),
            )
            for each in answer["Endpoints"]
        ],
        next_token=answer.get("NextToken"),
    )
