"""All routes of the extension: one list a room, joined here under one prefix."""

from __future__ import annotations

import re
from typing import Any

from . import admin_policy, core, endpoints, estimators, iam, instances, jobs, jobs_tuning, lifecycle, s3, studio

PREFIX = "jupyter-smext/api"

# (path template, handler); `{name}` in a template is a path parameter.
Route = tuple[str, type[Any]]

ROUTES: list[Route] = [
    *core.ROUTES,
    *admin_policy.ROUTES,
    *s3.ROUTES,
    *estimators.ROUTES,
    *instances.ROUTES,
    *jobs.ROUTES,
    *jobs_tuning.ROUTES,
    *endpoints.ROUTES,
    *iam.ROUTES,
    *studio.ROUTES,
    *lifecycle.ROUTES,
]


def handlers() -> list[tuple[str, type[Any]]]:
    """The routes as tornado takes them, without the server's base URL: ExtensionApp puts it before."""
    return [(f"/{PREFIX}/{pattern(path)}$", handler) for path, handler in ROUTES]


def pattern(template: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
