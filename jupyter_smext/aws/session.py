"""One session with AWS: credentials, region, endpoint, clients, identity and the threads that calls run on."""

from __future__ import annotations

import asyncio
import functools
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, Protocol, TypeVar

import boto3
import botocore.session
from botocore.config import Config

from .. import __version__
from .errors import from_aws
from .models import Identity, RoleSource
from .sdk_defaults import SdkDefaults
from .studio_metadata import StudioMetadata, read_studio_metadata
from .timestamps import parse_timestamp

P = ParamSpec("P")
T = TypeVar("T")

# A session ARN names the role without its path: arn:aws:sts::111122223333:assumed-role/NAME/SESSION
_ASSUMED_ROLE = re.compile(r"^arn:(?P<partition>aws[\w-]*):sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)/")

SANDBOX_SERVER = "jupyter-smext-sandbox"


class Guard(Protocol):
    """Whoever may refuse a call before it is sent, by raising :class:`~jupyter_smext.aws.errors.SmextError`."""

    def require_call(self, service: str, operation: str, region: str, parameters: dict[str, Any]) -> None: ...

    def spec_defaults(self) -> dict[str, Any]:
        """What holds where nobody chooses, in the shape of a job's spec."""
        ...

    def template_sources(self) -> list[str]:
        """Where everybody finds specs to begin with."""
        ...


