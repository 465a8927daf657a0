"""What is in a tar, tar.gz or zip object, and single members out of it, without unpacking it anywhere.

Archives come from anybody. Names that lead elsewhere, links and devices are listed with the reason why they stay
inside; an archive that would fill memory or time (a million members, a bomb of zeros) is refused as a whole.
"""

from __future__ import annotations

import io
import re
import tarfile
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, cast

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, Silent, check
from ..aws.session import AwsSession
from .local_files import NewFile, confine
from .models import ArchiveMember, ArchivePage, ArchiveSummary, ExtractRequest, MemberKind, ObjectReference
from .object_reader import ObjectReader
from .ranged_file import OverBudget, RangedFile

MOST_MEMBERS = 100_000
MOST_DIRECTORY = 24 * 2**20
MOST_TAR_HEADER = 2**20
CHUNK = 2**20
KEPT_INDEXES = 20

# Unpacked bytes for each packed one that no honest file reaches, once more than a little has come out.
BOMB_RATIO = 200
BOMB_FREE = 2**28

_indexes: OrderedDict[tuple[str, str, str], list[ArchiveMember]] = OrderedDict()
_indexes_lock = threading.Lock()


class Archive:
    """The members of one archive. `run` it on a thread; `page` may be asked at any time from any other."""

    def __init__(self, reference: ObjectReference) -> None:
        self._reference = reference
        self._members: list[ArchiveMember] = []
        self._complete = False

    def run(self, aws: AwsSession, progress: Progress) -> ArchiveSummary:
        """List all members; ``progress`` counts bytes of the object. Permission: `s3:GetObject`.

        A zip takes a few requests, a tar one for each large member, a tar.gz all of its bytes; what was listed once is
        remembered by the object's ETag.
        """
        reference = self._reference
        file = RangedFile(aws, reference.bucket, reference.key, version_id=reference.version_id)
        known = (reference.bucket, reference.key, file.etag or "")
        with _indexes_lock:
            members = _indexes.get(known)
        if members is None:
            for member in _members(aws, file, reference, progress):
                if len(self._members) == MOST_MEMBERS:
                    raise _refused(reference, f"it has more than {MOST_MEMBERS:,} members")
                self._members.append(member)
            with _indexes_lock:
                _indexes[known] = self._members
                while len(_indexes) > KEPT_INDEXES:
                    _indexes.popitem(last=False)
        else:
            self._members = members
        self._complete = True
        return ArchiveSummary(
            format=_format(file),
            members=len(self._members),
            bytes=sum(member.size for member in self._members),
            refused=sum(member.refused is not None for member in self._members),
        )

    def page(self, offset: int, limit: int) -> ArchivePage:
        return ArchivePage(
            members=self._members[offset : offset + limit], total=len(self._members), complete=self._complete
        )


def extract(aws: AwsSession, root: Path, request: ExtractRequest, progress: Progress) -> int:
    """Write one member to a file below ``root`` and return its size; ``progress`` counts its bytes.

    Raises `InvalidRequest` for a member that may not leave the archive, `NotFound` where there is none of the name.
    """
    path = confine(root, request.path)
    if path.is_dir():
        path = path / re.split(r"[/\\]", request.member.rstrip("/"))[-1]
    with (
        open_member(aws, request, request.member, progress) as (stream, member),
        NewFile(path, overwrite=request.overwrite) as new,
    ):
        new.reserve(member.size)
        done = 0
        while data := stream.read(CHUNK):
            check(progress)
            new.write_at(done, data)
            done += len(data)
            if done > member.size:
                raise _refused(request, f"{request.member!r} is larger than it says")
            progress.update(done, member.size)
        if done != member.size:
            raise _refused(request, f"{request.member!r} ends too early")
        new.commit()
    return done


@contextmanager
def open_member(
    aws: AwsSession, reference: ObjectReference, name: str, progress: Progress | None = None
) -> Iterator[tuple[IO[bytes], ArchiveMember]]:
    """Read one file of an archive from its beginning; of a tar.gz all before it is read, too."""
    file = RangedFile(aws, reference.bucket, reference.key, version_id=reference.version_id)
    with _as_refusal(reference):
        if _format(file) == "zip":
            with _zip(file) as archive:
                try:
                    info = archive.getinfo(name)
                except KeyError:
                    raise _no_member(reference, name) from None
                member = _zip_member(info)
                _check_member(reference, member)
                file.budget = None
                with archive.open(info) as stream:
                    yield stream, member
            return
        with _tar(aws, file, reference, progress or Silent()) as archive:
            for entry in archive:
                if entry.name == name:
                    member = _tar_member(entry)
                    _check_member(reference, member)
                    yield cast("IO[bytes]", archive.extractfile(entry)), member
                    return
    raise _no_member(reference, name)


def _members(
    aws: AwsSession, file: RangedFile, reference: ObjectReference, progress: Progress
) -> Iterator[ArchiveMember]:
    with _as_refusal(reference):
        if _format(file) == "zip":
            with _zip(file) as archive:
                yield from map(_zip_member, archive.infolist())
            return
        with _tar(aws, file, reference, progress) as archive:
            for entry in archive:
                check(progress)
                yield _tar_member(entry)
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile would remember all of them


