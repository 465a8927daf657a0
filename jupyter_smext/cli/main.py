"""Entry point of ``jupyter smext``: finds the command's module, runs it, and words what goes wrong.

Exit codes: 0 done, 1 the operation failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from .. import __version__

# Command -> module of this package that defines it. Only the module of the command given is imported.
COMMANDS = {
    "demo": "demo",
    "sandbox": "sandbox",
    "s3": "s3",
    "spec": "spec",
    "preflight": "preflight",
    "price": "price",
    "launch": "launch",
    "jobs": "jobs",
    "endpoints": "endpoints",
    "iam": "iam",
    "studio": "studio",
    "lifecycle": "lifecycle",
    "doctor": "doctor",
}


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser with all commands, or with one of them only (importing one is faster than importing all)."""
    parser = argparse.ArgumentParser(
        prog="jupyter smext",
        description="Amazon SageMaker from the terminal. AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL choose the far end.",
    )
    parser.add_argument("--version", action="version", version=f"jupyter-smext {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [only] if only else list(COMMANDS):
        importlib.import_module(f"jupyter_smext.cli.{COMMANDS[name]}").add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    only = given[0] if given and given[0] in COMMANDS else None
    try:
        parsed = build_parser(only).parse_args(given)
    except SystemExit as exit:  # argparse ends the process itself; as a function we return its code
        return exit.code if isinstance(exit.code, int) else 2
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) went away: not our failure. Point stdout elsewhere so that the exit flush is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from ..aws.errors import ErrorCode, from_aws

        mapped = from_aws(error).envelope
        if mapped.code is ErrorCode.INTERNAL and os.environ.get("SMEXT_DEBUG"):
            raise
        print(f"{mapped.code.value}: {mapped.message}", file=sys.stderr)
        if mapped.hint:
            print(mapped.hint, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