class AwsSession:
    """Makes every boto3 client that this process uses.

    Rooms take a session and call it from plain functions; faces that must not block use :meth:`run`.

    Parameters
    ----------
    profile, region, endpoint_url:
        As in boto3; None means "what the environment says".
    execution_role_arn:
        The role that jobs run as, where the user or the administrator named one.
    boto:
        A boto3 session to use instead of making one; ``profile`` and ``region`` are its own then.
    max_workers:
        Threads for AWS calls, and so the most calls under way at once.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        execution_role_arn: str | None = None,
        boto: Any = None,
        max_workers: int = 16,
    ) -> None:
        self.max_workers = max_workers
        self.metadata: StudioMetadata | None = read_studio_metadata()
        self.defaults = SdkDefaults.load()
        self._profile = profile
        self._region = region
        self._endpoint_url = endpoint_url
        self._execution_role_arn = execution_role_arn
        self._lock = threading.RLock()
        self._boto: Any = boto
        self._given_boto = boto is not None
        self._clients: dict[tuple[str, str], Any] = {}
        self._identity: Identity | None = None
        self._executor = ThreadPoolExecutor(max_workers, thread_name_prefix="smext-aws")
        self.guard: Guard | None = None

    @property
    def boto(self) -> Any:
        """The boto3 session behind; made at the first use."""
        with self._lock:
            if self._boto is None:
                self._boto = self._new_boto()
            return self._boto

    def _new_boto(self) -> Any:
        core = botocore.session.get_session()
        core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_timestamp)
        return boto3.Session(botocore_session=core, profile_name=self._profile, region_name=self._region)

    @property
    def region(self) -> str:
        """The region that calls go to: the one given, the environment's, or the one of this Studio space.

        Raises `NoRegionError` where none of them is known.
        """
        # boto3 reads AWS_DEFAULT_REGION only; AWS's other tools read AWS_REGION.
        region = self.boto.region_name or os.environ.get("AWS_REGION")
        region = region or (self.metadata.region if self.metadata else None)
        if not region:
            from botocore.exceptions import NoRegionError

            raise NoRegionError()
        return str(region)

    @property
    def endpoint_url(self) -> str | None:
        """The address that stands in for AWS, if any."""
        return self._endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or None

    def client(self, service: str, region: str | None = None) -> Any:
        """The shared, thread-safe client of a service, in our region unless another is named."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                client = self.boto.client(
                    service,
                    region_name=key[1],
                    endpoint_url=self._endpoint_url,
                    config=Config(
                        user_agent_extra=f"jupyter-smext/{__version__}",
                        retries={"mode": "standard", "max_attempts": 3},
                        connect_timeout=5,
                        read_timeout=60,
                        max_pool_connections=max(self.max_workers, 10),
                        # Only S3 reads it: custom endpoints (the sandbox, MinIO) have no name per bucket.
                        s3={"addressing_style": "path"} if self.endpoint_url else {},
                    ),
                )
                client.meta.events.register("before-parameter-build", functools.partial(self._guarded, key[1]))
                self._clients[key] = client
            return self._clients[key]

    def _guarded(self, region: str, *, params: dict[str, Any], model: Any, **_: Any) -> None:
        """A handler of botocore's events: every call of every client comes by, a signed address too."""
        self.require(model.service_model.service_name, model.name, params, region)

    def require(self, service: str, operation: str, parameters: dict[str, Any], region: str | None = None) -> None:
        """Raise what the guard would raise if this call were made."""
        if self.guard is not None:
            self.guard.require_call(service, operation, region or self.region, parameters)

    def prefer_execution_role(self, role_arn: str) -> None:
        """The role that jobs run as where no other was named at the start."""
        with self._lock:
            if self._execution_role_arn is None:
                self._execution_role_arn = role_arn
                self._identity = None

    def renew_credentials(self) -> None:
        """Take over credentials that somebody has written into a file since it was read.

        botocore reads its files once. Temporary credentials from elsewhere (single sign-on, a role, a container) it
        refreshes itself, so nothing is done for those. Clients are made anew: do not hold on to one.
        """
        with self._lock:
            if self._given_boto:
                return
            held = self.boto.get_credentials()
            if held is not None and held.method not in ("shared-credentials-file", "config-file"):
                return
            fresh = self._new_boto()
            found = fresh.get_credentials()
            if found and (held is None or found.get_frozen_credentials() != held.get_frozen_credentials()):
                self._boto, self._identity = fresh, None
                self._clients.clear()

    def supports(self, service: str, shape: str, member: str) -> bool:
        """Whether the installed botocore knows this member of a request: boto3 in the field spans 1.34 to 1.44."""
        try:
            return member in self.client(service).meta.service_model.shape_for(shape).members
        except Exception:
            return False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a blocking function on this session's threads.

        Whatever boto3 raises arrives as :class:`~jupyter_smext.aws.errors.SmextError`.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, functools.partial(_mapped, function, *args, **kwargs))

    def identity(self, *, refresh: bool = False) -> Identity:
        """Who we are. Asks STS once and remembers; permission: `sts:GetCallerIdentity`, which cannot be denied."""
        with self._lock:
            if refresh:
                self.renew_credentials()
            if self._identity is None or refresh:
                self._identity = self._ask_identity()
            return self._identity

    def _ask_identity(self) -> Identity:
        answer = self.client("sts").get_caller_identity()
        caller_arn, account = answer["Arn"], answer["Account"]
        role, source, guessed = self._execution_role(caller_arn)
        credentials = self.boto.get_credentials()
        server = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("server", "")
        metadata = self.metadata
        return Identity(
            account=account,
            caller_arn=caller_arn,
            user_id=answer["UserId"],
            region=self.region,
            execution_role_arn=role,
            execution_role_source=source,
            role_path_guessed=guessed,
            default_bucket=self.defaults.default_bucket or f"sagemaker-{self.region}-{account}",
            default_prefix=self.defaults.default_bucket_prefix,
            credentials_method=getattr(credentials, "method", None),
            profile=self._profile or os.environ.get("AWS_PROFILE"),
            endpoint_url=self.endpoint_url,
            sandbox=server.startswith(SANDBOX_SERVER),
            domain_id=metadata.domain_id if metadata else None,
            space_name=metadata.space_name if metadata else None,
            user_profile_name=metadata.user_profile_name if metadata else None,
        )

    def _execution_role(self, caller_arn: str) -> tuple[str | None, RoleSource | None, bool]:
        if self._execution_role_arn:
            return self._execution_role_arn, RoleSource.CONFIGURED, False
        if self.metadata and self.metadata.execution_role_arn:
            return self.metadata.execution_role_arn, RoleSource.STUDIO_METADATA, False
        if self.defaults.role_arn:
            return self.defaults.role_arn, RoleSource.SDK_DEFAULTS, False
        match = _ASSUMED_ROLE.match(caller_arn)
        if match:
            return (
                f"arn:{match['partition']}:iam::{match['account']}:role/{match['name']}",
                RoleSource.CALLER,
                True,
            )
        return None, None, False

    def close(self) -> None:
        """End the threads; calls under way are waited for by nobody."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _mapped(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    except Exception as error:
        raise from_aws(error) from error
