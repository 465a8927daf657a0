"""What lies under a prefix, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from json.encoder import encode_basestring

from ..aws.session import AwsSession
from .listing import Listing, list_page
from .models import ObjectPage, ObjectsQuery, S3Object

# What one request to S3 answers at most.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
MOST_AT_ONCE = 1000


def list_objects(aws: AwsSession, query: ObjectsQuery) -> ObjectPage:
    """One page, ordered by key as S3 orders, by one request to S3 for each 1,000 keys. Permission: `s3:ListBucket`."""
    pages = list(_pages(aws, query))
    return ObjectPage(
        bucket=query.bucket,
        prefix=query.prefix,
        prefixes=[prefix for page in pages for prefix in page.prefixes],
        objects=[each for page in pages for each in page.objects()],
        continuation_token=pages[-1].next_token,
    )


def list_json(aws: AwsSession, query: ObjectsQuery) -> str:
    """The JSON of what `list_objects` answers, without an object for each row in between: a third of the time."""
    prefixes: list[str] = []
    rows: list[str] = []
    token = None
    for page in _pages(aws, query):
        prefixes += page.prefixes
        rows += [_json_rows(page)] if page.keys else []
        token = page.next_token
    place = f'"bucket":{json.dumps(query.bucket)},"prefix":{json.dumps(query.prefix)},"prefixes":{json.dumps(prefixes)}'
    # The token stands last, so that a reader who only wants to go on finds it without reading the rows.
    return f'{{{place},"objects":[{",".join(rows)}],"continuation_token":{json.dumps(token)}}}'


def _pages(aws: AwsSession, query: ObjectsQuery) -> Iterator[Listing]:
    """The pages of S3's size that make up one of ours; while the caller works on one, the next is on its way."""

    def ask(token: str | None, most: int) -> Listing:
        return list_page(
            aws, query.bucket, query.prefix, delimiter=query.delimiter, token=token, max_keys=min(most, MOST_AT_ONCE)
        )

    page = ask(query.continuation_token, query.max_keys)
    left = query.max_keys - len(page.keys) - len(page.prefixes)
    with ThreadPoolExecutor(1, thread_name_prefix="smext-next-page") as aside:
        while page.next_token and left > 0:
            following = aside.submit(ask, page.next_token, left)
            yield page
            page = following.result()
            left -= len(page.keys) + len(page.prefixes)
    yield page


def _json_rows(page: Listing) -> str:
    """The rows with commas between them. Column by column: row by row takes twice as long."""
    row = ['{"key":"', "", '","size":', "", ',"last_modified":"', "", '","storage_class":"', "", '","etag":', "", "},"]
    pieces = row * len(page.keys)
    pieces[1 :: len(row)] = _escaped(page.keys)
    pieces[3 :: len(row)] = page.size_texts
    pieces[5 :: len(row)] = _escaped(page.modified)
    pieces[7 :: len(row)] = _escaped([each or "STANDARD" for each in page.storage_classes])
    pieces[9 :: len(row)] = [encode_basestring(each) if each else "null" for each in page.etags]
    return "".join(pieces)[:-1]


def _escaped(texts: Sequence[str]) -> Sequence[str]:
    """What stands between the quotes in the JSON of each text: nearly always the text itself, seen at one look."""
    joined = "".join(texts)
    if len(encode_basestring(joined)) == len(joined) + 2:
        return texts
    return [encode_basestring(each)[1:-1] for each in texts]


def list_all(aws: AwsSession, query: ObjectsQuery) -> Iterator[ObjectPage]:
    """The page asked for and all that follow."""
    while True:
        page = list_objects(aws, query)
        yield page
        if page.continuation_token is None:
            return
        query = query.model_copy(update={"continuation_token": page.continuation_token})


def all_objects(aws: AwsSession, bucket: str, prefix: str) -> Iterator[S3Object]:
    """Every object under a prefix, at any depth."""
    for page in list_all(aws, ObjectsQuery(bucket=bucket, prefix=prefix, delimiter="")):
        yield from page.objects
