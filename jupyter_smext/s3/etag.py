"""The ETag that S3 gives to a file that was sent by us, as a checksum of its content.

It is the MD5 of the content, or of the MD5s of the parts, unless the object is encrypted with KMS or a customer's key.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from .file_upload import digest_of
from .upload import part_size


def etag_of(path: Path) -> str:
    """The ETag without its quotes, for parts of the size that we send."""
    size = path.stat().st_size
    part = part_size(size)
    digests = [digest_of(path, start, part).md5 for start in range(0, max(size, 1), part)]
    if len(digests) == 1:
        return digests[0]
    whole = hashlib.md5(b"".join(map(bytes.fromhex, digests)), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(digests)}"
