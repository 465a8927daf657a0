"""The help below tracebacks: in a shell of IPython, against the sandbox."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, WaiterError
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config as ShellConfig

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.notebook import explain
from jupyter_smext.notebook.explain.chain import failure_in
from jupyter_smext.notebook.explain.help import Help, help_for
from jupyter_smext.notebook.explain.output import MIME_TYPE, mime_bundle
from jupyter_smext.sandbox import SandboxInfo

DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/SomeRole/me is not authorized to perform: s3:ListBucket on "
    'resource: "arn:aws:s3:::their-bucket" because no identity-based policy allows the s3:ListBucket action'
)


class Shell:
    """An IPython shell that keeps what is displayed."""

    def __init__(self) -> None:
        InteractiveShell.clear_instance()
        config = ShellConfig()
        config.HistoryManager.enabled = False
        self.ipython = InteractiveShell.instance(config=config)
        self.ipython.display_pub = CapturingDisplayPublisher()
        self.tracebacks: list[str] = []
        self.ipython._showtraceback = lambda kind, value, lines: self.tracebacks.append(kind.__name__)

    def run(self, code: str) -> dict[str, Any] | None:
        """The help that a cell shows; None where it shows none."""
        outputs = self.ipython.display_pub.outputs
        outputs.clear()
        self.ipython.run_cell(code)
        return outputs[0]["data"][MIME_TYPE] if outputs else None


@pytest.fixture
def shell() -> Iterator[Shell]:
    made = Shell()
    explain.enable(made.ipython)
    yield made
    InteractiveShell.clear_instance()


def refused(code: str, message: str, operation: str = "ListObjectsV2", **metadata: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, operation)


def helped(error: BaseException) -> Help:
    failure = failure_in(error)
    assert failure is not None
    found = help_for(failure)
    assert found is not None
    return found


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def test_a_missing_key_is_explained_below_its_traceback(shell: Shell, sandbox: SandboxInfo) -> None:
    found = shell.run(f"import boto3\nboto3.client('s3').get_object(Bucket={sandbox.bucket!r}, Key='data/no-such.csv')")
    assert shell.tracebacks == ["NoSuchKey"]
    assert found is not None
    assert found["code"] == "NotFound"
    assert found["operation"] == "GetObject"
    assert found["resource"] == f"arn:aws:s3:::{sandbox.bucket}/data/no-such.csv"
    assert found["region"] == "us-east-1"


def test_what_is_no_error_of_aws_has_the_traceback_only(shell: Shell) -> None:
    assert shell.run("x = 1") is None
    assert shell.run("{}['no']") is None
    assert shell.run("open('/no/such/file')") is None
    assert shell.run("syntax error") is None
    assert shell.tracebacks[:2] == ["KeyError", "FileNotFoundError"]


def test_it_can_be_switched_off_and_on(shell: Shell) -> None:
    cell = "from botocore.exceptions import NoCredentialsError\nraise NoCredentialsError()"
    assert shell.run(cell) is not None
    shell.run("%sm_explain off")
    assert shell.run(cell) is None
    shell.run("%sm_explain on")
    explain.enable(shell.ipython)
    assert shell.run(cell) is not None
    assert len(shell.ipython.display_pub.outputs) == 1
    explain.disable(shell.ipython)
    explain.disable(shell.ipython)
    assert shell.run(cell) is None
    assert shell.tracebacks == ["NoCredentialsError"] * 4


def test_a_mistake_of_the_help_itself_is_not_shown(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(failure: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("jupyter_smext.notebook.explain.help.help_for", broken)
    assert shell.run("from botocore.exceptions import NoCredentialsError\nraise NoCredentialsError()") is None
    assert shell.tracebacks == ["NoCredentialsError"]


def test_a_refusal_says_who_what_and_on_what() -> None:
    found = helped(raised(refused("AccessDenied", DENIED)))
    assert (found.code, found.title) == ("AccessDenied", "Access denied")
    assert found.principal == "arn:aws:sts::123456789012:assumed-role/SomeRole/me"
    assert (found.action, found.resource) == ("s3:ListBucket", "arn:aws:s3:::their-bucket")
    assert "no identity policy allows it" in found.explanation
    assert found.steps
    assert "troubleshoot-403" in str(found.docs)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("NoSuchBucket", "The specified bucket does not exist"), "NotFound"),
        (refused("ExpiredToken", "The provided token has expired."), "CredentialsExpired"),
        (refused("InvalidClientTokenId", "The security token included in the request is invalid."), "CredentialsMissing"),
        (NoCredentialsError(), "CredentialsMissing"),
        (EndpointConnectionError(endpoint_url="https://s3.eu-west-9.amazonaws.com/"), "Network"),
        (refused("ThrottlingException", "Rate exceeded", "DescribeTrainingJob"), "Throttled"),
        (
            refused(
                "ResourceLimitExceeded",
                "The account-level service limit 'ml.p3.2xlarge for training job usage' is 0 Instances, with current "
                "utilization of 0 Instances and a request delta of 1 Instances.",
                "CreateTrainingJob",
            ),
            "QuotaExceeded",
        ),
        (
            refused("PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint."),
            "WrongRegion",
        ),
        (
            refused("ValidationException", "Could not assume role arn:aws:iam::123456789012:role/Gone. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.", "CreateTrainingJob"),
            "AccessDenied",
        ),
        (refused("InsufficientInstanceCapacity", "There is insufficient capacity for ml.p5.48xlarge."), "NoCapacity"),
        (OSError("When listing objects: AWS Error ACCESS_DENIED during ListObjectsV2 operation: Access Denied"), "AccessDenied"),
    ],
)  # fmt: skip
def test_kinds_of_errors(error: Exception, code: str) -> None:
    found = helped(raised(error))
    assert found.code == code
    assert found.explanation
    assert found.steps


def test_a_quota_leads_to_where_more_is_requested(sandbox: SandboxInfo) -> None:
    found = helped(raised(refused("ResourceLimitExceeded", "The account-level service limit is 0.", "CreateEndpoint")))
    assert found.quotas == "https://console.aws.amazon.com/servicequotas/home/services/sagemaker/quotas"


def test_a_bucket_elsewhere_says_where() -> None:
    error = refused("301", "Moved Permanently", "HeadBucket", HTTPStatusCode=301,
                    HTTPHeaders={"x-amz-bucket-region": "eu-west-1"})  # fmt: skip
    assert helped(raised(error)).steps == ["Make the client with region_name='eu-west-1': there the bucket is."]


def test_the_reason_is_found_behind_what_wraps_it() -> None:
    wrapped = raised(PermissionError("Forbidden"), refused("AccessDenied", DENIED))
    assert helped(wrapped).action == "s3:ListBucket"
    assert "before the error that ended the cell" not in helped(wrapped).explanation


def test_an_error_that_another_hides_is_called_the_earlier_one(shell: Shell) -> None:
    shell.ipython.user_ns["refusal"] = refused("AccessDenied", DENIED)
    cell = "try:\n    raise refusal\nexcept Exception:\n    raise KeyError('column')"
    found = shell.run(cell)
    assert found is not None
    assert "before the error that ended the cell" in found["explanation"]
    assert shell.run(f"{cell} from None") is None
    assert shell.tracebacks == ["KeyError", "KeyError"]


def test_an_upload_names_the_object_that_was_refused(sandbox: SandboxInfo, tmp_path: Any) -> None:
    (tmp_path / "a.csv").write_text("1")
    with pytest.raises(S3UploadFailedError) as refusal:
        boto3.client("s3").upload_file(str(tmp_path / "a.csv"), "no-such-bucket-here", "data/a.csv")
    found = helped(refusal.value)
    assert found.code == "NotFound"
    assert "before the error" not in found.explanation


def test_no_help_where_aws_words_say_all() -> None:
    failure = failure_in(raised(refused("ValidationException", "1 validation error detected: Value '' at 'x'")))
    assert failure is not None
    assert help_for(failure) is None


def test_a_failed_job_of_sdk_v2_has_its_name_and_reason() -> None:
    module = type(sys)("sagemaker.exceptions")
    exec(
        "class UnexpectedStatusException(ValueError):\n    def __init__(self, message): super().__init__(message)\n",
        module.__dict__,
    )
    message = (
        "Error for Training job penguins-2026: Failed. Reason: AlgorithmError: ExecuteUserScriptError:\n"
        'ExitCode 1\nErrorMessage "KeyError: species". Check troubleshooting guide for common errors: https://docs.aws'
    )
    found = helped(raised(module.UnexpectedStatusException(message)))
    assert (found.code, found.title) == ("Failed", "The training job failed")
    assert found.failed is not None
    assert found.failed.name == "penguins-2026"
    assert str(found.failed.reason).startswith("AlgorithmError")
    assert str(found.failed.reason).endswith('species"')


def test_a_waiter_of_boto3_keeps_what_failed() -> None:
    response = {"EndpointName": "asks", "EndpointStatus": "Failed", "FailureReason": "CapacityError: Unable to provision requested ML compute capacity."}  # fmt: skip
    found = helped(raised(WaiterError("EndpointInService", "Waiter encountered a terminal failure state", response)))
    assert found.failed is not None
    assert (found.failed.kind, found.failed.name) == ("endpoint", "asks")
    assert found.code == "NoCapacity"


def test_our_own_errors_keep_their_hint() -> None:
    error = SmextError(ErrorCode.INVALID_REQUEST, "The Estimator has no role.", hint="Give it role=.")
    assert helped(raised(error)).steps == ["Give it role=."]


def test_no_secret_reaches_the_output() -> None:
    url = (
        "https://data.s3.amazonaws.com/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026"
        "&X-Amz-Security-Token=FwoGZXIvYXdzEJr%2F&X-Amz-Signature=0123456789abcdef"
    )
    found = helped(raised(EndpointConnectionError(endpoint_url=url)))
    told = str(mime_bundle(found))
    assert "data.s3.amazonaws.com" in told
    for secret in ("AKIAIOSFODNN7EXAMPLE", "FwoGZXIvYXdzEJr", "0123456789abcdef"):
        assert secret not in told
    error = refused(
        "AccessDenied", "key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY of https://me:hunter2@host was refused"
    )
    told = str(mime_bundle(helped(raised(error))))
    assert "wJalr" not in told
    assert "hunter2" not in told


def test_the_output_is_readable_without_the_panel() -> None:
    bundle = mime_bundle(helped(raised(refused("AccessDenied", DENIED.replace("their", "<b>their")))))
    assert "Access denied" in bundle["text/plain"]
    assert "<b>their" not in bundle["text/html"]
    assert "&lt;b&gt;their" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_aws_is_not_asked(shell: Shell, sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}))
    calls: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: calls.append(request.url))
    shell.ipython.user_ns["s3"] = client
    assert shell.run("s3.list_objects_v2(Bucket='no-such-bucket-here')") is not None
    assert len(calls) == 1
