"""Search a bucket by name, size and date, over any number of keys, with results while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import regex

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from .listing import Listing
from .models import FindMode, FindPage, FindRequest, FindResult, S3Object
from .patience import Patience
from .scan import scan

# A pattern that takes longer than this for one key (seconds) would hold up everybody on this server.
PATIENCE = 0.5

Matches = Callable[[str], object]


class Find:
    """One search. `run` it on a thread; `page` may be asked at any time from any other."""

    def __init__(self, request: FindRequest) -> None:
        self._request = request
        self._matches = matcher(request)
        self._hits: list[S3Object] = []
        self._result = FindResult()
        self._complete = False

    def run(self, aws: AwsSession, progress: Progress) -> FindResult:
        """Go through all keys; ``progress`` counts objects looked at. Permission: `s3:ListBucket`.

        Keeps the first ``limit`` objects that match and counts the others.
        """
        request, result = self._request, self._result
        prefix = request.prefix + (literal_head(request.text) if request.mode is FindMode.GLOB else "")
        patience = Patience(aws, progress)
        for page in scan(aws, request.bucket, prefix, patience):
            for row in self._rows(page):
                result.matched += 1
                result.bytes += page.sizes[row]
                if len(self._hits) < request.limit:
                    self._hits.append(page.object(row))
            result.scanned += len(page.keys)
            patience.update(result.scanned, message=f"{result.matched:,} found")
        self._complete = True
        return result

    def page(self, offset: int, limit: int) -> FindPage:
        """Some of what was found so far, in the order in which it was found."""
        return FindPage(
            hits=self._hits[offset : offset + limit], result=self._result, kept=len(self._hits), complete=self._complete
        )

    def _rows(self, page: Listing) -> list[int]:
        request, matches, skip = self._request, self._matches, len(self._request.prefix)
        if matches is None:
            rows = list(range(len(page.keys)))
        elif request.mode is FindMode.SUBSTRING and not request.ignore_case and not _any_holds(page.keys, request.text):
            rows = []
        else:
            try:
                rows = [row for row, key in enumerate(page.keys) if matches(key[skip:])]
            except TimeoutError as error:
                raise SmextError(
                    ErrorCode.INVALID_REQUEST,
                    f"The expression {request.text!r} takes too long on these keys.",
                    hint="Avoid repetitions within repetitions, or search for a plain text.",
                ) from error
        if request.min_size is not None:
            rows = [row for row in rows if page.sizes[row] >= request.min_size]
        if request.max_size is not None:
            rows = [row for row in rows if page.sizes[row] <= request.max_size]
        # S3 writes all moments alike, so they compare as texts.
        if request.modified_after is not None:
            after = f"{request.modified_after:%Y-%m-%dT%H:%M:%S}"
            rows = [row for row in rows if page.modified[row][:19] >= after]
        if request.modified_before is not None:
            before = f"{request.modified_before:%Y-%m-%dT%H:%M:%S}"
            rows = [row for row in rows if page.modified[row][:19] < before]
        if request.storage_class is not None:
            rows = [row for row in rows if (page.storage_classes[row] or "STANDARD") == request.storage_class]
        return rows


def _any_holds(keys: Sequence[str], text: str) -> bool:
    """Whether the text is in any of the keys, which all together tell much sooner than one by one."""
    return text in "\n".join(keys)


def matcher(request: FindRequest) -> Matches | None:
    """Decides by the key below the prefix; None: all match. Raises `InvalidRequest` for a bad expression."""
    text = request.text
    if not text:
        return None
    if request.mode is FindMode.SUBSTRING:
        if not request.ignore_case:
            return lambda key: text in key
        folded = text.casefold()
        return lambda key: folded in key.casefold()
    flags = regex.IGNORECASE if request.ignore_case else 0
    try:
        if request.mode is FindMode.REGEX:
            search = regex.compile(text, flags).search
            return lambda key: search(key, timeout=PATIENCE)
        fullmatch = regex.compile(glob_expression(text), flags | regex.DOTALL).fullmatch
        if "/" not in text:
            return lambda key: fullmatch(key.rsplit("/", 1)[-1], timeout=PATIENCE)
        return lambda key: fullmatch(key, timeout=PATIENCE)
    except regex.error as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{text!r} is no valid expression: {error}") from error


def glob_expression(pattern: str) -> str:
    """A glob as a regular expression: `*` and `?` stop at a `/`, `**` goes through, `[abc]` and `[!abc]` are sets."""
    parts: list[str] = []
    for token in re.findall(r"\*\*/|\*+|\?|\[!?\]?[^]]*\]|.", pattern, re.DOTALL):
        if token == "**/":
            parts.append("(?:.*/)?")
        elif token == "*":
            parts.append("[^/]*")
        elif token.startswith("**"):
            parts.append(".*")
        elif token == "?":
            parts.append("[^/]")
        elif len(token) > 2 and token[0] == "[":
            inner = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            parts.append(f"[^{inner[1:]}]" if inner[0] == "!" else f"[{inner}]")
        else:
            parts.append(re.escape(token))
    return "".join(parts)


def literal_head(glob: str) -> str:
    """The beginning of a glob with a `/` that every match shares: S3 then lists nothing else."""
    return re.split(r"[*?[]", glob, maxsplit=1)[0] if "/" in glob else ""
