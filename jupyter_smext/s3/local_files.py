"""Files of this machine on their way to and from S3: where they may lie, which there are, and how a new one appears."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Interrupted
from .conflicts import Exists

_PARTIAL = (".smext-", ".part")


def confine(root: Path, path: str) -> Path:
    """The file or folder ``path`` of the Jupyter file browser, which may not exist yet.

    Raises `InvalidRequest` where it lies outside of the server's root, also by way of a symbolic link.
    """
    root = root.resolve()
    if "\x00" not in path:
        resolved = (root / path.lstrip("/")).resolve()
        if resolved.is_relative_to(root):
            return resolved
    raise SmextError(
        ErrorCode.INVALID_REQUEST, f"{path!r} lies outside of the server's files.", hint="Choose a path in the browser."
    )


def files_below(folder: Path, boundary: Path | None = None) -> Iterator[tuple[str, Path]]:
    """Every file below ``folder``: its path relative to the folder, with `/`, and the file.

    Links to folders are not followed, so there are no circles; links to files are, unless they lead out of
    ``boundary``. Sockets, devices and broken links are left out.
    """
    edge = boundary.resolve() if boundary else None
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        with os.scandir(current) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file() and not (
                    edge and entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(edge)
                ):
                    path = Path(entry.path)
                    yield path.relative_to(folder).as_posix(), path


def path_below(folder: Path, relative: str) -> Path | None:
    """Where the key's rest ``relative`` comes to lie below ``folder``; None where no file system can tell it apart.

    That is so for `..`, `.`, empty parts (`a//b`), NUL, and names of more than 255 bytes.
    """
    parts = relative.split("/")
    if any(part in ("", ".", "..") or "\x00" in part or len(os.fsencode(part)) > 255 for part in parts):
        return None
    return folder.joinpath(*PurePosixPath(relative).parts)


def is_partial(name: str) -> bool:
    """Whether a file is one of ours that is not whole, perhaps left by a server that was killed."""
    return name.startswith(_PARTIAL[0]) and name.endswith(_PARTIAL[1])


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(2**20):
            digest.update(data)
    return digest.hexdigest()


class NewFile:
    """A file that gets its final name when it is whole: use as a context manager, `commit` inside.

    Until then it is ``partial``, and ``file`` is its descriptor.

    Raises `Conflict` at the commit where the name is taken and ``overwrite`` is False. Whatever happens before
    leaves nothing behind, but a file that was taken up stays where the process ends (`Interrupted`).
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self.path, self.overwrite = path, overwrite
        self.partial = path.with_name(f"{_PARTIAL[0]}{uuid.uuid4().hex}{_PARTIAL[1]}")
        self.file: int = -1
        self._taken_up = False

    def __enter__(self) -> NewFile:
        if not self.overwrite and os.path.lexists(self.path):
            raise Exists(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = os.open(self.partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        return self

    def take_up(self) -> bool:
        """Go on in what an earlier attempt at this file left, perhaps nothing; False where somebody is at it now."""
        partial = _part_of(self.path)
        file = _open_alone(partial)
        if file is None:
            return False
        os.close(self.file)
        self.partial.unlink()
        self.partial, self.file, self._taken_up = partial, file, True
        return True

    def reserve(self, size: int, there: int = 0) -> None:
        """Raise `TooLarge` where the disk cannot hold ``size`` bytes, of which some may be there, before any comes."""
        free = shutil.disk_usage(self.path.parent).free
        if size - there > free:
            raise SmextError(
                ErrorCode.TOO_LARGE,
                f"{self.path} would have {size:,} bytes, and {free:,} are free.",
                hint="Free some space, or choose another disk.",
            )

    def write_at(self, position: int, data: bytes) -> None:
        """Safe from several threads."""
        view = memoryview(data)
        while view:
            written = os.pwrite(self.file, view, position)
            view, position = view[written:], position + written

    def commit(self, modified: datetime | None = None, *, durable: bool = False) -> None:
        """Give the file its name, and the time of modification where one is given.

        ``durable``: its content outlives a power cut from here on. That takes as long as the disk does, so it is for
        what exists nowhere else.
        """
        if durable:
            os.fsync(self.file)
        if modified is not None:
            os.utime(self.file, (time.time(), modified.timestamp()))
        if self.overwrite:
            self.partial.replace(self.path)
            return
        try:
            os.link(self.partial, self.path)  # unlike a rename, a link never replaces what is there
        except FileExistsError as error:
            raise Exists(self.path) from error
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
                raise
            if os.path.lexists(self.path):  # a file system without hard links
                raise Exists(self.path) from error
            self.partial.rename(self.path)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not (self._taken_up and isinstance(error, Interrupted)):
            # Before its lock goes: nobody may take up what has got its final name.
            self.partial.unlink(missing_ok=True)
        if self.file >= 0:
            os.close(self.file)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise SmextError(
                ErrorCode.TOO_LARGE,
                f"No space is left for {self.path}.",
                hint="Free some space, or choose another disk.",
            ) from error


def drop_part(path: Path) -> None:
    """Remove what an earlier attempt at a file left, unless somebody is at it now."""
    partial = _part_of(path)
    if partial.exists() and (file := _open_alone(partial)) is not None:
        partial.unlink(missing_ok=True)
        os.close(file)


def _part_of(path: Path) -> Path:
    """Where every attempt at a large file gathers what arrives."""
    name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]
    return path.with_name(f"{_PARTIAL[0]}{name}{_PARTIAL[1]}")


def _open_alone(path: Path) -> int | None:
    """Open a file, made where there is none, for nobody else; None where somebody has it, or no lock can be had."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            about = os.fstat(file)
            if os.path.samestat(about, path.stat()):
                if about.st_nlink == 1:
                    return file
                path.unlink()  # it has got its final name, and whoever gave it was killed then
        except FileNotFoundError:
            pass  # whoever had it has given it its final name
        except OSError:
            os.close(file)
            return None
        os.close(file)
