"""One client doing one job against one server, timed: the unit of the S3 benchmarks.

``python benchmarks/parts/s3_clients.py JOB CLIENT ENDPOINT`` prints one line of JSON: what was done (keys, bytes or
files), seconds, CPU seconds and peak memory in MB of the process and its children. For libraries, imports and the
making of the client are not timed; for command lines the whole process is, because that is what a user waits for.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GIB = 2**30
SMALL_FILES, SMALL_SIZE = 2000, 16 * 1024
LISTED = "flat/part-000"
UP = f"up-{GIB}"  # the server tells as size what stands last in the key

# A client gets the endpoint and makes the work: a function that is timed and returns how much it did.
Client = Callable[[str], Callable[[], int]]


# What several clients need.


def folder() -> Path:
    """An empty folder that goes with this process."""
    path = Path(tempfile.mkdtemp(prefix="smext-benchmark-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def big_file() -> Path:
    path = Path(tempfile.gettempdir()) / "smext-benchmark-1GiB"
    if not path.exists() or path.stat().st_size != GIB:
        block = os.urandom(2**20)
        with path.open("wb") as file:
            for _ in range(GIB // len(block)):
                file.write(block)
    return path


def small_files() -> Path:
    path = Path(tempfile.gettempdir()) / "smext-benchmark-small"
    if not path.exists() or len(list(path.iterdir())) != SMALL_FILES:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        for number in range(SMALL_FILES):
            (path / f"{number:05d}-{SMALL_SIZE}").write_bytes(os.urandom(SMALL_SIZE))
    return path


def shell(*arguments: object) -> str:
    return subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True).stdout


# jupyter_smext


def ours(endpoint: str) -> Any:
    from jupyter_smext.aws.session import AwsSession

    aws = AwsSession(endpoint_url=endpoint)
    aws.client("s3")
    return aws


def list_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.s3.listing import list_pages

    aws = ours(endpoint)
    return lambda: sum(len(page.keys) for page in list_pages(aws, "keys", LISTED))


def scan_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.s3.find import Find
    from jupyter_smext.s3.models import FindRequest

    aws, find = ours(endpoint), Find(FindRequest(bucket="keys", prefix="flat/", text="9999"))
    return lambda: find.run(aws, Silent()).scanned


def up_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.s3.file_upload import send_file

    aws, path = ours(endpoint), big_file()
    return lambda: send_file(aws, path, "bucket", UP, overwrite=True, progress=Silent()).size


def down_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.s3.download import fetch_file

    aws, path = ours(endpoint), folder() / "fetched"
    return lambda: fetch_file(aws, "bucket", str(GIB), path, overwrite=True, progress=Silent())


def small_up_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.s3.conflicts import OnConflict
    from jupyter_smext.s3.transfer import upload_path

    aws, source = ours(endpoint), small_files()
    return lambda: upload_path(aws, source, "bucket", "small/", OnConflict.OVERWRITE, Silent()).files


def small_down_ours(endpoint: str) -> Callable[[], int]:
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.s3.conflicts import OnConflict
    from jupyter_smext.s3.transfer import download_path

    aws, target = ours(endpoint), folder()
    return lambda: download_path(aws, "small", "", target, OnConflict.OVERWRITE, Silent()).files


# boto3 and its s3transfer


def boto3_client(endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))


def list_boto3(endpoint: str) -> Callable[[], int]:
    pages = boto3_client(endpoint).get_paginator("list_objects_v2").paginate(Bucket="keys", Prefix=LISTED)
    return lambda: sum(len(page["Contents"]) for page in pages)


def up_boto3(endpoint: str, **settings: int) -> Callable[[], int]:
    from boto3.s3.transfer import TransferConfig

    client, path = boto3_client(endpoint), big_file()

    def work() -> int:
        client.upload_file(str(path), "bucket", UP, Config=TransferConfig(**settings))
        return GIB

    return work


def down_boto3(endpoint: str, **settings: int) -> Callable[[], int]:
    from boto3.s3.transfer import TransferConfig

    client, path = boto3_client(endpoint), folder() / "fetched"

    def work() -> int:
        client.download_file("bucket", str(GIB), str(path), Config=TransferConfig(**settings))
        return path.stat().st_size

    return work


def small_up_boto3(endpoint: str) -> Callable[[], int]:
    from s3transfer.manager import TransferManager

    client, source = boto3_client(endpoint), small_files()

    def work() -> int:
        with TransferManager(client) as manager:
            for path in source.iterdir():
                manager.upload(str(path), "bucket", path.name)
        return SMALL_FILES

    return work


def small_down_boto3(endpoint: str) -> Callable[[], int]:
    from s3transfer.manager import TransferManager

    client, target = boto3_client(endpoint), folder()

    def work() -> int:
        with TransferManager(client) as manager:
            for number in range(SMALL_FILES):
                key = f"{number:05d}-{SMALL_SIZE}"
                manager.download("small", key, str(target / key))
        return len(list(target.iterdir()))

    return work


BEST = {"multipart_chunksize": 32 * 2**20, "max_concurrency": 4}


# Other libraries


def list_s3fs(endpoint: str) -> Callable[[], int]:
    import s3fs

    files = s3fs.S3FileSystem(endpoint_url=endpoint)
    return lambda: len(files.find("keys/flat", prefix="part-000"))


def obstore(endpoint: str, bucket: str) -> Any:
    from obstore.store import S3Store

    return S3Store(bucket, endpoint=endpoint, region="us-east-1", client_options={"allow_http": True})


def list_obstore(endpoint: str) -> Callable[[], int]:
    store = obstore(endpoint, "keys")
    # obstore lists whole folders only; the first 100 pages of this one are the same 100,000 keys.
    return lambda: sum(len(page) for _, page in zip(range(100), store.list("flat", chunk_size=1000), strict=False))


def scan_obstore(endpoint: str) -> Callable[[], int]:
    store = obstore(endpoint, "keys")

    def work() -> int:
        scanned = 0
        for page in store.list("flat", chunk_size=1000):
            [each for each in page if "9999" in each["path"]]
            scanned += len(page)
        return scanned

    return work


def up_obstore(endpoint: str) -> Callable[[], int]:
    store, path = obstore(endpoint, "bucket"), big_file()

    def work() -> int:
        store.put(UP, path)
        return GIB

    return work


# Command lines

AWS = ("aws", "s3", "--endpoint-url")
S5CMD = ("s5cmd", "--endpoint-url")
RCLONE = (
    "rclone", "--config", "/dev/null", "--s3-provider", "Other", "--s3-env-auth", "--ignore-checksum",
    "--s3-no-check-bucket", "--s3-no-head", "--s3-endpoint",
)  # fmt: skip


def list_aws(endpoint: str) -> Callable[[], int]:
    return lambda: shell(*AWS, endpoint, "ls", "--recursive", f"s3://keys/{LISTED}").count("\n")


def list_s5cmd(endpoint: str) -> Callable[[], int]:
    return lambda: shell(*S5CMD, endpoint, "ls", f"s3://keys/{LISTED}*").count("\n")


def scan_s5cmd(endpoint: str) -> Callable[[], int]:
    return lambda: shell(*S5CMD, endpoint, "ls", "s3://keys/flat/*").count("\n")


def up_by(*command: str, to: str) -> Client:
    def client(endpoint: str) -> Callable[[], int]:
        arguments = [*command[:-1], endpoint, command[-1], big_file(), to]

        def work() -> int:
            shell(*arguments)
            return GIB

        return work

    return client


def down_by(*command: str, source: str) -> Client:
    def client(endpoint: str) -> Callable[[], int]:
        target = folder() / "fetched"

        def work() -> int:
            shell(*command[:-1], endpoint, command[-1], source, target)
            return target.stat().st_size

        return work

    return client


def small_up_by(*command: str, options: tuple[str, ...] = ()) -> Client:
    def client(endpoint: str) -> Callable[[], int]:
        source = small_files()

        def work() -> int:
            shell(*command[:-1], endpoint, command[-1], *options, f"{source}/", "s3://bucket/small/")
            return SMALL_FILES

        return work

    return client


def small_down_by(*command: str, source: str, options: tuple[str, ...] = ()) -> Client:
    def client(endpoint: str) -> Callable[[], int]:
        target = folder()

        def work() -> int:
            shell(*command[:-1], endpoint, command[-1], *options, source, f"{target}/")
            return len(list(target.iterdir()))

        return work

    return client


JOBS: dict[str, dict[str, Client]] = {
    "list": {
        "jupyter_smext": list_ours,
        "boto3 paginator": list_boto3,
        "s3fs": list_s3fs,
        "obstore": list_obstore,
        "s5cmd": list_s5cmd,
        "aws CLI": list_aws,
    },
    "scan": {"jupyter_smext": scan_ours, "obstore": scan_obstore, "s5cmd": scan_s5cmd},
    "up": {
        "jupyter_smext": up_ours,
        "boto3 s3transfer": up_boto3,
        "boto3 s3transfer, 32 MiB x 4": lambda endpoint: up_boto3(endpoint, **BEST),
        "obstore": up_obstore,
        "s5cmd": up_by(*S5CMD, "cp", to=f"s3://bucket/{UP}"),
        "rclone": up_by(*RCLONE, "copyto", to=f":s3:bucket/{UP}"),
        "aws CLI": up_by(*AWS, "cp", to=f"s3://bucket/{UP}"),
    },
    "down": {
        "jupyter_smext": down_ours,
        "boto3 s3transfer": down_boto3,
        "boto3 s3transfer, 32 MiB x 4": lambda endpoint: down_boto3(endpoint, **BEST),
        "s5cmd": down_by(*S5CMD, "cp", source=f"s3://bucket/{GIB}"),
        "rclone": down_by(*RCLONE, "copyto", source=f":s3:bucket/{GIB}"),
        "aws CLI": down_by(*AWS, "cp", source=f"s3://bucket/{GIB}"),
    },
    "small-up": {
        "jupyter_smext": small_up_ours,
        "boto3 s3transfer": small_up_boto3,
        "s5cmd": small_up_by(*S5CMD, "cp"),
        "aws CLI": small_up_by(*AWS, "cp", options=("--recursive",)),
    },
    "small-down": {
        "jupyter_smext": small_down_ours,
        "boto3 s3transfer": small_down_boto3,
        "s5cmd": small_down_by(*S5CMD, "cp", source="s3://small/*"),
        "aws CLI": small_down_by(*AWS, "cp", source="s3://small/", options=("--recursive",)),
    },
}


def main() -> None:
    job, name, endpoint = sys.argv[1:]
    work = JOBS[job][name](endpoint)
    before, start = cpu(), time.perf_counter()
    done = work()
    seconds, used = time.perf_counter() - start, cpu() - before
    memory = max(resource.getrusage(each).ru_maxrss for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"done": done, "seconds": seconds, "cpu": used, "memory": memory / 1024}))


def cpu() -> float:
    used = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
