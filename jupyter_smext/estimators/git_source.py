"""What lies in a git repository: only the one commit that is asked for is fetched.

git itself signs in, with its credential helper or an SSH agent: no name and no password passes through a spec, and none
is asked for, since nobody sits at the server's terminal.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError
from .models import SourceCode

_TIMEOUT_SECONDS = 120


@contextmanager
def source_tree(source: SourceCode, folder: Path) -> Iterator[Path]:
    """The folder where a source's relative paths start: the spec's own, or a checkout that goes with the block.

    Raises `InvalidRequest` where git cannot fetch it.
    """
    if source.git is None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="smext-git-") as checkout:
        fetch(source.git.repository, source.git.commit or source.git.branch or "HEAD", Path(checkout))
        yield Path(checkout)


def fetch(repository: str, reference: str, folder: Path, *, timeout_seconds: int = _TIMEOUT_SECONDS) -> None:
    """Make a folder the checkout of one commit, which a branch, a tag or its hash names; nothing else is fetched.

    An earlier checkout there may stay: only what differs is fetched. Raises `InvalidRequest` with git's own words,
    `Timeout`, or `NotSupported` where git is not installed.
    """
    _git(folder, timeout_seconds, "init", "--quiet")
    _git(folder, timeout_seconds, "fetch", "--quiet", "--depth", "1", "--no-tags", repository, reference)
    _git(folder, timeout_seconds, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")


def _git(folder: Path, timeout_seconds: int, *arguments: str) -> None:
    environment = {
        **os.environ,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
        "GIT_LFS_SKIP_SMUDGE": "1",
    }
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_seconds,
        )
    except FileNotFoundError as error:
        raise SmextError(ErrorCode.NOT_SUPPORTED, "git is not installed here, and this lies in git.") from error
    except subprocess.TimeoutExpired as error:
        raise SmextError(ErrorCode.TIMEOUT, f"git did not answer within {timeout_seconds} s.") from error
    if done.returncode:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"The repository could not be fetched: git {arguments[0]} says {_without_credentials(done.stderr.strip())}",
            hint="Check its address and reference, and that git on this machine can sign in without being asked.",
        )


def _without_credentials(text: str) -> str:
    """A rewritten address in git's own settings may carry them."""
    return re.sub(r"(\w+://)[^/@\s]*@", r"\1", text)
