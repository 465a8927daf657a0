"""``jupyter smext sandbox``: SageMaker on this machine."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "sandbox",
        help="run SageMaker on this machine",
        description="Runs an AWS-shaped endpoint on loopback, on which training jobs and endpoints really run. When it "
        "is ready it prints one line of JSON with its address, its role, its bucket and the environment of a client.",
    )
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (a free one when left out)")
    parser.add_argument(
        "--state-dir", type=Path, help="keep everything in this folder over a restart (a temporary one when left out)"
    )
    parser.add_argument("--region", default="us-east-1", help="region of the environment that is handed out")
    parser.add_argument("--job-slots", type=int, default=2, help="training jobs that run at a time (default: 2)")
    parser.add_argument(
        "--stop-grace",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="time between SIGTERM and SIGKILL for a job that is stopped (default: 120, as at AWS)",
    )
    parser.add_argument(
        "--studio-time-scale",
        type=float,
        default=0.02,
        metavar="FACTOR",
        help="of the time that domains, spaces and apps of Studio take at AWS (default: 0.02, 4 s for a domain)",
    )
    parser.add_argument(
        "--enforce-iam",
        action="store_true",
        help="let the policies of callers, execution roles and buckets decide, as at AWS",
    )
    parser.set_defaults(run=run)

    commands = parser.add_subparsers(metavar="COMMAND")
    env = commands.add_parser(
        "env",
        help="print the environment of a running sandbox as export lines",
        description='Prints export lines for a shell: eval "$(jupyter smext sandbox env)"',
    )
    env.add_argument(
        "--state-dir",
        # Without this the parser would overwrite an option given before the word "env".
        default=argparse.SUPPRESS,
        type=Path,
        help="of the sandbox (the only one that this user runs when left out)",
    )
    env.set_defaults(run=run_env)


def run(args: argparse.Namespace) -> int:
    from jupyter_smext.sandbox.config import SandboxConfig
    from jupyter_smext.sandbox.run import SandboxError, exit_now, print_ready, run_until_signal

    if args.job_slots < 1 or args.stop_grace < 0 or args.studio_time_scale < 0:
        print("--job-slots must be at least 1; --stop-grace and --studio-time-scale not negative", file=sys.stderr)
        return 2
    config = SandboxConfig(
        port=args.port,
        state_dir=args.state_dir,
        region=args.region,
        job_slots=args.job_slots,
        stop_grace_seconds=args.stop_grace,
        studio_time_scale=args.studio_time_scale,
        enforce_iam=args.enforce_iam,
    )
    try:
        run_until_signal(config, print_ready)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    return exit_now(0)


def run_env(args: argparse.Namespace) -> int:
    from jupyter_smext.sandbox.running import NoSandbox, find_sandbox

    try:
        info = find_sandbox(args.state_dir)
    except NoSandbox as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in info.env.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return port
