"""Folders of this machine in the shape of an S3 client, for local runs: only the calls that the runner makes.

Named buckets are folders; every other bucket is real, and asked through the real client, which is made when needed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any


class LocalStore:
    """``folders``: bucket name -> folder. ``s3`` gives the client for all other buckets."""

    def __init__(self, folders: Mapping[str, Path], s3: Callable[[], Any]) -> None:
        self._folders = dict(folders)
        self._s3 = s3

    @property
    def meta(self) -> Any:
        return self._s3().meta

    def get_paginator(self, operation: str) -> _Pages:
        return _Pages(self, operation)

    def pages(self, operation: str, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
        """The pages of a listing. Keys that lie in a folder are given in order, as S3 does."""
        folder = self._folders.get(bucket)
        if folder is None:
            yield from self._s3().get_paginator(operation).paginate(Bucket=bucket, Prefix=prefix)
            return
        files = [path for path in folder.rglob("*") if path.is_file()]
        keys = sorted(path.relative_to(folder).as_posix() for path in files)
        yield {"Contents": [{"Key": key} for key in keys if key.startswith(prefix)]}

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803 - boto3's names
        folder = self._folders.get(Bucket)
        if folder is None:
            return self._s3().get_object(Bucket=Bucket, Key=Key)
        return {"Body": (folder / Key).open("rb")}

    def download_file(self, bucket: str, key: str, path: str, Callback: Callable[[int], None]) -> None:  # noqa: N803
        folder = self._folders.get(bucket)
        if folder is None:
            self._s3().download_file(bucket, key, path, Callback=Callback)
            return
        shutil.copyfile(folder / key, path)
        Callback(Path(path).stat().st_size)

    def upload_file(self, path: str, bucket: str, key: str) -> None:
        folder = self._folders.get(bucket)
        if folder is None:
            self._s3().upload_file(path, bucket, key)
            return
        target = folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


class _Pages:
    def __init__(self, store: LocalStore, operation: str) -> None:
        self._store = store
        self._operation = operation

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's names
        return self._store.pages(self._operation, Bucket, Prefix)
