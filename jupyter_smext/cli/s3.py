"""`jupyter smext s3`: list, copy, remove and make, with the speed and the safety of the panel."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..s3.location import Location

Subparsers = argparse._SubParsersAction  # the only name that argparse gives this type


def add_parser(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("s3", help="list, copy and search objects in S3")
    commands = parser.add_subparsers(dest="s3_command", metavar="COMMAND", required=True)

    ls = commands.add_parser("ls", help="buckets, or what lies under a prefix")
    ls.add_argument("place", nargs="?", help="s3://bucket/prefix, an ARN or a console URL; none: the buckets")
    ls.add_argument("--recursive", action="store_true", help="every object at any depth")
    ls.add_argument("--json", action="store_true", help="JSON Lines: one bucket, prefix or object a line")
    ls.set_defaults(run=run_ls)

    cp = commands.add_parser(
        "cp",
        help="copy a file or a folder to S3 or back",
        description="A target that ends in `/` takes the source's name. What exists is never overwritten without "
        "--overwrite, also where somebody else writes at the same time.",
    )
    cp.add_argument("source", help="local path or s3:// URI")
    cp.add_argument("target", help="local path or s3:// URI")
    cp.add_argument("--recursive", action="store_true", help="a folder, or all under a prefix")
    cp.add_argument("--overwrite", action="store_true", help="replace what exists")
    cp.add_argument("--json", action="store_true", help="print the result as JSON")
    cp.set_defaults(run=run_cp)

    rm = commands.add_parser("rm", help="delete an object, or all under a prefix")
    rm.add_argument("place", help="s3://bucket/key")
    rm.add_argument("--recursive", action="store_true", help="all under the prefix")
    rm.add_argument("--confirm", metavar="BUCKET", help="the bucket's name again, to empty all of it")
    rm.add_argument("--json", action="store_true", help="print the result as JSON")
    rm.set_defaults(run=run_rm)

    mb = commands.add_parser("mb", help="make a bucket")
    mb.add_argument("bucket", help="s3://name, or the name")
    mb.add_argument("--json", action="store_true", help="print the bucket as JSON")
    mb.set_defaults(run=run_mb)


def run_ls(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.browse import list_all
    from ..s3.buckets import all_buckets
    from ..s3.location import parse
    from ..s3.models import ObjectsQuery

    aws = AwsSession()
    if args.place is None:
        for bucket in all_buckets(aws):
            line = bucket.model_dump_json() if args.json else f"{bucket.created or '':%Y-%m-%d %H:%M:%S}  {bucket.name}"
            print(line)
        return 0
    place = parse(args.place)
    query = ObjectsQuery(bucket=place.bucket, prefix=place.key, delimiter="" if args.recursive else "/")
    found = False
    for page in list_all(aws, query):
        for prefix in page.prefixes:
            found = True
            print(json.dumps({"prefix": prefix}) if args.json else f"{'':19}  {'folder':>14}  {printable(prefix)}")
        for each in page.objects:
            found = True
            if args.json:
                print(each.model_dump_json())
            else:
                print(f"{each.last_modified:%Y-%m-%d %H:%M:%S}  {each.size:>14,}  {printable(each.key)}")
    if not found and place.key and not args.json:
        print(f"Nothing lies under {place.uri}", file=sys.stderr)
        return 1
    return 0


def run_cp(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.transfer import download_path, upload_path
    from .progress import TerminalProgress, size

    up, down = is_s3(args.target), is_s3(args.source)
    if up == down:
        print("One of source and target must be an s3:// URI, the other a local path.", file=sys.stderr)
        return 2
    aws = AwsSession()
    with TerminalProgress(f"{args.source} to {args.target}") as progress:
        if up:
            source, place = Path(args.source), parse(args.target)
            if source.is_dir() and not args.recursive:
                print(f"{source} is a folder: add --recursive to copy it.", file=sys.stderr)
                return 2
            result = upload_path(aws, source, place.bucket, place.key, overwrite=args.overwrite, progress=progress)
        else:
            place = parse(args.source)
            key = as_prefix(place) if args.recursive else place.key
            if not args.recursive and (not key or key.endswith("/")):
                print(f"{place.uri} is a prefix: add --recursive to copy all under it.", file=sys.stderr)
                return 2
            target = Path(args.target)
            if args.target.endswith("/") and not args.recursive:
                target.mkdir(parents=True, exist_ok=True)
            result = download_path(aws, place.bucket, key, target, overwrite=args.overwrite, progress=progress)
    if args.json:
        print(result.model_dump_json())
    else:
        skipped = f", {result.skipped:,} skipped because they exist" if result.skipped else ""
        print(f"{result.files:,} copied ({size(result.bytes)}){skipped}")
        for failure in result.failures:
            print(f"{printable(failure.name)}: {failure.message}", file=sys.stderr)
        if result.failed:
            print(f"{result.failed:,} failed", file=sys.stderr)
    return 1 if result.failed else 0


def run_rm(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.delete import delete_objects, delete_prefix
    from ..s3.location import parse
    from ..s3.models import DeletePrefixRequest, DeleteRequest, DeleteSummary
    from .progress import TerminalProgress

    place = parse(args.place)
    if not args.recursive and (not place.key or place.key.endswith("/")):
        print(f"{place.uri} is a prefix: add --recursive to delete all under it.", file=sys.stderr)
        return 2
    aws = AwsSession()
    summary = DeleteSummary()
    if args.recursive:
        request = DeletePrefixRequest(bucket=place.bucket, prefix=as_prefix(place), confirm=args.confirm)
        with TerminalProgress(f"Deleting {place.uri}", unit="objects") as progress:
            summary = delete_prefix(aws, request, progress)
    else:
        summary.add(delete_objects(aws, DeleteRequest(bucket=place.bucket, keys=[place.key])))
    if args.json:
        print(summary.model_dump_json())
    else:
        print(f"{summary.deleted:,} deleted")
        for failure in summary.failures:
            print(f"{printable(failure.key)}: {failure.code}: {failure.message}", file=sys.stderr)
    return 1 if summary.failed else 0


def run_mb(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.buckets import create_bucket
    from ..s3.models import CreateBucketRequest

    bucket = create_bucket(AwsSession(), CreateBucketRequest(name=args.bucket.removeprefix("s3://").rstrip("/")))
    print(bucket.model_dump_json() if args.json else f"{bucket.name} in {bucket.region}")
    return 0


def is_s3(text: str) -> bool:
    return text.startswith(("s3://", "arn:", "https://"))


def as_prefix(place: Location) -> str:
    """The key as the prefix of a folder: `data` and `data/` mean the same to who copies all of it."""
    return place.key if not place.key or place.key.endswith("/") else place.key + "/"


def printable(key: str) -> str:
    """A key on one line, with control characters written out, so that it cannot drive the terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in key)
