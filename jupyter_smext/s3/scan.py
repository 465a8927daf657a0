"""Every object under a prefix, listed by many threads at once, without knowing beforehand how the keys spread.

S3 lists in the order of the keys and can begin after any of them. One thread begins at the front. Whenever a page is
not the last and threads are idle, the rest of the range is cut where the next sibling of the last key's beginning would
be (`data/2024-07` after `data/2024-06-30...`), at as many places as threads are idle. A cut is always right, whatever
lies behind it, because both sides agree on it; a cut behind which nothing lies costs one request.

Threads help as long as they wait for S3. Once they keep the interpreter busy, more of them would only make everybody
else in this process wait, so no more are put to work then.
"""

from __future__ import annotations

import queue
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from ..aws.progress import check
from ..aws.session import AwsSession
from .listing import Listing, list_page
from .patience import Patience

# The share of one CPU that all threads together may use before no more are added.
BUSY = 0.75


def scan(aws: AwsSession, bucket: str, prefix: str, patience: Patience) -> Iterator[Listing]:
    """Pages of all objects under a prefix, in no order. Permission: `s3:ListBucket`.

    Raises what a request raises, and `Cancelled` when asked to end; the caller tells ``patience`` how far it is.
    """
    # Directory buckets list in no order, and from the front only.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    threads = 1 if bucket.endswith("--x-s3") else aws.max_workers
    work = _Scan(aws, bucket, prefix, patience, threads)
    try:
        yield from work.pages()
    finally:
        work.stop()


@dataclass
class _Range:
    """The keys after ``after`` up to and including ``until``; None: to the end of the prefix."""

    after: str | None
    until: str | None


class _Scan:
    def __init__(self, aws: AwsSession, bucket: str, prefix: str, patience: Patience, threads: int) -> None:
        self._aws, self._bucket, self._prefix, self._patience = aws, bucket, prefix, patience
        self._found: queue.Queue[Listing | BaseException | None] = queue.Queue(2 * threads)
        self._changed = threading.Condition()
        self._waiting = deque([_Range(None, None)])
        self._busy = 0
        self._idle = 0
        self._began = time.perf_counter()
        self._cpu = 0.0
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._run, name=f"smext-scan-{number}", daemon=True) for number in range(threads)
        ]

    def pages(self) -> Iterator[Listing]:
        for thread in self._threads:
            thread.start()
        running = len(self._threads)
        while running:
            check(self._patience)
            try:
                found = self._found.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            if found is None:
                running -= 1
            else:
                yield found

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        try:
            while (part := self._next()) is not None:
                self._walk(part)
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _next(self) -> _Range | None:
        """A range to walk; None when no thread can bring new ones any more."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._stopped or self._waiting or not self._busy)
            self._idle -= 1
            if self._stopped or not self._waiting:
                return None
            self._busy += 1
            return self._waiting.popleft()

    def _walk(self, part: _Range) -> None:
        token = None
        while not self._stopped:
            before = time.thread_time()
            page = self._patience.call(partial(self._page, token, part))
            with self._changed:
                self._cpu += time.thread_time() - before
            token = page.next_token
            if part.until is not None and page.keys and page.keys[-1] > part.until:
                page, token = _cut(page, part.until), None
            if page.keys:
                self._put(page)
            if token is None:
                return
            if page.keys:
                self._share(part, page)

    def _page(self, token: str | None, part: _Range) -> Listing:
        return list_page(self._aws, self._bucket, self._prefix, token=token, start_after=part.after)

    def _share(self, part: _Range, page: Listing) -> None:
        """Give the rest of the range away in as many pieces as threads are idle, and keep the nearest."""
        with self._changed:
            used = max(self._cpu / (time.perf_counter() - self._began) / self._busy, 1e-3)
            free = min(self._idle - len(self._waiting), int(BUSY / used) - self._busy)
            if free <= 0:
                return
            for until in cuts(self._prefix, page.keys[0], page.keys[-1], part.until)[:free]:
                self._waiting.append(replace(part, after=until))
                part.until = until
            self._changed.notify_all()

    def _put(self, found: Listing | BaseException | None) -> None:
        while not self._stopped:
            try:
                self._found.put(found, timeout=0.2)
                return
            except queue.Full:
                continue


def cuts(prefix: str, first: str, last: str, until: str | None) -> list[str]:
    """Where to cut what lies between ``last`` and ``until``, the farthest place first.

    ``first`` and ``last`` are the keys at the ends of one page: where they differ, one page holds all siblings already.
    """
    places: list[str] = []
    for depth in range(len(prefix), _common(first, last)):
        following = ord(last[depth]) + 1
        if 0xD800 <= following <= 0xDFFF:
            following = 0xE000  # no key can hold half a surrogate pair
        if following > 0x10FFFF:
            continue
        place = last[:depth] + chr(following)
        if until is None or place < until:
            places.append(place)
            until = place
    return places


def _common(first: str, last: str) -> int:
    """How many characters two keys have in common at their beginning."""
    return next(
        (number for number, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )


def _cut(page: Listing, until: str) -> Listing:
    end = bisect_right(page.keys, until)
    return Listing(
        keys=page.keys[:end],
        size_texts=page.size_texts[:end],
        modified=page.modified[:end],
        etags=page.etags[:end],
        storage_classes=page.storage_classes[:end],
    )
