"""`jupyter smext s3`: list, copy, remove and make, with the speed and the safety of the panel."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..s3.conflicts import OnConflict
    from ..s3.location import Location
    from ..s3.models import S3Object, TransferResult

ABORTED_AT_ONCE = 1000

Subparsers = argparse._SubParsersAction  # the only name that argparse gives this type


def add_parser(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("s3", help="list, copy and search objects in S3")
    commands = parser.add_subparsers(dest="s3_command", metavar="COMMAND", required=True)

    ls = commands.add_parser("ls", help="buckets, or what lies under a prefix")
    ls.add_argument("place", nargs="?", help="s3://bucket/prefix, an ARN or a console URL; none: the buckets")
    ls.add_argument("--recursive", action="store_true", help="every object at any depth")
    ls.add_argument("--json", action="store_true", help="JSON Lines: one bucket, prefix or object a line")
    ls.set_defaults(run=run_ls)

    for name, verb, run in (("cp", "copy", run_cp), ("mv", "move", run_mv)):
        cp = commands.add_parser(
            name,
            help=f"{verb} files and objects: to S3, from S3, or inside S3",
            description="A target that ends in `/` takes the source's name. What exists is never overwritten without "
            "--overwrite, also where somebody else writes at the same time.",
        )
        cp.add_argument("source", help="s3:// URI" + ("" if name == "mv" else " or local path"))
        cp.add_argument("target", help="s3:// URI" + ("" if name == "mv" else " or local path"))
        cp.add_argument("--recursive", action="store_true", help="a folder, or all under a prefix")
        exists = cp.add_mutually_exclusive_group()
        exists.add_argument("--overwrite", action="store_true", help="replace what exists")
        exists.add_argument("--keep-both", action="store_true", help="where the target exists, choose a free name")
        cp.add_argument("--json", action="store_true", help="print the result as JSON")
        cp.set_defaults(run=run)

    rm = commands.add_parser("rm", help="delete an object, or all under a prefix")
    rm.add_argument("place", help="s3://bucket/key")
    rm.add_argument("--recursive", action="store_true", help="all under the prefix")
    rm.add_argument("--confirm", metavar="BUCKET", help="the bucket's name again, to empty all of it")
    rm.add_argument("--json", action="store_true", help="print the result as JSON")
    rm.set_defaults(run=run_rm)

    sync = commands.add_parser(
        "sync",
        help="make a prefix like a folder, or a folder like a prefix",
        description="Prints what will be done, then does it. Identical content is never copied.",
    )
    sync.add_argument("source", help="folder or s3://bucket/prefix")
    sync.add_argument("target", help="s3://bucket/prefix or folder")
    sync.add_argument("--delete", action="store_true", help="delete from the target what the source has not")
    sync.add_argument("--checksum", action="store_true", help="compare contents, not only where the source is newer")
    sync.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="leave out; may be repeated")
    sync.add_argument("--dry-run", action="store_true", help="only print what would be done")
    sync.add_argument("--json", action="store_true", help="JSON: the plan (--dry-run), or the result")
    sync.set_defaults(run=run_sync)

    find = commands.add_parser(
        "find",
        help="search all objects under a prefix",
        description="Without any condition it lists all. A glob without `/` is held against the last part of a key; "
        "`*` stops at a `/`, `**` does not.",
    )
    find.add_argument("place", help="s3://bucket/prefix")
    how = find.add_mutually_exclusive_group()
    how.add_argument("--text", help="plain text in the key")
    how.add_argument("--name", metavar="GLOB", help="for example '*.csv' or '2024/**/part-*'")
    how.add_argument("--regex", help="regular expression")
    find.add_argument("--ignore-case", action="store_true")
    find.add_argument("--min-size", type=byte_count, metavar="SIZE", help="for example 10, 4K, 1.5G (powers of 1,024)")
    find.add_argument("--max-size", type=byte_count, metavar="SIZE")
    find.add_argument("--after", metavar="DATE", help="modified then or later, ISO 8601, UTC")
    find.add_argument("--before", metavar="DATE", help="modified earlier")
    find.add_argument("--storage-class", metavar="CLASS")
    find.add_argument("--limit", type=int, default=10_000, help="print this many (default: %(default)s); count all")
    find.add_argument("--json", action="store_true", help="JSON Lines: one object a line, the counts on the last")
    find.set_defaults(run=run_find)

    du = commands.add_parser("du", help="objects, bytes and dollars a month by storage class and folder")
    du.add_argument("place", help="s3://bucket/prefix")
    du.add_argument("--folders", type=int, default=20, help="folders to show, the largest first (default: %(default)s)")
    du.add_argument("--json", action="store_true", help="print the sums as JSON")
    du.set_defaults(run=run_du)

    uploads = commands.add_parser(
        "uploads",
        help="uploads in parts that came to no end: no listing shows them, and AWS charges for their parts",
    )
    uploads.add_argument("place", help="s3://bucket/prefix")
    uploads.add_argument(
        "--older-than",
        type=float,
        metavar="HOURS",
        help="only those whose last part came so long ago (default: all; with --abort 24, since younger ones may be "
        "under way)",
    )
    uploads.add_argument("--abort", action="store_true", help="throw them away with their parts, for good")
    uploads.add_argument("--yes", action="store_true", help="do not ask")
    uploads.add_argument("--json", action="store_true", help="JSON Lines: one upload a line; --abort: the result")
    uploads.set_defaults(run=run_uploads)

    head = commands.add_parser("head", help="all about one object, and the first of what is in it")
    head.add_argument("place", help="s3://bucket/key")
    head.add_argument("--version-id")
    head.add_argument("--rows", type=int, default=10, help="rows or lines to show (default: %(default)s)")
    head.add_argument("--member", help="of an archive: look into this member")
    head.add_argument("--json", action="store_true", help="one JSON document with `details` and `preview`")
    head.set_defaults(run=run_head)

    archive = commands.add_parser("archive", help="members of a tar, tar.gz or zip object")
    archive.add_argument("place", help="s3://bucket/key")
    archive.add_argument("--extract", metavar="MEMBER", help="write this member into the working folder")
    archive.add_argument("--overwrite", action="store_true")
    archive.add_argument("--json", action="store_true", help="JSON Lines: one member a line, the counts on the last")
    archive.set_defaults(run=run_archive)

    presign = commands.add_parser("presign", help="an address that works without credentials for a while")
    presign.add_argument("place", help="s3://bucket/key")
    presign.add_argument("--put", action="store_true", help="for an upload instead of a download")
    presign.add_argument("--expires", type=int, default=3600, metavar="SECONDS", help="default: %(default)s")
    presign.add_argument("--json", action="store_true")
    presign.set_defaults(run=run_presign)

    disk = commands.add_parser("disk", help="what takes up the disk of this machine, and its price")
    disk.add_argument("folder", nargs="?", default=".")
    disk.add_argument("--json", action="store_true", help="print all sums as JSON")
    disk.set_defaults(run=run_disk)

    offload = commands.add_parser(
        "offload",
        help="move files to S3 and leave pointers that bring them back",
        description="A file goes only when S3 has confirmed its checksum and NAME.offloaded lies beside it.",
    )
    offload.add_argument("paths", nargs="+", metavar="PATH", help="files and folders below the working folder")
    offload.add_argument("target", help="s3://bucket/prefix; below it the paths are kept")
    offload.add_argument("--min-size", type=byte_count, default=0, metavar="SIZE", help="smaller files stay")
    offload.add_argument("--unused-days", type=int, default=0, metavar="DAYS", help="files used within DAYS stay")
    offload.add_argument("--storage-class", default="STANDARD", metavar="CLASS")
    offload.add_argument("--dry-run", action="store_true", help="only print what would be done")
    offload.add_argument("--json", action="store_true", help="JSON: the plan (--dry-run), or the result")
    offload.set_defaults(run=run_offload)

    restore = commands.add_parser("restore", help="bring offloaded files back")
    restore.add_argument("paths", nargs="+", metavar="PATH", help="pointers, the files they stand for, or folders")
    restore.add_argument("--delete-objects", action="store_true", help="delete each object when its file is back")
    restore.add_argument("--json", action="store_true", help="print the result as JSON")
    restore.set_defaults(run=run_restore)

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
                print(json.dumps(each))
            else:
                print(row(each))
    if not found and place.key and not args.json:
        print(f"Nothing lies under {place.uri}", file=sys.stderr)
        return 1
    return 0


def run_cp(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.transfer import download_path, upload_path
    from .progress import TerminalProgress

    if is_s3(args.source) and is_s3(args.target):
        return copy_inside_s3(args, move=False)
    if not is_s3(args.source) and not is_s3(args.target):
        print("One of source and target must be an s3:// URI.", file=sys.stderr)
        return 2
    aws = AwsSession()
    with TerminalProgress(f"{args.source} to {args.target}") as progress:
        if is_s3(args.target):
            source, place = Path(args.source), parse(args.target)
            if source.is_dir() and not args.recursive:
                print(f"{source} is a folder: add --recursive to copy it.", file=sys.stderr)
                return 2
            result = upload_path(aws, source, place.bucket, place.key, on_conflict(args), progress)
        else:
            place, target = parse(args.source), Path(args.target)
            if not names_an_object(place, args.recursive):
                return 2
            if args.target.endswith("/") and not args.recursive:
                target.mkdir(parents=True, exist_ok=True)
            key = as_prefix(place) if args.recursive else place.key
            result = download_path(aws, place.bucket, key, target, on_conflict(args), progress)
    return report(result, args.json)


def run_mv(args: argparse.Namespace) -> int:
    if not (is_s3(args.source) and is_s3(args.target)):
        print("Only objects in S3 can be moved; copy files with cp, and remove them yourself.", file=sys.stderr)
        return 2
    return copy_inside_s3(args, move=True)


def copy_inside_s3(args: argparse.Namespace, *, move: bool) -> int:
    from ..aws.session import AwsSession
    from ..s3.copy import copy_all
    from ..s3.location import parse
    from ..s3.models import CopyItem, CopyRequest
    from .progress import TerminalProgress

    source, target = parse(args.source), parse(args.target)
    if not names_an_object(source, args.recursive):
        return 2
    if args.recursive:
        item = CopyItem(source=as_prefix(source), target=as_prefix(target))
    else:
        name = source.key.rsplit("/", 1)[-1]
        item = CopyItem(source=source.key, target=target.key + name if target.key[-1:] in ("", "/") else target.key)
    request = CopyRequest(
        source_bucket=source.bucket,
        target_bucket=target.bucket,
        items=[item],
        move=move,
        overwrite=args.overwrite,
        keep_both=args.keep_both,
    )
    with TerminalProgress(f"{source.uri} to {target.uri}") as progress:
        result = copy_all(AwsSession(), request, progress)
    return report(result, args.json)


def on_conflict(args: argparse.Namespace) -> OnConflict:
    from ..s3.conflicts import OnConflict

    if args.keep_both:
        return OnConflict.KEEP_BOTH
    return OnConflict.OVERWRITE if args.overwrite else OnConflict.REFUSE


def names_an_object(place: Location, recursive: bool) -> bool:
    if recursive or (place.key and not place.key.endswith("/")):
        return True
    print(f"{place.uri} is a prefix: add --recursive for all under it.", file=sys.stderr)
    return False


def report(result: TransferResult, as_json: bool) -> int:
    from .progress import size

    if as_json:
        print(result.model_dump_json())
    else:
        skipped = f", {result.skipped:,} skipped because they exist" if result.skipped else ""
        deleted = f", {result.deleted:,} deleted" if result.deleted else ""
        print(f"{result.files:,} done ({size(result.bytes)}){deleted}{skipped}")
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
    if not names_an_object(place, args.recursive):
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


def run_sync(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.models import SyncDirection, SyncRequest
    from ..s3.sync import Sync
    from .progress import TerminalProgress, size

    if is_s3(args.source) == is_s3(args.target):
        print("One of source and target must be an s3:// URI, the other a folder.", file=sys.stderr)
        return 2
    up = is_s3(args.target)
    folder, place = (args.source, parse(args.target)) if up else (args.target, parse(args.source))
    request = SyncRequest(
        path=folder,
        bucket=place.bucket,
        prefix=as_prefix(place),
        direction=SyncDirection.UP if up else SyncDirection.DOWN,
        delete=args.delete,
        checksum=args.checksum,
        exclude=args.exclude,
    )
    aws, sync = AwsSession(), Sync(request, Path(folder))
    with TerminalProgress(f"Comparing {args.source} with {args.target}", unit="files") as progress:
        plan = sync.plan(aws, progress)
    if args.dry_run and args.json:
        print(plan.model_dump_json())
        return 0
    if not args.json:
        for action in plan.actions:
            print(f"{action.step.value:>6}  {size(action.size):>12}  {printable(action.name)}  ({action.reason.value})")
        more = plan.copies + plan.deletes - len(plan.actions)
        print(f"and {more:,} more" if more else "", end="\n" if more else "")
        print(
            f"{plan.copies:,} to copy ({size(plan.copy_bytes)}), {plan.deletes:,} to delete, {plan.unchanged:,} alike"
            + (f", {plan.impossible:,} keys that no file can have" if plan.impossible else "")
        )
    if args.dry_run:
        return 0
    with TerminalProgress(sync.title) as progress:
        result = sync.apply(aws, progress)
    return report(result, args.json)


def run_find(args: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from ..aws.session import AwsSession
    from ..s3.find import Find
    from ..s3.location import parse
    from ..s3.models import FindMode, FindRequest
    from .progress import TerminalProgress, size

    place = parse(args.place)
    modes = {FindMode.SUBSTRING: args.text, FindMode.GLOB: args.name, FindMode.REGEX: args.regex}
    mode, text = next(((mode, text) for mode, text in modes.items() if text is not None), (FindMode.SUBSTRING, ""))
    try:
        request = FindRequest.model_validate(
            {
                "bucket": place.bucket,
                "prefix": place.key,
                "mode": mode,
                "text": text,
                "ignore_case": args.ignore_case,
                "min_size": args.min_size,
                "max_size": args.max_size,
                "modified_after": args.after,
                "modified_before": args.before,
                "storage_class": args.storage_class,
                "limit": args.limit,
            }
        )
    except ValidationError as error:
        for problem in error.errors():
            print(f"{problem['loc'][0]}: {problem['msg']}", file=sys.stderr)
        return 2
    find = Find(request)
    with TerminalProgress(f"Searching {place.uri}", unit="objects") as progress:
        result = find.run(AwsSession(), progress)
    for each in sorted(find.page(0, request.limit).hits, key=lambda each: each["key"]):
        print(json.dumps(each) if args.json else row(each))
    if args.json:
        print(result.model_dump_json())
    else:
        print(f"{result.matched:,} of {result.scanned:,} objects, {size(result.bytes)}", file=sys.stderr)
    return 0


def run_du(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.models import UsageRequest
    from ..s3.usage import usage
    from .progress import TerminalProgress, size

    place = parse(args.place)
    request = UsageRequest(bucket=place.bucket, prefix=place.key, folders=args.folders)
    with TerminalProgress(f"Adding up {place.uri}", unit="objects") as progress:
        result = usage(AwsSession(), request, progress)
    if args.json:
        print(result.model_dump_json())
        return 0

    def line(name: str, objects: int, count: int, cost: float | None) -> str:
        price = "no price known" if cost is None else f"${cost:,.2f} a month"
        return f"{objects:>14,}  {size(count):>12}  {price:>20}  {name}"

    for folder in result.folders:
        print(line(printable(folder.prefix), folder.objects, folder.bytes, folder.monthly_usd))
    if result.more_folders:
        print(f"{'':52}{result.more_folders:,} more folders")
    for each in result.classes:
        dated = f" (list price of {each.price_as_of} in {result.region})" if each.price_as_of else ""
        print(line(each.storage_class + dated, each.objects, each.bytes, each.monthly_usd))
    total = result.total
    print(line(f"total of {place.uri}", total.objects, total.bytes, total.monthly_usd))
    return 0


def run_uploads(args: argparse.Namespace) -> int:
    from datetime import datetime, timedelta, timezone

    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.models import AbortRequest, AbortResult, UploadReference
    from ..s3.unfinished import abort_unfinished, all_unfinished
    from .progress import TerminalProgress, size

    place, aws = parse(args.place), AwsSession()
    hours = args.older_than if args.older_than is not None else 24.0 if args.abort else 0.0
    latest = datetime.now(timezone.utc) - timedelta(hours=hours)
    with TerminalProgress(f"Looking below {place.uri}", unit="uploads") as progress:
        every = list(all_unfinished(aws, place.bucket, place.key, progress))
    found = [each for each in every if each.last_active <= latest]
    show = sys.stderr if args.json else sys.stdout
    for each in found:
        if args.json and not args.abort:
            print(each.model_dump_json())
            continue
        held = "size unknown" if each.bytes is None else size(each.bytes)
        print(f"{each.last_active:%Y-%m-%d %H:%M:%S}  {held:>14}  {printable(each.key)}", file=show)
    costs = [each.monthly_usd for each in found]
    price = "no price known" if None in costs else f"${sum(cost for cost in costs if cost is not None):,.2f} a month"
    count = "1 unfinished upload" if len(found) == 1 else f"{len(found):,} unfinished uploads"
    figures = f"{count}, {size(sum(each.bytes or 0 for each in found))}, {price}"
    if not args.abort:
        if not args.json:
            younger = f"; {len(every) - len(found):,} younger" if len(every) > len(found) else ""
            print(figures + younger)
        return 0
    print(figures, file=show)
    if not found:
        return 0
    if not args.yes:
        if not sys.stdin.isatty():
            print("Nobody can be asked: pass --yes", file=sys.stderr)
            return 2
        if input("Throw them away for good? [y/N] ").strip().lower() not in ("y", "yes"):
            return 1
    result = AbortResult()
    for start in range(0, len(found), ABORTED_AT_ONCE):
        some = [UploadReference(key=each.key, upload_id=each.upload_id) for each in found[start:][:ABORTED_AT_ONCE]]
        done = abort_unfinished(aws, AbortRequest(bucket=place.bucket, uploads=some))
        result.aborted += done.aborted
        result.failed += done.failed
    if args.json:
        print(result.model_dump_json())
    else:
        print(f"{result.aborted:,} thrown away")
        for failure in result.failed:
            print(f"{printable(failure.key)}: {failure.code}: {failure.message}", file=sys.stderr)
    return 1 if result.failed else 0


def run_head(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.details import details
    from ..s3.location import parse
    from ..s3.models import PreviewRequest, TableContent, TextContent
    from ..s3.preview import preview

    place, aws = parse(args.place), AwsSession()
    request = PreviewRequest(
        bucket=place.bucket, key=place.key, version_id=args.version_id, rows=args.rows, member=args.member
    )
    told, shown = details(aws, request), preview(aws, request)
    if args.json:
        print(f'{{"details": {told.model_dump_json()}, "preview": {shown.model_dump_json()}}}')
        return 0
    for name, value in told.model_dump(mode="json", exclude_none=True, exclude={"bucket", "key"}).items():
        if value not in ({}, []):
            print(f"{name + ':':20} {value if isinstance(value, str | int) else json.dumps(value)}")
    print()
    content = shown.content
    if isinstance(content, TableContent):
        print("\t".join(f"{column.name} ({column.type})" for column in content.columns))
        for values in content.rows:
            print("\t".join("" if value is None else printable(str(value)) for value in values))
    elif isinstance(content, TextContent):
        for line in content.text.splitlines()[: args.rows]:
            print(printable(line))
    else:
        print(content.model_dump_json(exclude_none=True))
    return 0


def run_archive(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.archive import MOST_MEMBERS, Archive, extract
    from ..s3.location import parse
    from ..s3.models import ExtractRequest, ObjectReference
    from .progress import TerminalProgress, size

    place, aws = parse(args.place), AwsSession()
    if args.extract:
        request = ExtractRequest(
            bucket=place.bucket, key=place.key, member=args.extract, path=".", overwrite=args.overwrite
        )
        with TerminalProgress(f"Taking out {args.extract}") as progress:
            done = extract(aws, Path.cwd(), request, progress)
        print(json.dumps({"bytes": done}) if args.json else f"{size(done)} taken out")
        return 0
    archive = Archive(ObjectReference(bucket=place.bucket, key=place.key))
    with TerminalProgress(f"Reading {place.uri}") as progress:
        summary = archive.run(aws, progress)
    for member in archive.page(0, MOST_MEMBERS).members:
        if args.json:
            print(member.model_dump_json())
        else:
            refused = f"  (stays inside: {member.refused})" if member.refused else ""
            print(f"{member.size:>14,}  {printable(member.name)}{refused}")
    print(summary.model_dump_json() if args.json else f"{summary.members:,} members, {size(summary.bytes)}")
    return 0


def run_presign(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.models import PresignMethod, PresignRequest
    from ..s3.presign import presign

    place = parse(args.place)
    method = PresignMethod.PUT if args.put else PresignMethod.GET
    signed = presign(
        AwsSession(), PresignRequest(bucket=place.bucket, key=place.key, method=method, expires_in=args.expires)
    )
    print(signed.model_dump_json() if args.json else signed.url)
    return 0


def run_disk(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..prices.storage import GB
    from ..s3.disk_usage import disk_usage
    from ..s3.models import DiskUsageRequest
    from .progress import TerminalProgress, size

    folder = Path(args.folder).resolve()
    with TerminalProgress(f"Adding up {folder}", unit="files") as progress:
        result = disk_usage(AwsSession(), folder, DiskUsageRequest(), progress)
    if args.json:
        print(result.model_dump_json())
        return 0
    for each in result.folders[:20]:
        print(f"{each.files:>12,}  {size(each.bytes):>12}  {printable(each.path) or '.'}")
    for usd, where in ((result.usd_here, f"on this disk ({result.kind.value})"), (result.usd_in_s3, "in S3 Standard")):
        price = "no price known" if usd is None else f"${usd * result.bytes / GB:,.2f} a month"
        print(f"{price} {where}")
    return 0


def run_offload(args: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from ..aws.session import AwsSession
    from ..s3.location import parse
    from ..s3.models import OffloadRequest
    from ..s3.offload import Offload
    from .progress import TerminalProgress, size

    place = parse(args.target)
    try:
        request = OffloadRequest(
            paths=args.paths,
            bucket=place.bucket,
            prefix=as_prefix(place),
            storage_class=args.storage_class,
            min_size=args.min_size,
            unused_days=args.unused_days,
        )
    except ValidationError as error:
        print(error.errors()[0]["msg"], file=sys.stderr)
        return 2
    aws, offload = AwsSession(), Offload(Path.cwd(), request)
    plan = offload.plan(aws)
    if args.dry_run and args.json:
        print(plan.model_dump_json())
        return 0
    if not args.json:
        for each in plan.left_alone_files:
            print(f"{printable(each.path)} stays: {each.why}")
        price = "no price known" if plan.usd_in_s3 is None else f"${plan.usd_in_s3:,.2f} a month in S3"
        print(f"{plan.files:,} files to offload ({size(plan.bytes)}, {price}), {plan.left_alone:,} stay")
    if args.dry_run:
        return 0
    with TerminalProgress(offload.title) as progress:
        result = offload.apply(aws, progress)
    return report(result, args.json)


def run_restore(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..s3.models import RestoreRequest
    from ..s3.offload import restore
    from .progress import TerminalProgress

    request = RestoreRequest(paths=args.paths, delete_objects=args.delete_objects)
    with TerminalProgress("Bringing back") as progress:
        result = restore(AwsSession(), Path.cwd(), request, progress)
    return report(result, args.json)


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


def byte_count(text: str) -> int:
    """`4K`, `1.5G`, `10`: powers of 1,024."""
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].isalpha() else (text, "B")
    try:
        return int(float(number) * 1024 ** "BKMGTP".index(unit))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give for example 10, 4K or 1.5G") from None


def row(each: S3Object) -> str:
    return f"{each['last_modified'][:19].replace('T', ' ')}  {each['size']:>14,}  {printable(each['key'])}"


def printable(key: str) -> str:
    """A key on one line, with control characters written out, so that it cannot drive the terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in key)
