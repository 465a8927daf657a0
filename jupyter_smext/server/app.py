"""The server extension: its settings, its routes, and the lifetime of what it owns."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import IOLoop
from traitlets import Bool, Float, Int, Unicode

from .admin_policy import AdminPolicyKeeper
from .routes import handlers
from .s3_transfers import resume_transfers, root_of
from .watch import close_watcher

if TYPE_CHECKING:
    from ..aws.session import AwsSession
    from .tasks import Task, TaskRegistry

EVENTS = Path(__file__).parent / "events"


class SmextApp(ExtensionApp):
    """Amazon SageMaker inside JupyterLab."""

    name = "jupyter_smext"
    app_name = "Amazon SageMaker"
    load_other_extensions = True

    region = Unicode(
        None,
        allow_none=True,
        config=True,
        help="AWS region of all calls. None: what the environment says (AWS_REGION, the profile, the Studio space).",
    )
    profile = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Named profile of the AWS configuration. None: what the environment says.",
    )
    endpoint_url = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Address that stands in for AWS, for example a sandbox. None: AWS_ENDPOINT_URL, or AWS itself.",
    )
    execution_role_arn = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Role that jobs run as. None: the role of the Studio space, of the SDK's defaults file, or of the caller.",
    )
    max_workers = Int(
        16, min=1, max=256, config=True, help="Calls to AWS that are under way at once, 1 to 256; each takes a thread."
    )
    max_tasks = Int(4, min=1, max=64, config=True, help="Long operations that run at once, 1 to 64; others wait.")
    max_launch_cost_usd = Float(
        None,
        allow_none=True,
        config=True,
        help="The most that one launch may cost at worst, in USD; a dearer one, or one of unknown price, is refused. "
        "None: no limit.",
    )
    admin_policy = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Path or s3:// URI of the administrator's policy. None: JUPYTER_SMEXT_ADMIN_POLICY, or the file that the "
        "tag jupyter-smext:policy of the Studio domain names.",
    )
    start_sandbox = Bool(
        False,
        config=True,
        help="Start the embedded sandbox with the server and talk to it instead of AWS. Needs jupyter-smext[sandbox].",
    )
    sandbox_state_dir = Unicode(
        None,
        allow_none=True,
        config=True,
        help="Folder that keeps the sandbox's state between runs. None: the state goes with the server.",
    )

    sandbox_enforce_iam = Bool(
        False,
        config=True,
        help="Let the policies of callers and roles decide in the sandbox, as at AWS. False: everything is allowed.",
    )

    def initialize(self) -> None:  # type: ignore[override]  # ExtensionApp takes no arguments either
        super().initialize()  # type: ignore[no-untyped-call]
        self._aws: AwsSession | None = None
        self._tasks: TaskRegistry | None = None
        self.admin = AdminPolicyKeeper(self)
        self._sandbox: Any = None
        for schema in sorted(EVENTS.glob("*.yaml")):
            self._server.event_logger.register_event_schema(schema)

    def initialize_settings(self) -> None:
        self.settings["jupyter_smext"] = self
        if self.start_sandbox:
            self._start_sandbox()

    def initialize_handlers(self) -> None:
        self.handlers.extend(handlers())
        # When the loop runs: a server that only starts loads nothing of this.
        IOLoop.current().add_callback(resume_transfers, self, root_of(self.settings))

    @property
    def _server(self) -> Any:
        return self.serverapp

    @property
    def aws(self) -> AwsSession:
        """The session; made at the first use, so that a server start does not import boto3."""
        if self._aws is None:
            from ..aws.session import AwsSession

            self._aws = AwsSession(
                profile=self.profile,
                region=self.region,
                endpoint_url=self.endpoint_url,
                execution_role_arn=self.execution_role_arn,
                max_workers=self.max_workers,
            )
        return self._aws

    @property
    def tasks(self) -> TaskRegistry:
        if self._tasks is None:
            from .tasks import TaskRegistry

            self._tasks = TaskRegistry(self._emit_task, asyncio.get_running_loop(), max_workers=self.max_tasks)
        return self._tasks

    def _start_sandbox(self) -> None:
        """Takes 2 to 3 seconds of the server's start: kernels that start later must find it in their environment."""
        from ..sandbox import Sandbox, SandboxConfig

        state_dir = Path(self.sandbox_state_dir) if self.sandbox_state_dir else None
        self._sandbox = Sandbox(SandboxConfig(state_dir=state_dir, enforce_iam=self.sandbox_enforce_iam))
        info = self._sandbox.start()
        os.environ.update(info.env)
        self.log.info("The sandbox stands in for AWS at %s", info.endpoint_url)

    def _emit_task(self, task: Task) -> None:
        from .tasks import EVENT_SCHEMA_ID

        self.emit(EVENT_SCHEMA_ID, {
            "id": task.id, "kind": task.kind, "state": task.state.value, "done": task.done, "total": task.total,
        })  # fmt: skip

    def emit(self, schema_id: str, data: dict[str, Any]) -> None:
        """Push an event to whoever listens; a listener that fails must not fail the work."""
        try:
            self._server.event_logger.emit(schema_id=schema_id, data=data)
        except Exception:
            self.log.exception("Could not emit an event of %s", schema_id)

    async def stop_extension(self) -> None:
        await close_watcher(self.settings)
        if self._tasks is not None:
            self._tasks.close()
        if self._aws is not None:
            self._aws.close()
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.stop)