def _format(file: RangedFile) -> str:
    head = file.first_block()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "tar.gz"
    if head[257:262] == b"ustar" or file.key.lower().endswith(".tar"):
        return "tar"
    raise SmextError(ErrorCode.INVALID_REQUEST, f"s3://{file.bucket}/{file.key} is no tar, tar.gz or zip archive.")


def _zip(file: RangedFile) -> zipfile.ZipFile:
    # The directory at the end is read at once: this is how much of it may be held.
    file.budget = MOST_DIRECTORY
    return zipfile.ZipFile(io.BufferedReader(file, 64 * 1024))


def _tar(aws: AwsSession, file: RangedFile, reference: ObjectReference, progress: Progress) -> tarfile.TarFile:
    if _format(file) == "tar":
        return tarfile.open(fileobj=io.BufferedReader(file), mode="r:", tarinfo=_TarInfo)
    reader = ObjectReader(aws, reference.bucket, reference.key, version_id=reference.version_id, etag=file.etag)
    return tarfile.open(fileobj=_Unzipped(reader, progress), mode="r|", tarinfo=_TarInfo)


class _TarInfo(tarfile.TarInfo):
    """Refuses extended headers of a size that only serves to fill the memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _TarInfo:
        found = super().frombuf(buf, encoding, errors)
        extended = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, b"X")
        if found.type in extended and found.size > MOST_TAR_HEADER:
            raise tarfile.ReadError("a header of it is larger than any honest one")
        return found


class _Unzipped(io.RawIOBase):
    """The bytes behind gzip, until they are too many for what came in."""

    def __init__(self, reader: ObjectReader, progress: Progress) -> None:
        super().__init__()
        self._reader, self._progress = reader, progress
        self._unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self._waiting = b""
        self._read = self._made = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            raise ValueError("All of an archive is never read at once")
        while True:
            if self._unzip.eof:
                rest = self._unzip.unused_data or self._more()
                if not rest.startswith(b"\x1f\x8b"):
                    return b""  # the end, or padding behind it
                self._unzip, self._waiting = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), rest
            packed = self._waiting or self._more()
            data = self._unzip.decompress(packed, size)
            self._waiting = self._unzip.unconsumed_tail
            self._made += len(data)
            if self._made > BOMB_FREE and self._made > BOMB_RATIO * self._read:
                raise tarfile.ReadError("it unpacks to far more than it holds, as a bomb does")
            if data:
                return data
            if not packed and not self._unzip.eof:
                raise tarfile.ReadError("it is cut off")

    def _more(self) -> bytes:
        check(self._progress)
        data = self._reader.read(CHUNK)
        self._read += len(data)
        self._progress.update(self._read, self._reader.size)
        return data

    def close(self) -> None:
        self._reader.close()
        super().close()


def _tar_member(entry: tarfile.TarInfo) -> ArchiveMember:
    if entry.isreg():
        kind = MemberKind.FILE
    elif entry.isdir():
        kind = MemberKind.FOLDER
    else:
        kind = MemberKind.LINK if entry.issym() or entry.islnk() else MemberKind.OTHER
    return ArchiveMember(
        name=entry.name,
        size=entry.size if kind is MemberKind.FILE else 0,
        modified=_moment(entry.mtime),
        kind=kind,
        refused=_why_refused(entry.name, kind),
    )


def _zip_member(info: zipfile.ZipInfo) -> ArchiveMember:
    kind = MemberKind.FOLDER if info.is_dir() else MemberKind.FILE
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        kind = MemberKind.LINK
    refused = _why_refused(info.filename, kind)
    if refused is None and info.flag_bits & 1:
        refused = "it is encrypted"
    if refused is None and info.file_size > BOMB_FREE and info.file_size > BOMB_RATIO * info.compress_size:
        refused = "it unpacks to far more than it holds, as a bomb does"
    return ArchiveMember(
        name=info.filename, size=info.file_size, modified=_zip_moment(info.date_time), kind=kind, refused=refused
    )


def _why_refused(name: str, kind: MemberKind) -> str | None:
    if kind is MemberKind.LINK:
        return "it is a link, which may lead anywhere"
    if kind is MemberKind.OTHER:
        return "it is neither a file nor a folder"
    parts = re.split(r"[/\\]", name)
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "its name is an absolute path"
    if ".." in parts:
        return "its name leads out of the archive"
    if not name or "\x00" in name:
        return "its name is none"
    return None


def _check_member(reference: ObjectReference, member: ArchiveMember) -> None:
    if member.refused:
        raise _refused(reference, f"{member.name!r} stays inside: {member.refused}")
    if member.kind is not MemberKind.FILE:
        raise _refused(reference, f"{member.name!r} is a folder")


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _zip_moment(parts: tuple[int, int, int, int, int, int]) -> datetime | None:
    try:
        return datetime(*parts, tzinfo=timezone.utc)
    except ValueError:
        return None


def _refused(reference: ObjectReference, why: str) -> SmextError:
    return SmextError(ErrorCode.INVALID_REQUEST, f"s3://{reference.bucket}/{reference.key} is refused: {why}.")


def _no_member(reference: ObjectReference, name: str) -> SmextError:
    return SmextError(ErrorCode.NOT_FOUND, f"s3://{reference.bucket}/{reference.key} has no member {name!r}.")


@contextmanager
def _as_refusal(reference: ObjectReference) -> Iterator[None]:
    try:
        yield
    except OverBudget as error:
        raise _refused(reference, "its directory is too large") from error
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(reference, str(error)) from error
