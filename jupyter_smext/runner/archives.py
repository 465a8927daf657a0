"""tar.gz archives, written and read with constant memory."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Sequence
from pathlib import Path


def pack(folders: Sequence[Path], archive: Path) -> None:
    """Write the content of ``folders`` as one tree; of equal names the first folder's file wins.

    The same content gives the same bytes: names are sorted, and owners and the time of packing are left out.
    """
    names: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            names.setdefault(path.relative_to(folder).as_posix(), path)
    with (
        archive.open("wb") as stream,
        gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0, compresslevel=6) as compressed,
        tarfile.open(fileobj=compressed, mode="w|") as tar,
    ):
        for name in sorted(names):
            tar.add(names[name], name, recursive=False, filter=_without_owner)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar file, compressed or not, into ``folder``.

    Raises tarfile.TarError for a file that is no archive, or that holds something other than files, folders and links
    inside ``folder``. Python's own "data" filter is not in every 3.10 and 3.11.
    """
    root = folder.resolve()
    with tarfile.open(archive) as tar:
        tar.extraction_filter = lambda member, path: member
        for member in tar:
            place = (root / member.name).resolve()
            # A symbolic link is relative to its own folder, a hard link to the root of the archive.
            target = ((place.parent if member.issym() else root) / member.linkname).resolve()
            if not (place.is_relative_to(root) and (target.is_relative_to(root) or not member.linkname)):
                raise tarfile.TarError(f"the archive's member {member.name!r} leads out of its folder")
            if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
                raise tarfile.TarError(f"the archive's member {member.name!r} is neither file, folder nor link")
            # So that the next unpacking, and the removal, can write to it.
            member.mode |= 0o700 if member.isdir() else 0o600
            tar.extract(member, root, set_attrs=not member.isdir())


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
