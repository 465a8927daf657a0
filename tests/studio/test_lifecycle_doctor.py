"""What the log of a start is said to mean, from lines as bash, pip, boto3 and our own script write them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.studio.lifecycle.doctor import LOG_GROUP, doctor, explain
from jupyter_smext.studio.lifecycle.targets import Target, settled

OURS = "jupyter-smext 0.1.0: "


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (OURS + "installed jupyter_smext, regex in 9 s (image 4.4.1, JupyterLab 4.5.10, Python 3.12)", "Installed"),
        (OURS + "already installed: 0.1.0", "AlreadyInstalled"),
        (OURS + "skipped: this is a Unified Studio project, which manages its own JupyterLab", "Skipped"),
        (OURS + "skipped: the image has jupyterlab 4.3.7; this needs 4.4 or later and below 5", "Skipped"),
        (OURS + "not installed: gave up after 120 s", "S3TooSlow"),
        (OURS + 'not installed, JupyterLab starts without the panel: ReadTimeoutError: Read timeout on endpoint URL: '
         '"https://s3.eu-central-1.amazonaws.com"', "S3TooSlow"),
        (OURS + 'not installed, JupyterLab starts without the panel: ConnectTimeoutError: Connect timeout on endpoint '
         'URL: "https://s3.eu-central-1.amazonaws.com"', "S3TooSlow"),
        (OURS + "not installed, JupyterLab starts without the panel: ClientError: An error occurred (AccessDenied) when "
         "calling the GetObject operation: Access Denied", "S3Denied"),
        (OURS + "not installed, JupyterLab starts without the panel: NoSuchKey: An error occurred (NoSuchKey) when "
         "calling the GetObject operation", "WheelsGone"),
        (OURS + "not installed, JupyterLab starts without the panel: OSError: [Errno 28] No space left on device",
         "NoSpace"),
        (OURS + "not installed, JupyterLab starts without the panel: ValueError: jupyter_smext-0.1.0-py3-none-any.whl "
         "does not have the SHA-256 that it should have", "WrongHash"),
        (OURS + "not installed, JupyterLab starts without the panel: RuntimeError: pip install: something", "NotInstalled"),
        ("/opt/ml/lifecycleconfig/lifecycle_script.sh: line 2: $'\\r': command not found", "CrLf"),
        ("exec: /bin/bash^M: bad interpreter: No such file or directory", "CrLf"),
    ],
)  # fmt: skip
def test_a_line_is_explained(line: str, code: str) -> None:
    found = explain(line)
    assert found is not None
    assert (found.code, found.line) == (code, line)


def test_a_line_of_others_tells_nothing() -> None:
    assert explain("Collecting autostop") is None
    assert explain("+ pip install jupyterlab-lsp") is None


@pytest.fixture
def make_space(sandbox_session: AwsSession, domain_id: str) -> Callable[[], str]:
    def make() -> str:
        name = f"space-{uuid.uuid4().hex[:8]}"
        sm = sandbox_session.client("sagemaker")
        owner = sm.list_user_profiles(DomainIdEquals=domain_id)["UserProfiles"][0]["UserProfileName"]
        sm.create_space(
            DomainId=domain_id,
            SpaceName=name,
            OwnershipSettings={"OwnerUserProfileName": owner},
            SpaceSharingSettings={"SharingType": "Private"},
            SpaceSettings={"AppType": "JupyterLab"},
        )
        settled(sandbox_session, Target("space", domain_id, name))
        return name

    return make


def log(session: AwsSession, domain_id: str, space: str, *lines: tuple[float, str]) -> None:
    """Write lines as CloudWatch gets them from Studio; each with its age in seconds."""
    logs = session.client("logs")
    stream = f"{domain_id}/{space}/JupyterLab/default/LifecycleConfigOnStart"
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
    now = time.time()
    events = [{"timestamp": int((now - age) * 1000), "message": text} for age, text in lines]
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events)


def test_only_the_last_start_counts(
    sandbox_session: AwsSession, domain_id: str, make_space: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    space = make_space()
    log(
        sandbox_session,
        domain_id,
        space,
        (
            7200,
            OURS + "not installed, JupyterLab starts without the panel: OSError: [Errno 28] No space left on device",
        ),
        (5, "something of another script"),
        (3, OURS + "installed jupyter_smext in 9 s (image 4.4.1, JupyterLab 4.5.10, Python 3.12)"),
    )
    report = doctor(sandbox_session, domain_id, space)
    assert [each.code for each in report.diagnoses] == ["Installed"]
    assert len(report.log_lines) == 2
    assert main(["lifecycle", "doctor", "--domain", domain_id, "--space", space]) == 0
    assert "The panel was installed at this start." in capsys.readouterr().out


def test_a_failure_is_told_by_the_exit_code_too(
    sandbox_session: AwsSession, domain_id: str, make_space: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    space = make_space()
    log(sandbox_session, domain_id, space, (1, OURS + "not installed: gave up after 120 s"))
    assert main(["lifecycle", "doctor", "--domain", domain_id, "--space", space, "--json"]) == 1
    assert "S3TooSlow" in capsys.readouterr().out


def test_a_space_that_never_logged_is_unknown(
    sandbox_session: AwsSession, domain_id: str, make_space: Callable[[], str]
) -> None:
    report = doctor(sandbox_session, domain_id, make_space())
    assert [each.code for each in report.diagnoses] == ["NoLog"]
    assert report.app_status is None


def test_a_log_of_others_says_so(sandbox_session: AwsSession, domain_id: str, make_space: Callable[[], str]) -> None:
    space = make_space()
    log(sandbox_session, domain_id, space, (1, "Fetching the autostop script"))
    assert [each.code for each in doctor(sandbox_session, domain_id, space).diagnoses] == ["NotOurs"]


def test_an_unknown_space_is_not_found(sandbox_session: AwsSession, domain_id: str) -> None:
    with pytest.raises(SmextError) as caught:
        doctor(sandbox_session, domain_id, "nowhere")
    assert caught.value.code is ErrorCode.NOT_FOUND
