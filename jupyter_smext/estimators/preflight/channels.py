"""The data channels: is something there, may we read it, does it fit, and is it what the algorithm reads?

Calls: `ListObjectsV2` (one page), `HeadBucket`, `GetObject` of the first 256 KiB of one object a channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...aws.errors import ErrorCode, SmextError, from_aws
from ..algorithms import builtin_algorithms
from ..models import Finding, InputChannel, InputMode
from ..packaging import bucket_and_prefix
from .contents import READ_BYTES, csv_oddities, format_of
from .context import Context, error, unknown, warning

_FORMATS = {
    "text/csv": "csv",
    "csv": "csv",
    "text/libsvm": "libsvm",
    "libsvm": "libsvm",
    "application/jsonlines": "jsonlines",
    "application/x-parquet": "parquet",
    "application/x-recordio-protobuf": "recordio",
    "application/x-recordio": "recordio",
}
# As the volume is sold.
GIGABYTE = 1e9

# Algorithms whose CSV has the label in the first column.
_LABEL_FIRST = {"xgboost", "linear-learner", "knn", "factorization-machines"}


def check_channel(context: Context, index: int) -> Iterator[Finding]:
    """Findings about one channel."""
    channel = context.job.input_data_config[index]
    path = f"{context.path}.input_data_config[{index}]"
    if channel.file_system:
        yield unknown("FileSystemNotRead", path, "A file system cannot be looked into from here.")
        return
    uri = channel.s3_uri or ""
    if not uri.startswith("s3://"):
        return
    bucket, prefix = uri.removeprefix("s3://").partition("/")[::2]
    try:
        page = context.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    except Exception as failure:
        yield _refused(path, bucket, prefix, from_aws(failure, resource=f"arn:aws:s3:::{bucket}"))
        return
    yield from _region(context, path, bucket, page)
    objects = [each for each in page.get("Contents", []) if each["Size"] > 0]
    if not objects:
        yield error(
            "ChannelEmpty",
            f"{path}.s3_uri",
            f"There is no object under {uri}: the job would fail after its instances have started.",
        )
        return
    if channel.s3_data_type == "S3Prefix":
        yield from _prefix(path, prefix, objects, uri)
        yield from _size(context, channel, path, page, objects)
        yield from _contents(context, channel, path, bucket, objects[0])


def check_channels_of_algorithm(context: Context) -> Iterator[Finding]:
    """Whether a built-in algorithm gets the channels and content types that it knows."""
    builtin = context.job.algorithm.builtin
    if not builtin:
        return
    contract = builtin_algorithms()[builtin.name]
    path = f"{context.path}.input_data_config"
    given = {each.channel_name for each in context.job.input_data_config}
    for name in contract.channels:
        if name not in given:
            yield error("ChannelMissing", path, f"{builtin.name} needs the channel {name}.", f"Add the channel {name}.")
    known = {*contract.channels, *contract.optional_channels}
    for index, channel in enumerate(context.job.input_data_config):
        if channel.channel_name not in known:
            yield error(
                "ChannelUnknown",
                f"{path}[{index}].channel_name",
                f"{builtin.name} does not know the channel {channel.channel_name}.",
                f"It knows {', '.join(sorted(known))}.",
            )
        given_type = (channel.content_type or "").split(";")[0].strip()
        if given_type and given_type not in contract.content_types and given_type not in ("csv", "libsvm"):
            yield warning(
                "ContentTypeUnknown",
                f"{path}[{index}].content_type",
                f"{builtin.name} reads {', '.join(contract.content_types)}, not {given_type}.",
            )


def check_output(context: Context) -> Iterator[Finding]:
    """Whether the bucket for the model is there and in the job's region."""
    from ..request import output_path

    path = f"{context.path}.output_data_config.s3_output_path"
    bucket, _ = bucket_and_prefix(output_path(context.job, context.place))
    try:
        answer = context.aws.client("s3").head_bucket(Bucket=bucket)
    except Exception as failure:
        mapped = from_aws(failure, resource=f"arn:aws:s3:::{bucket}")
        if mapped.code is ErrorCode.NOT_FOUND:
            yield error(
                "OutputBucketMissing", path, f"The bucket {bucket} does not exist.", "Create it or name another."
            )
        elif mapped.code is ErrorCode.WRONG_REGION:
            yield error("OutputWrongRegion", path, f"The bucket {bucket} is in another region than the job.")
        else:
            yield unknown(
                "OutputNotRead", path, f"The bucket {bucket} could not be looked at: {mapped.envelope.message}"
            )
        return
    region = answer.get("BucketRegion") or answer["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
    if region and region != context.place.region:
        yield error(
            "OutputWrongRegion",
            path,
            f"The bucket {bucket} is in {region}, the job in {context.place.region}.",
            "Choose a bucket of the job's region.",
        )


def _refused(path: str, bucket: str, prefix: str, failure: SmextError) -> Finding:
    where = f"{path}.s3_uri"
    if failure.code is ErrorCode.NOT_FOUND:
        return error("ChannelBucketMissing", where, f"The bucket {bucket} does not exist.")
    if failure.code is ErrorCode.WRONG_REGION:
        return error("ChannelWrongRegion", where, f"The bucket {bucket} is in another region than the job.")
    if failure.code is ErrorCode.ACCESS_DENIED:
        return unknown(
            "ChannelNotRead",
            where,
            f"You may not list s3://{bucket}/{prefix}, so that nothing is known about it; the job's role may.",
            "s3:ListBucket and s3:GetObject for you would decide it.",
        )
    return unknown("ChannelNotRead", where, f"s3://{bucket}/{prefix} could not be listed: {failure.envelope.message}")


def _region(context: Context, path: str, bucket: str, page: Any) -> Iterator[Finding]:
    region = page["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
    if region and region != context.place.region:
        yield error(
            "ChannelWrongRegion",
            f"{path}.s3_uri",
            f"The bucket {bucket} is in {region}, the job in {context.place.region}.",
            "Copy the data, or run the job there.",
        )


def _prefix(path: str, prefix: str, objects: list[Any], uri: str) -> Iterator[Finding]:
    others = [each["Key"] for each in objects if prefix and not each["Key"].startswith(prefix.rstrip("/") + "/")]
    inside = len(objects) - len(others)
    if prefix and not prefix.endswith("/") and others and (inside or len(others) > 1):
        yield warning(
            "PrefixMatchesMore",
            f"{path}.s3_uri",
            f"{uri} is a prefix of more than one folder: {others[0]} begins so too.",
            "End it with a slash.",
            {"value": uri + "/"} if inside else None,
        )


def _size(context: Context, channel: InputChannel, path: str, page: Any, objects: list[Any]) -> Iterator[Finding]:
    mode = channel.input_mode or context.job.algorithm.training_input_mode
    if mode is not InputMode.FILE:
        return
    size = sum(each["Size"] for each in objects)
    volume = context.job.compute.volume_size_in_gb * GIGABYTE
    at_least = "at least " if page.get("IsTruncated") else ""
    if size > volume:
        yield error(
            "VolumeTooSmall",
            f"{context.path}.compute.volume_size_in_gb",
            f"The channel {channel.channel_name} has {at_least}{size / 1e9:.1f} GB, the volume "
            f"{context.job.compute.volume_size_in_gb} GB.",
            "Make the volume larger, or let the channel stream with FastFile.",
        )


def _contents(context: Context, channel: InputChannel, path: str, bucket: str, first: Any) -> Iterator[Finding]:
    key = first["Key"]
    try:
        answer = context.aws.client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{READ_BYTES - 1}")
        data = answer["Body"].read()
    except Exception as failure:
        mapped = from_aws(failure, resource=f"arn:aws:s3:::{bucket}/{key}")
        yield unknown(
            "ChannelNotRead",
            f"{path}.s3_uri",
            f"s3://{bucket}/{key} could not be read: {mapped.envelope.message}",
            "s3:GetObject for you would decide it.",
        )
        return
    found = format_of(data)
    builtin = context.job.algorithm.builtin
    given_type = (channel.content_type or "").split(";")[0].strip()
    expected = _FORMATS.get(given_type)
    if expected and found and found != expected and found not in ("gzip", "image"):
        yield error(
            "ContentTypeMismatch",
            f"{path}.content_type",
            f"{key} looks like {found}, and the content type is {given_type}.",
        )
    elif builtin and not given_type and found in ("csv", "libsvm", "jsonlines") and builtin.name != "blazingtext":
        fix = {"csv": "text/csv", "libsvm": "text/libsvm", "jsonlines": "application/jsonlines"}[found]
        yield error(
            "ContentTypeMissing",
            f"{path}.content_type",
            f"{key} looks like {found}; without a content type {builtin.name} takes it for something else.",
            f"Set it to {fix}.",
        )
    if builtin and found == "csv":
        labelled = builtin.name in _LABEL_FIRST and "label_size=0" not in (channel.content_type or "")
        for odd in csv_oddities(data, complete=len(data) == first["Size"], labelled=labelled):
            make = warning if odd.code == "CsvIndexColumn" else error
            yield make(odd.code, f"{path}.s3_uri", f"s3://{bucket}/{key}: {odd.message}")
