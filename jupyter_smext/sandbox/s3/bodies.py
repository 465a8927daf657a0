"""The bytes of S3 objects: write-once files, of which one object may have several (the parts of its upload)."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_smext.sandbox.http import CHUNK_BYTES


@dataclass(frozen=True)
class Segment:
    """One file of a body."""

    file: str
    size: int


class Bodies:
    """A folder of segment files. A file that is being read is removed only once nobody reads it any more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._readers: Counter[str] = Counter()
        self._doomed: set[str] = set()
        # Files of earlier runs have other names, so that those left over by a kill can be told from new ones.
        self._run = uuid.uuid4().hex[:8]
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, chunks: Iterable[bytes]) -> Segment:
        """Stores a stream with constant memory. The file is whole when this returns, and gone if it raises."""
        path = self._new_file()
        size = 0
        try:
            with path.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    size += len(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Segment(self._name(path), size)

    def copy(self, segments: Sequence[Segment]) -> list[Segment]:
        """The same bytes under new names; no bytes are moved where the file system knows hard links."""
        copies = []
        for segment in segments:
            path = self._new_file()
            try:
                os.link(self._folder / segment.file, path)
            except OSError:
                shutil.copyfile(self._folder / segment.file, path)
            copies.append(Segment(self._name(path), segment.size))
        return copies

    def read(self, segments: Sequence[Segment], start: int, length: int) -> BodyReader:
        """A stream of ``length`` bytes from ``start``, to be closed. Call it while nobody can delete the object."""
        with self._lock:
            self._readers.update(segment.file for segment in segments)
        return BodyReader(self, segments, start, length)

    def remove(self, segments: Iterable[Segment]) -> None:
        """Call it after the transaction that took the object away."""
        for segment in segments:
            with self._lock:
                if self._readers[segment.file]:
                    self._doomed.add(segment.file)
                    continue
            (self._folder / segment.file).unlink(missing_ok=True)

    def sweep(self, known: set[str]) -> None:
        """Removes what an earlier run left behind: its files that no object has."""
        for path in self._folder.glob("*/*"):
            if not path.name.startswith(self._run) and self._name(path) not in known:
                path.unlink(missing_ok=True)

    def open_at(self, segments: Sequence[Segment], start: int, length: int) -> Iterator[bytes]:
        for segment in segments:
            if length <= 0:
                return
            if start >= segment.size:
                start -= segment.size
                continue
            with (self._folder / segment.file).open("rb") as file:
                file.seek(start)
                start = 0
                while length > 0 and (chunk := file.read(min(CHUNK_BYTES, length))):
                    length -= len(chunk)
                    yield chunk

    def release(self, segments: Sequence[Segment]) -> None:
        with self._lock:
            self._readers.subtract(segment.file for segment in segments)
            self._readers = +self._readers
            gone = {file for file in self._doomed if not self._readers[file]}
            self._doomed -= gone
        for file in gone:
            (self._folder / file).unlink(missing_ok=True)

    def _new_file(self) -> Path:
        name = f"{self._run}-{uuid.uuid4().hex}"
        folder = self._folder / name[-2:]
        folder.mkdir(exist_ok=True)
        return folder / name

    def _name(self, path: Path) -> str:
        return f"{path.parent.name}/{path.name}"


class BodyReader:
    """Iterates over bytes, and lets go of the files when it is closed, even if it was never read."""

    def __init__(self, bodies: Bodies, segments: Sequence[Segment], start: int, length: int) -> None:
        self._bodies = bodies
        self._segments = segments
        self._chunks = bodies.open_at(segments, start, length)
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        if self._open:
            self._open = False
            self._bodies.release(self._segments)
