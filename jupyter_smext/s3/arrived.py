"""Which ranges of a large object a file holds that is not whole yet: noted behind its content, for a later attempt."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator

# Seconds between two notes. A killed download fetches again at most what came in them; each takes as long as the disk
# needs to have all that was written, while the download goes on.
NOTE_EVERY = 5.0


class Arrived:
    """The ranges of one object, cut at multiples of ``length``, that are in a file.

    A range counts only when the disk has it: a power cut loses no more than a kill does. The note also says of which
    object it is, so that nothing is taken for a part of another.

    Parameters
    ----------
    file:
        Descriptor of the file; emptied where it does not belong to this object.
    identity:
        What tells this content from any other: place and ETag.
    size, length:
        Bytes of the object, and of each range but the last.
    """

    def __init__(self, file: int, identity: str, *, size: int, length: int) -> None:
        self._file, self._size, self._length = file, size, length
        count = -(-size // length)
        self._head = hashlib.sha256(f"{length} {size} {identity}".encode("utf-8", "surrogatepass")).digest()
        note = os.pread(file, len(self._head) + count, size)
        if note.startswith(self._head) and len(note) == len(self._head) + count:
            self._marks = bytearray(note[len(self._head) :])
        else:
            # Nothing is noted yet: to write into a file that has its full length already takes twice as long.
            os.ftruncate(file, 0)
            self._marks = bytearray(count)
        self._new: list[int] = []
        self._noted = time.monotonic()

    @property
    def bytes(self) -> int:
        """Of the ranges that are there."""
        last = self._size - (len(self._marks) - 1) * self._length
        return sum(self._marks[:-1]) * self._length + (last if self._marks[-1] else 0)

    def missing(self) -> Iterator[int]:
        """Where each range begins that is not there."""
        return (number * self._length for number, mark in enumerate(self._marks) if not mark)

    def add(self, start: int) -> None:
        """The range that begins at ``start`` was written."""
        self._new.append(start // self._length)
        if time.monotonic() - self._noted >= NOTE_EVERY:
            self.note()

    def note(self) -> None:
        """Write down what was added."""
        new, self._new = self._new, []
        os.fsync(self._file)
        for number in new:
            self._marks[number] = 1
        os.pwrite(self._file, self._head + self._marks, self._size)
        self._noted = time.monotonic()

    def end(self) -> None:
        """All is there: leave the content alone in the file."""
        os.ftruncate(self._file, self._size)
