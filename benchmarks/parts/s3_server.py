"""A synthetic S3 server for benchmarks: it must never be the bottleneck, so it knows only what the clients ask.

Run as ``python benchmarks/parts/s3_server.py``; it prints its address and serves until its standard input closes.

- Bucket ``keys``: ``flat/`` holds 1,000,000 keys, ``deep/`` the same number in 1,000 folders; bucket ``folder``:
  100,000 keys in ``many/``; bucket ``small``: 2,000.
  ListObjectsV2 with prefix, delimiter, start-after, continuation-token, max-keys and encoding-type.
- Objects, whichever: GET answers as many bytes as the last number in the key says, ranges included; PUT and multipart
  uploads count their bytes and throw them away, which no real store can do faster.
- ``--latency`` adds seconds to every answer, as a network would.

No authentication, no storage, no conformance: what it answers is right only for what it is asked here.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import re
import sys
from urllib.parse import parse_qs, quote, unquote, urlsplit

MILLION = 1_000_000


def keys_of(bucket: str) -> list[str]:
    if bucket == "small":
        return [f"{number:05d}-16384" for number in range(2000)]
    if bucket == "folder":
        return [f"many/part-{number:08d}.parquet" for number in range(100_000)]
    flat = [f"flat/part-{number:08d}.parquet" for number in range(MILLION)]
    deep = [f"deep/day={number // 1000:04d}/part-{number:08d}.parquet" for number in range(MILLION)]
    return sorted(deep + flat)


class Bucket:
    """All keys in order, and the pages that were asked for."""

    def __init__(self, name: str) -> None:
        self.name, self.keys = name, keys_of(name)
        # What follows a key in its row; a thousand different ones, so that sizes and dates vary.
        self.tails = [
            (
                f"</Key><LastModified>2025-{1 + number % 12:02d}-{1 + number % 28:02d}T07:{number % 60:02d}:00.000Z"
                f"</LastModified><ETag>&quot;{number:032x}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
                f"<ChecksumType>FULL_OBJECT</ChecksumType><Size>{16384 if self.name == 'small' else number * 37}</Size>"
                f"<StorageClass>{'STANDARD' if number % 10 else 'GLACIER_IR'}</StorageClass></Contents>"
            )
            for number in range(1000)
        ]

    def page(self, query: dict[str, str]) -> bytes:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        limit = min(int(query.get("max-keys", "1000")), 1000)
        token = query.get("continuation-token")
        after = bytes.fromhex(token).decode() if token else query.get("start-after", "")
        position = max(bisect.bisect_left(self.keys, prefix), bisect.bisect_right(self.keys, after) if after else 0)
        stop = bisect.bisect_left(self.keys, prefix + "\U0010ffff") if prefix else len(self.keys)
        rows: list[str] = []
        prefixes: list[str] = []
        last = ""
        if not delimiter:
            end = min(position + limit, stop)
            tails, number = self.tails, position
            for key in self.keys[position:end]:
                rows.append("<Contents><Key>" + key.replace("=", "%3D") + tails[number % 1000])
                number += 1
            last, position = (self.keys[end - 1] if end > position else ""), end
        else:
            while position < stop and len(rows) + len(prefixes) < limit:
                key = self.keys[position]
                cut = key.find(delimiter, len(prefix))
                if cut < 0:
                    rows.append("<Contents><Key>" + quote(key) + self.tails[position % 1000])
                    last, position = key, position + 1
                else:
                    common = key[: cut + 1]
                    if not after.startswith(common):
                        prefixes.append(f"<CommonPrefixes><Prefix>{quote(common)}</Prefix></CommonPrefixes>")
                    last = common + "\U0010ffff"
                    position = bisect.bisect_left(self.keys, last)
        truncated = position < stop
        token = f"<NextContinuationToken>{last.encode().hex()}</NextContinuationToken>" if truncated else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{self.name}</Name><Prefix>{quote(prefix)}</Prefix><KeyCount>{len(rows) + len(prefixes)}</KeyCount>"
            f"<MaxKeys>{limit}</MaxKeys><EncodingType>url</EncodingType><IsTruncated>{str(truncated).lower()}</IsTruncated>"
            f"{token}{''.join(rows)}{''.join(prefixes)}</ListBucketResult>"
        ).encode()


BLOCK = bytes(range(256)) * 4096  # 1 MiB
XML = "application/xml"


class Server:
    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.buckets = {name: Bucket(name) for name in ("keys", "folder", "small")}
        self.pages: dict[tuple[str, str], bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split(" ", 2)
                if self.latency:
                    await asyncio.sleep(self.latency)
                length = re.search(r"(?i)^content-length: *(\d+)", head, re.MULTILINE)
                decoded = re.search(r"(?i)^x-amz-decoded-content-length: *(\d+)", head, re.MULTILINE)
                if length and int(length[1]):
                    if re.search(r"(?i)^expect: *100-continue", head, re.MULTILINE):
                        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    left = int(length[1])
                    while left:
                        left -= len(await reader.read(min(left, 1 << 20)))
                elif decoded or re.search(r"(?i)^transfer-encoding: *chunked", head, re.MULTILINE):
                    await self._read_chunks(reader)
                await self._answer(writer, method, target, head)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, method: str, target: str, head: str) -> None:
        url = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(url.path[1:]).partition("/")
        if method == "GET" and not key and "uploads" in query:
            self._write(writer, _xml("ListMultipartUploadsResult", IsTruncated="false"), XML)
        elif method == "GET" and not key:
            page = self.pages.get((bucket, url.query))
            if page is None:
                page = self.pages[bucket, url.query] = self.buckets[bucket].page(query)
            self._write(writer, page, XML)
        elif method == "POST" and "uploads" in query:
            self._write(writer, _xml("InitiateMultipartUploadResult", Bucket=bucket, Key=key, UploadId="u"), XML)
        elif method == "POST" and "uploadId" in query:
            result = _xml("CompleteMultipartUploadResult", Bucket=bucket, Key=key, ETag="&quot;e-1&quot;")
            self._write(writer, result, XML)
        elif method in ("GET", "HEAD"):
            await self._object(writer, method, key, head)
        else:
            self._write(writer, b"", XML, extra='ETag: "d41d8cd98f00b204e9800998ecf8427e"\r\n')
        await writer.drain()

    async def _object(self, writer: asyncio.StreamWriter, method: str, key: str, head: str) -> None:
        numbers = re.findall(r"\d+", key)
        size = int(numbers[-1]) if numbers else 0
        asked = re.search(r"(?i)^range: *bytes=(\d+)-(\d*)", head, re.MULTILINE)
        start = int(asked[1]) if asked else 0
        end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        status = f"206 Partial Content\r\nContent-Range: bytes {start}-{end - 1}/{size}" if asked else "200 OK"
        writer.write(
            f'HTTP/1.1 {status}\r\nContent-Length: {end - start}\r\nETag: "e"\r\nAccept-Ranges: bytes\r\n'
            "Last-Modified: Mon, 24 Nov 2025 07:00:00 GMT\r\nContent-Type: binary/octet-stream\r\n\r\n".encode()
        )
        while method == "GET" and start < end:
            offset = start % len(BLOCK)
            piece = memoryview(BLOCK)[offset : offset + end - start]
            writer.write(piece)
            await writer.drain()
            start += len(piece)

    @staticmethod
    def _write(writer: asyncio.StreamWriter, body: bytes, kind: str, extra: str = "") -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body)

    @staticmethod
    async def _read_chunks(reader: asyncio.StreamReader) -> None:
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            if size == 0:
                while (await reader.readline()).strip():
                    pass
                return
            await reader.readexactly(size + 2)


def _xml(name: str, **elements: str) -> bytes:
    inner = "".join(f"<{each}>{value}</{each}>" for each, value in elements.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inner}</{name}>'.encode()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    arguments = parser.parse_args()
    application = Server(arguments.latency)
    server = await asyncio.start_server(application.serve, "127.0.0.1", arguments.port, limit=4 << 20)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
