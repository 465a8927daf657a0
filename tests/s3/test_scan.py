"""The scan sees every object once, however the keys spread, and stops when it should."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Cancelled, Progress, Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import scan as scan_module
from jupyter_smext.s3.listing import Listing
from jupyter_smext.s3.patience import Patience
from jupyter_smext.s3.scan import cuts, scan


class FakeS3:
    """Lists keys in the order of their UTF-8 bytes, as S3 does, a few a page."""

    def __init__(self, keys: list[str], page_size: int = 3, delay: float = 0) -> None:
        self.keys = sorted(keys, key=lambda key: key.encode())
        self.page_size, self.delay = page_size, delay
        self.requests = self.most_at_once = self._now = 0
        self.lock = threading.Lock()
        self.max_workers = 16

    def list_page(self, aws: Any, bucket: str, prefix: str, *, token: str | None, start_after: str | None) -> Listing:
        with self.lock:
            self.requests += 1
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(self.delay)
        after = token if token is not None else start_after
        begin = bisect_left(self.keys, prefix)
        if after is not None:
            begin = max(begin, bisect_right(self.keys, after))
        keys = [key for key in self.keys[begin : begin + self.page_size + 1] if key.startswith(prefix)]
        page = keys[: self.page_size]
        with self.lock:
            self._now -= 1
        none = [None] * len(page)
        return Listing(
            keys=page,
            size_texts=[str(len(key)) for key in page],
            modified=page,
            etags=none,
            storage_classes=none,
            next_token=page[-1] if len(keys) > self.page_size else None,
        )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    def make(keys: list[str], **options: Any) -> Any:
        server = FakeS3(keys, **options)
        monkeypatch.setattr(scan_module, "list_page", server.list_page)
        return server

    yield make
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("smext-scan")]


def patient(progress: Progress | None = None) -> Patience:
    return Patience(AwsSession(region="us-east-1"), progress or Silent())


SPREADS = {
    "none": [],
    "one": ["p/a"],
    "flat counter": [f"p/part-{number:06d}" for number in range(2000)],
    "folders by day": [f"p/day={day:03d}/part-{number}" for day in range(200) for number in range(7)],
    "one huge folder among small": [f"p/big/{number:05d}" for number in range(1500)] + [f"p/s{n}/x" for n in range(50)],
    "only prefixes of each other": ["p/" + "a" * length for length in range(1, 300)],
    "around the surrogates": ["p/\ud7ff" + str(n) for n in range(20)] + ["p/\ue000" + str(n) for n in range(20)],
    "the last characters": ["p/\U0010ffff" * 2 + str(number) for number in range(30)],
    "line breaks and worse": [f"p/\n{number}//..//" for number in range(40)],
    "outside of the prefix": ["o/1", "p", "p0", "p/in", "q/2"],
}


@pytest.mark.parametrize("name", SPREADS)
def test_every_object_is_seen_once(fake: Any, name: str) -> None:
    server = fake(SPREADS[name])
    seen = [key for page in scan(server, "b", "p/", patient()) for key in page.keys]
    assert sorted(seen) == sorted(key for key in SPREADS[name] if key.startswith("p/"))


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.text("ab/0\n~\ud7ff\ue000\U0010ffff", max_size=6), max_size=60),
    st.text("ab/", max_size=2),
    st.integers(1, 4),
)
def test_any_keys_are_seen_once(keys: set[str], prefix: str, page_size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        server = FakeS3([key for key in keys if key], page_size)
        patch.setattr(scan_module, "list_page", server.list_page)
        seen = [key for page in scan(server, "b", prefix, patient()) for key in page.keys]
    assert sorted(seen) == sorted(key for key in keys if key and key.startswith(prefix))


def test_a_flat_prefix_is_listed_by_many_threads_without_many_more_requests(fake: Any) -> None:
    server = fake(SPREADS["flat counter"], page_size=10, delay=0.01)
    assert sum(len(page.keys) for page in scan(server, "b", "p/", patient())) == 2000
    assert server.most_at_once > 8
    assert server.requests < 2 * 200


def test_a_directory_bucket_is_listed_from_the_front_by_one_thread(fake: Any) -> None:
    server = fake(SPREADS["folders by day"])
    assert sum(len(page.keys) for page in scan(server, "name--use1-az4--x-s3", "p/", patient())) == 1400
    assert server.most_at_once == 1


def test_cuts_lie_between_the_page_and_the_end() -> None:
    assert cuts("p/", "p/a-000", "p/a-009", None) == ["p/b", "p/a.", "p/a-1", "p/a-01"]
    assert cuts("p/", "p/a-000", "p/a-009", "p/a-1") == ["p/a-01"]
    assert cuts("p/", "p/x\ud7ff1", "p/x\ud7ff2", None) == ["p/y", "p/x\ue000"]
    assert cuts("", "\U0010ffffa", "\U0010ffffb", None) == []


def test_an_error_in_one_thread_ends_the_scan(fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = fake(SPREADS["flat counter"])
    listing = server.list_page

    def failing(*arguments: Any, **options: Any) -> Any:
        if server.requests > 20:
            raise SmextError(ErrorCode.NOT_FOUND, "The bucket vanished")
        return listing(*arguments, **options)

    monkeypatch.setattr(scan_module, "list_page", failing)
    with pytest.raises(SmextError, match="vanished"):
        list(scan(server, "b", "p/", patient()))


def test_a_cancelled_scan_ends(fake: Any) -> None:
    server = fake(SPREADS["flat counter"], delay=0.01)

    class Asked(Silent):
        def cancelled(self) -> bool:
            return bool(server.requests > 30)

    with pytest.raises(Cancelled):
        list(scan(server, "b", "p/", patient(Asked())))
    assert server.requests < 200


def test_a_reader_that_stops_early_leaves_no_thread(fake: Any) -> None:
    pages = scan(fake(SPREADS["flat counter"]), "b", "p/", patient())
    next(pages)
    pages.close()  # type: ignore[attr-defined]
