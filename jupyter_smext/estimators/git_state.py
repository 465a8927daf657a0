"""Which commit the source came from, where it lies in a git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .models import GitState, SourceCode

_TIMEOUT_SECONDS = 10


def git_state(folder: Path) -> GitState | None:
    """The commit, whether files were changed since, and the remote; None outside of a repository or without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    changes = _git(folder, "status", "--porcelain", "--", ".")
    return GitState(
        commit=commit, dirty=bool(changes), remote=_without_password(_git(folder, "remote", "get-url", "origin"))
    )


def source_state(source: SourceCode, tree: Path) -> GitState | None:
    """Of a source whose relative paths start at ``tree``: the spec's folder, or the checkout of its repository."""
    state = git_state(tree)
    return state.model_copy(update={"remote": source.git.repository}) if state and source.git else state


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _without_password(remote: str | None) -> str | None:
    """A remote may carry a token: ``https://user:token@host/path``."""
    if remote and "://" in remote and "@" in remote:
        scheme, rest = remote.split("://", 1)
        return f"{scheme}://{rest.split('@', 1)[1]}"
    return remote or None
