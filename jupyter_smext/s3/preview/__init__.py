"""Look into an object without downloading it: what it is by its first bytes, and the first of what is in it.

Nothing of an object is ever run: no pickle is loaded, and HTML and SVG are text.
"""

from __future__ import annotations

import zlib

from ...aws.errors import SmextError
from ...aws.session import AwsSession
from ..archive import open_member
from ..models import Content, ImageContent, OtherContent, Preview, PreviewRequest
from ..ranged_file import OverBudget, RangedFile
from . import arrow, delimited, json_text, numpy_array, parquet, plain_text
from .sample import Sample

# All that a preview may fetch, and the most that compressed bytes may become.
BUDGET = 16 * 2**20
MOST_UNZIPPED = 2**20

_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"\x00\x00\x01\x00": "image/x-icon",
}
_ARCHIVES = {b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
_UNREAD = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x89HDF\r\n": "HDF5",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
    b"SQLite format 3": "SQLite",
}
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth")


def preview(aws: AwsSession, request: PreviewRequest) -> Preview:
    """The first rows, lines or cells of an object. Permission: `s3:GetObject`.

    Most kinds take one request of 256 KiB. Content that is not what it seems gives a message, not an error.
    """
    if request.member is not None:
        return _of_member(aws, request, request.member)
    file = RangedFile(aws, request.bucket, request.key, version_id=request.version_id, budget=BUDGET)
    head = file.first_block()
    sample = Sample(name=_last(request.key), data=head, whole=len(head) == file.size)
    content, compression = _read(sample, file, request)
    return Preview(
        bucket=request.bucket,
        key=request.key,
        version_id=file.version_id,
        size=file.size,
        etag=file.etag,
        media_type=file.content_type,
        compression=compression,
        content=content,
        requests=file.requests,
        bytes_read=file.fetched,
    )


def _of_member(aws: AwsSession, request: PreviewRequest, name: str) -> Preview:
    with open_member(aws, request, name) as (stream, member):
        data = b""
        while len(data) < MOST_UNZIPPED and (more := stream.read(MOST_UNZIPPED - len(data))):
            data += more
    content, compression = _read(Sample(name=_last(name), data=data, whole=len(data) == member.size), None, request)
    return Preview(
        bucket=request.bucket,
        key=request.key,
        version_id=request.version_id,
        size=member.size,
        etag=None,
        media_type=None,
        compression=compression,
        content=content,
        requests=None,
        bytes_read=None,
    )


def _read(sample: Sample, file: RangedFile | None, request: PreviewRequest) -> tuple[Content, str | None]:
    head, compression = sample.data, None
    try:
        if head.startswith(b"\x1f\x8b"):
            compression, sample, file = "gzip", _unzipped(sample), None
        return _content(sample, file, request), compression
    except OverBudget:
        message = "Too much of it would have to be read for a preview."
    except SmextError:
        raise
    except Exception as error:
        # Broken or hostile content can make a parser raise anything at all.
        message = f"This is not what it seems to be: {error}"
    return OtherContent(format="unreadable", message=message), compression


def _content(sample: Sample, file: RangedFile | None, request: PreviewRequest) -> Content:
    """``file`` is None for what is packed: there is no seeking in it, so only what starts at the front can be read."""
    data = sample.data
    if not data:
        return OtherContent(format="empty", message="The object is empty.")
    if data[257:262] == b"ustar":
        return OtherContent(format="tar" if file else "tar.gz", archive=True, message="An archive of files.")
    for magic, kind in _ARCHIVES.items():
        if data.startswith(magic):
            return OtherContent(format=kind, archive=True, message="An archive of files.")
    if sample.name.endswith(_PICKLES) or (data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05"):
        return OtherContent(format="pickle", message="Opening a pickle can run any program in it, so it stays closed.")
    for magic, kind in _UNREAD.items():
        if data.startswith(magic):
            return OtherContent(format=kind, message=f"There is no preview of {kind}.", hexadecimal=_hex(data))
    if file:
        for magic, media_type in _IMAGES.items():
            if data.startswith(magic):
                return ImageContent(media_type=media_type)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return ImageContent(media_type="image/webp")
        if data.startswith(b"%PDF-"):
            return OtherContent(format="pdf", message="A PDF document.")
        if data.startswith(b"PAR1"):
            return parquet.read(file, request)
        if data.startswith(b"ARROW1"):
            return arrow.read(file, request)
    if data.startswith(b"\x93NUMPY"):
        return numpy_array.read(sample, request)
    text = plain_text.decode(sample, request.encoding)
    if text is None:
        return OtherContent(format="binary", message="Neither text nor a known format.", hexadecimal=_hex(data))
    if sample.name.endswith(".ipynb") and file:
        return json_text.notebook(file)
    return (
        json_text.lines(sample, text, request)
        or json_text.document(sample, text)
        or delimited.table(sample, text, request)
        or plain_text.content(sample, text)
    )


def _last(key: str) -> str:
    return key.rsplit("/", 1)[-1].lower()


def _unzipped(sample: Sample) -> Sample:
    """As much as a preview needs: however much the rest may blow up, it is never unpacked."""
    unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    data = unzip.decompress(sample.data, MOST_UNZIPPED)
    return Sample(name=sample.name.removesuffix(".gz"), data=data, whole=unzip.eof and not unzip.unused_data)


def _hex(data: bytes) -> str:
    return data[:256].hex(" ")
