"""The body of an upload as it comes over the wire: plain or aws-chunked, with the checksums to hold it against.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Protocol

from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import CHUNK_BYTES, Request

CHECKSUM_HEADERS = (
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
)
_LONGEST_LINE = 16 * 1024


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Payload:
    """Iterates once over the bytes of the object; after that ``md5`` and ``checksums`` are known and verified.

    CRC32C and CRC64NVME are taken as the client says: Python has no fast implementation of them.
    """

    def __init__(self, request: Request) -> None:
        self._body = request.body
        self._headers = request.headers
        self._chunked = request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
        self._trailers: dict[str, str] = {}
        self._md5 = hashlib.md5(usedforsecurity=False)
        announced = request.headers.get("x-amz-trailer", "").lower()
        names = [name for name in CHECKSUM_HEADERS if name in request.headers or name == announced.strip()]
        self._digests: dict[str, _Digest] = {name: _new_digest(name) for name in names if _is_known(name)}

    def __iter__(self) -> Iterator[bytes]:
        for data in _chunked(self._body, self._trailers) if self._chunked else _plain(self._body):
            self._md5.update(data)
            for digest in self._digests.values():
                digest.update(data)
            yield data
        self._verify()

    @property
    def md5(self) -> str:
        return self._md5.hexdigest()

    @property
    def checksums(self) -> dict[str, str]:
        """What the client gave, by header name."""
        given = self._given()
        return {name: given[name] for name in CHECKSUM_HEADERS if name in given}

    def _verify(self) -> None:
        given = self._given()
        expected_md5 = self._headers.get("content-md5")
        if expected_md5 and expected_md5 != base64.b64encode(self._md5.digest()).decode():
            raise AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.")
        for name, digest in self._digests.items():
            if name in given and given[name] != base64.b64encode(digest.digest()).decode():
                algorithm = name.rpartition("-")[2].upper()
                raise AwsError("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")

    def _given(self) -> Mapping[str, str]:
        return {**self._headers, **self._trailers}


def _is_known(name: str) -> bool:
    return name.endswith(("-crc32", "-sha1", "-sha256"))


def _new_digest(name: str) -> _Digest:
    if name.endswith("-crc32"):
        return _Crc32()
    return hashlib.sha1(usedforsecurity=False) if name.endswith("-sha1") else hashlib.sha256()


def _plain(body: BinaryIO) -> Iterator[bytes]:
    while data := body.read(CHUNK_BYTES):
        yield data


def _chunked(body: BinaryIO, trailers: dict[str, str]) -> Iterator[bytes]:
    """Decodes ``aws-chunked``; its signatures are not checked, like all others."""
    while size := _chunk_size(body):
        while size:
            data = body.read(min(size, CHUNK_BYTES))
            if not data:
                raise AwsError("IncompleteBody", "The request body terminated unexpectedly")
            size -= len(data)
            yield data
        body.readline(_LONGEST_LINE)
    while line := body.readline(_LONGEST_LINE).strip():
        name, _, value = line.decode("latin-1").partition(":")
        trailers[name.strip().lower()] = value.strip()


def _chunk_size(body: BinaryIO) -> int:
    line = body.readline(_LONGEST_LINE)
    try:
        return int(line.split(b";", 1)[0].strip(), 16)
    except ValueError:
        raise AwsError("IncompleteBody", "The request body terminated unexpectedly") from None
