"""Messages of AWS's event stream encoding.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_STRING = 7


def event_message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message: total and header lengths with their checksum, headers, payload, checksum of all."""
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    return bytes([len(name_bytes)]) + name_bytes + struct.pack("!BH", _STRING, len(value_bytes)) + value_bytes
