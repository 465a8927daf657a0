"""The input channels of a training job, from S3 into ``/opt/ml/input/data``.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_smext.runner.failure import JobFailedError
from jupyter_smext.runner.s3_files import S3Error, S3Uri, download, list_keys, read_text, relative_name


def input_data_config(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The content of inputdataconfig.json: the channels by name."""
    channels = {}
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource", {})
        config = {
            "TrainingInputMode": _input_mode(channel, request),
            "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        if channel.get("ContentType"):
            config["ContentType"] = channel["ContentType"]
        channels[channel["ChannelName"]] = config
    return channels


def download_channels(
    s3: Any,
    request: Mapping[str, Any],
    folder: Path,
    *,
    host: str,
    hosts_of: Callable[[Mapping[str, Any]], Sequence[str]],
    check: Callable[[], None],
) -> None:
    """Put each channel's objects for ``host`` into a folder of its name; ``hosts_of`` a source share it with others.

    File and FastFile channels look the same to a script; both are downloaded before it starts. ``check`` may raise to
    end the download. Raises JobFailedError.
    """
    for channel in request.get("InputDataConfig", []):
        name, source = channel["ChannelName"], channel["DataSource"].get("S3DataSource")
        if source is None:
            raise JobFailedError(
                f"ClientError: The data source of channel {name} is not in Amazon S3; only S3 is read."
            )
        if _input_mode(channel, request) == "Pipe":
            raise JobFailedError(
                f"ClientError: Channel {name} uses Pipe mode, which is not available here. Use File or FastFile mode."
            )
        target = folder / name
        target.mkdir()
        try:
            uri = S3Uri.parse(source["S3Uri"])
            found = _objects(s3, uri, source)
            if not found:
                raise JobFailedError(_nothing_found(source["S3Uri"], uri.bucket, s3, request))
            if source.get("S3DataDistributionType") == "ShardedByS3Key":
                hosts = hosts_of(source)
                found = sorted(found, key=str)[hosts.index(host) :: len(hosts)]
            for bucket in {item.bucket for item, _ in found}:
                files = [(item.key, target / path) for item, path in found if item.bucket == bucket]
                download(s3, bucket, files, target, check)
        except (S3Error, OSError, ValueError) as error:
            raise JobFailedError(f"ClientError: Data download failed:{error} ({source['S3Uri']})") from error


def _input_mode(channel: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    mode: str = channel.get("InputMode") or request["AlgorithmSpecification"]["TrainingInputMode"]
    return mode


def _objects(s3: Any, uri: S3Uri, source: Mapping[str, Any]) -> Sequence[tuple[S3Uri, str]]:
    """The objects of a data source, each with its path in the channel's folder."""
    if source["S3DataType"] == "ManifestFile":
        return list(_manifest(json.loads(read_text(s3, uri))))
    if source["S3DataType"] == "AugmentedManifestFile":
        lines = [json.loads(line) for line in read_text(s3, uri).splitlines() if line.strip()]
        return [(uri, Path(uri.key).name), *_referenced(lines, source.get("AttributeNames", []), uri)]
    return [(S3Uri(uri.bucket, key), relative_name(key, uri.key)) for key in list_keys(s3, uri)]


def _manifest(entries: Any) -> Iterable[tuple[S3Uri, str]]:
    if not (isinstance(entries, list) and entries and isinstance(entries[0], dict) and "prefix" in entries[0]):
        raise ValueError('the manifest is not a list that begins with {"prefix": ...}')
    prefix = entries[0]["prefix"]
    return [(S3Uri.parse(prefix + name), name.lstrip("/")) for name in entries[1:]]


def _referenced(
    lines: Sequence[Mapping[str, Any]], attributes: Sequence[str], manifest: S3Uri
) -> Iterable[tuple[S3Uri, str]]:
    """The objects that the manifest's lines name in these attributes: below the manifest's folder by their relative
    path, others by their key."""
    found = {}
    for line in lines:
        for value in (line.get(attribute) for attribute in attributes):
            if isinstance(value, str) and value.startswith("s3://"):
                uri = S3Uri.parse(value)
                found[uri] = relative_name(uri.key, manifest.key.rpartition("/")[0])
    return found.items()


def _nothing_found(url: str, bucket: str, s3: Any, request: Mapping[str, Any]) -> str:
    return (
        f'ClientError: Data download failed:No S3 objects found under S3 URL "{url}" given in input data source. '
        f"Please ensure that the bucket exists in the selected region ({s3.meta.region_name}), that objects exist "
        f'under that S3 prefix, and that the role "{request["RoleArn"]}" has "s3:ListBucket" permissions on bucket '
        f'"{bucket}".'
    )
