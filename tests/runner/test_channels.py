"""Where the objects of each kind of channel arrive, and what is said when they cannot."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from runner_jobs import Jobs, channel

from jupyter_smext.runner.channels import download_channels, input_data_config
from jupyter_smext.runner.failure import JobFailedError


@pytest.fixture
def arrived(jobs: Jobs, tmp_path: Any) -> Any:
    """Download one channel; the paths and contents of its files."""
    counter = iter(range(100))

    def download(channel: dict[str, Any], host: int = 0, hosts: int = 1) -> dict[str, str]:
        folder = tmp_path / f"data-{next(counter)}"
        folder.mkdir()
        request = jobs.request(InputDataConfig=[channel])
        names = [str(number) for number in range(hosts)]
        download_channels(jobs.s3, request, folder, host=names[host], hosts_of=lambda source: names, check=lambda: None)
        root = folder / channel["ChannelName"]
        return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}

    return download


def test_prefixes(jobs: Jobs, arrived: Any) -> None:
    base = f"{jobs.name}/set"
    for key in ("train/a.csv", "train/deep/b.csv", "train-2/c.csv", "trainer.csv"):
        jobs.put(f"{base}/{key}", key)
    jobs.put(f"{base}/train/", "")
    uri = f"s3://data/{base}"
    folder = {"a.csv": "train/a.csv", "deep/b.csv": "train/deep/b.csv"}
    assert arrived(channel("x", f"{uri}/train/")) == folder
    # As S3Prefix says: all keys that begin with it; those beside the folder keep their own names.
    assert arrived(channel("x", f"{uri}/train")) == {
        **folder,
        "train-2/c.csv": "train-2/c.csv",
        "trainer.csv": "trainer.csv",
    }
    assert arrived(channel("x", f"{uri}/train/a.csv")) == {"a.csv": "train/a.csv"}
    assert arrived(channel("x", f"{uri}/trainer")) == {"trainer.csv": "trainer.csv"}


def test_manifest(jobs: Jobs, arrived: Any) -> None:
    jobs.put(f"{jobs.name}/m/a/1.txt", "one")
    jobs.put(f"{jobs.name}/m/2.txt", "two")
    manifest = [{"prefix": f"s3://data/{jobs.name}/m/"}, "a/1.txt", "2.txt"]
    uri = jobs.put(f"{jobs.name}/x.manifest", json.dumps(manifest))
    assert arrived(channel("x", uri, "ManifestFile")) == {"a/1.txt": "one", "2.txt": "two"}


def test_a_manifest_that_is_none(jobs: Jobs) -> None:
    uri = jobs.put(f"{jobs.name}/bad.manifest", '["x"]')
    result = jobs.script("", InputDataConfig=[channel("train", uri, "ManifestFile")]).result()
    assert result.failure_reason == (
        f'ClientError: Data download failed:the manifest is not a list that begins with {{"prefix": ...}} ({uri})'
    )


def test_augmented_manifest(jobs: Jobs, arrived: Any) -> None:
    image = jobs.put(f"{jobs.name}/aug/images/1.jpg", "image")
    lines = json.dumps({"source-ref": image, "label": 3}) + "\n"
    uri = jobs.put(f"{jobs.name}/aug/train.manifest", lines)
    found = arrived(channel("x", uri, "AugmentedManifestFile", AttributeNames=["source-ref", "label"]))
    assert found == {"train.manifest": lines, "images/1.jpg": "image"}


def test_shards_are_disjoint_and_complete(jobs: Jobs, arrived: Any) -> None:
    for number in range(5):
        jobs.put(f"{jobs.name}/shard/{number}", str(number))
    sharded = channel("x", f"s3://data/{jobs.name}/shard/", S3DataDistributionType="ShardedByS3Key")
    assert arrived(sharded, 0, 2).keys() == {"0", "2", "4"}
    assert arrived(sharded, 1, 2).keys() == {"1", "3"}


def test_inputdataconfig(jobs: Jobs) -> None:
    fast = channel("fast", "s3://data/x") | {"InputMode": "FastFile", "ContentType": "text/csv"}
    request = jobs.request(InputDataConfig=[channel("plain", "s3://data/x"), fast])
    assert input_data_config(request) == {
        "plain": {
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        },
        "fast": {
            "TrainingInputMode": "FastFile",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
            "ContentType": "text/csv",
        },
    }


def test_an_empty_prefix(jobs: Jobs) -> None:
    job = jobs.script("", InputDataConfig=[channel("train", "s3://data/nothing/here/")])
    result = job.result()
    assert result.status == "Failed"
    assert result.failure_reason == (
        'ClientError: Data download failed:No S3 objects found under S3 URL "s3://data/nothing/here/" given in input '
        "data source. Please ensure that the bucket exists in the selected region (us-east-1), that objects exist "
        'under that S3 prefix, and that the role "arn:aws:iam::123456789012:role/SageMakerRole" has "s3:ListBucket" '
        'permissions on bucket "data".'
    )
    assert job.events.statuses == ["Starting", "Downloading", "Failed"]


def test_a_bucket_that_does_not_exist(jobs: Jobs) -> None:
    result = jobs.script("", InputDataConfig=[channel("train", "s3://no-such-bucket/x")]).result()
    assert result.failure_reason == (
        "ClientError: Data download failed:NoSuchBucket (404): The specified bucket does not exist "
        "(s3://no-such-bucket/x)"
    )


def test_a_denied_bucket(jobs: Jobs, tmp_path: Any) -> None:
    s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(s3) as stub:
        stub.add_client_error("list_objects_v2", "AccessDenied", "Access Denied", 403)
        request = jobs.request(InputDataConfig=[channel("train", "s3://data/x")])
        with pytest.raises(JobFailedError, match=r"Data download failed:AccessDenied \(403\): Access Denied"):
            download_channels(
                s3, request, tmp_path, host="algo-1", hosts_of=lambda source: ["algo-1"], check=lambda: None
            )


def test_a_key_that_leads_out_of_its_channel(jobs: Jobs) -> None:
    jobs.put(f"{jobs.name}/evil/../../../../out.txt", "x")
    result = jobs.script("", InputDataConfig=[channel("train", f"s3://data/{jobs.name}/evil/")]).result()
    assert "leads out of its folder" in str(result.failure_reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"InputMode": "Pipe"}, "Pipe mode, which is not available"),
        ({"DataSource": {"FileSystemDataSource": {"FileSystemId": "fs-1"}}}, "is not in Amazon S3"),
    ],
)
def test_sources_that_are_not_available(jobs: Jobs, changes: dict[str, Any], reason: str) -> None:
    result = jobs.script("", InputDataConfig=[channel("train", "s3://data/x") | changes]).result()
    assert reason in str(result.failure_reason)
