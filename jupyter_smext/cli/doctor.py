"""``jupyter smext doctor``: what is installed, what is enabled, who we are, and whether the far end answers."""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from .. import __version__

if TYPE_CHECKING:
    from ..aws.models import Identity
    from ..aws.session import AwsSession

SERVER_EXTENSION = "jupyter_smext"
LAB_EXTENSION = "jupyter-smext"

# Oldest and first unsupported version of what we stand on.
SUPPORTED = {"jupyterlab": ((4, 4), (5,)), "jupyter_server": ((2, 4), (3,)), "boto3": ((1, 34), (2,))}


@dataclass(frozen=True)
class Finding:
    """``state`` is ok, warn or fail; ``hint`` says what to do where it is not ok."""

    check: str
    state: str
    detail: str
    hint: str | None = None


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("doctor", help="check the installation, the credentials and the connection")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    findings: list[Finding] = []
    for finding in _findings():
        findings.append(finding)
        if not args.json:
            print(f"{finding.state:<4}  {finding.check}: {finding.detail}", flush=True)
            if finding.hint:
                print(f"      {finding.hint}")
    if args.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}))
    return 1 if any(finding.state == "fail" for finding in findings) else 0


def _findings() -> Iterator[Finding]:
    yield Finding("python", "ok", platform.python_version())
    yield Finding("jupyter-smext", "ok", __version__)
    for package in SUPPORTED:
        yield _installed(package)
    yield _server_extension()
    yield _lab_extension()
    yield from _aws()


def _installed(package: str) -> Finding:
    oldest, beyond = SUPPORTED[package]
    wanted = f">={'.'.join(map(str, oldest))},<{'.'.join(map(str, beyond))}"
    try:
        version = metadata.version(package)
    except metadata.PackageNotFoundError:
        state = "warn" if package == "jupyterlab" else "fail"
        return Finding(package, state, "not installed", f"pip install '{package}{wanted}'")
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if oldest <= numbers < beyond:
        return Finding(package, "ok", version)
    return Finding(package, "fail", version, f"This version needs {package}{wanted}.")


def _server_extension() -> Finding:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    if manager.enabled(SERVER_EXTENSION):  # type: ignore[no-untyped-call]
        return Finding("server extension", "ok", "enabled")
    return Finding(
        "server extension", "fail", "not enabled", f"jupyter server extension enable {SERVER_EXTENSION}, then restart."
    )


def _lab_extension() -> Finding:
    from jupyter_core.paths import jupyter_path

    try:
        from jupyterlab_server.config import get_federated_extensions, get_page_config
    except ImportError:
        return Finding("JupyterLab extension", "warn", "JupyterLab is not installed, so there is no panel")
    folders = jupyter_path("labextensions")
    found = get_federated_extensions(folders).get(LAB_EXTENSION)
    if found is None:
        return Finding("JupyterLab extension", "fail", "not installed", "Install jupyter-smext again.")
    disabled = [
        name
        for name in get_page_config(folders)["disabledExtensions"]
        if name == LAB_EXTENSION or name.startswith(f"{LAB_EXTENSION}:")
    ]
    if found["version"] != __version__:
        detail = f"version {found['version']} in {found['ext_dir']}, while the server part is {__version__}"
        return Finding("JupyterLab extension", "fail", detail, "Install jupyter-smext again, then reload the page.")
    if disabled:
        hint = f"jupyter labextension enable {disabled[0]}"
        return Finding("JupyterLab extension", "warn", f"disabled: {', '.join(disabled)}", hint)
    return Finding("JupyterLab extension", "ok", f"{found['version']}, enabled")


def _aws() -> Iterator[Finding]:
    from botocore.exceptions import BotoCoreError

    from ..aws.errors import from_aws
    from ..aws.session import AwsSession

    session = AwsSession()
    try:
        yield Finding("region", "ok", session.region)
        credentials = session.boto.get_credentials()
    except BotoCoreError as error:
        envelope = from_aws(error).envelope
        yield Finding("AWS configuration", "fail", envelope.message, envelope.hint)
        return
    if credentials is None:
        hint = "Set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached."
        yield Finding("credentials", "fail", "none found", hint)
        return
    yield Finding("credentials", "ok", f"found by {credentials.method}")
    yield Finding("far end", "ok", session.endpoint_url or "AWS")
    identities: list[Identity] = []
    yield _reaches("STS", lambda: identities.append(session.identity()) or identities[0].caller_arn)  # type: ignore[func-returns-value]
    yield _reaches("SageMaker", lambda: _lists_jobs(session))
    yield _reaches("S3", lambda: _lists_buckets(session))
    if identities:
        yield _execution_role(identities[0])


def _reaches(service: str, call: Callable[[], str]) -> Finding:
    from ..aws.errors import ErrorCode, from_aws

    began = time.perf_counter()
    try:
        answer = call()
    except Exception as error:
        envelope = from_aws(error).envelope
        # A refusal is an answer: the service is there, this one call is not allowed.
        state = "warn" if envelope.code is ErrorCode.ACCESS_DENIED else "fail"
        return Finding(service, state, envelope.message, envelope.hint)
    return Finding(service, "ok", f"{answer} ({(time.perf_counter() - began) * 1000:.0f} ms)")


def _lists_jobs(session: AwsSession) -> str:
    from ..jobs.listing import list_jobs
    from ..jobs.models import JobsQuery

    list_jobs(session, JobsQuery(max_results=1))
    return "training jobs can be listed"


def _lists_buckets(session: AwsSession) -> str:
    from ..s3.buckets import list_buckets
    from ..s3.models import BucketsQuery

    list_buckets(session, BucketsQuery(max_buckets=1))
    return "buckets can be listed"


def _execution_role(identity: Identity) -> Finding:
    role, source = identity.execution_role_arn, identity.execution_role_source
    if role is None or source is None:
        hint = "Name a role in each spec, or set SmextApp.execution_role_arn."
        return Finding("execution role", "warn", "none known", hint)
    detail = f"{role} ({source.value.replace('_', ' ')})"
    if identity.role_path_guessed:
        hint = "Derived from the session, which does not tell a role's path. If the role has one, name it in full."
        return Finding("execution role", "warn", detail, hint)
    return Finding("execution role", "ok", detail)
