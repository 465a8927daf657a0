"""How much lies under a prefix: objects, bytes and dollars a month, by storage class and by folder."""

from __future__ import annotations

from collections import defaultdict

from ..aws.progress import Progress
from ..aws.session import AwsSession
from ..prices import storage as storage_prices
from .buckets import bucket_region
from .listing import Listing
from .models import ClassUsage, FolderUsage, Usage, UsageRequest
from .patience import Patience
from .scan import scan

# The keys of a sum: the folder right below the prefix ("" for objects that lie in none), and the storage class.
_Place = tuple[str, str]


def usage(aws: AwsSession, request: UsageRequest, progress: Progress) -> Usage:
    """Add up all objects under a prefix; ``progress`` counts objects. Permission: `s3:ListBucket`.

    Counted is what a listing shows: neither older versions nor unfinished multipart uploads, which cost as well.
    """
    sums: dict[_Place, list[int]] = defaultdict(lambda: [0, 0])
    counted = 0
    patience = Patience(aws, progress)
    for page in scan(aws, request.bucket, request.prefix, patience):
        _add(sums, page, len(request.prefix))
        counted += len(page.keys)
        patience.update(counted)
    region = bucket_region(aws, request.bucket)
    classes: dict[str, ClassUsage] = {}
    folders: dict[str, FolderUsage] = {}
    for (folder, storage_class), (objects, size) in sums.items():
        cost = storage_prices.monthly(region, storage_class, size) if region else None
        of_class = classes.setdefault(storage_class, ClassUsage(storage_class=storage_class, monthly_usd=0))
        of_class.add(objects, size, cost)
        folders.setdefault(folder, FolderUsage(prefix=request.prefix + folder, monthly_usd=0)).add(objects, size, cost)
        known = storage_prices.price(region, storage_class) if region else None
        of_class.price_usd, of_class.price_as_of = known or (None, None)
    total = FolderUsage(prefix=request.prefix, monthly_usd=0)
    for each in classes.values():
        total.add(each.objects, each.bytes, each.monthly_usd)
    by_size = sorted(folders.values(), key=lambda each: (-each.bytes, each.prefix))
    return Usage(
        bucket=request.bucket,
        region=region,
        total=total,
        classes=sorted(classes.values(), key=lambda each: -each.bytes),
        folders=by_size[: request.folders],
        more_folders=max(0, len(by_size) - request.folders),
    )


def _add(sums: dict[_Place, list[int]], page: Listing, skip: int) -> None:
    first, last = _folder(page.keys[0], skip), _folder(page.keys[-1], skip)
    if first == last and first and len(set(page.storage_classes)) == 1:
        # Keys come in order, so what lies between two of one folder lies in it too: no need to look at each.
        entry = sums[first, page.storage_classes[0] or "STANDARD"]
        entry[0] += len(page.keys)
        entry[1] += sum(page.sizes)
        return
    for key, size, storage_class in zip(page.keys, page.sizes, page.storage_classes, strict=True):
        entry = sums[_folder(key, skip), storage_class or "STANDARD"]
        entry[0] += 1
        entry[1] += size


def _folder(key: str, skip: int) -> str:
    return key[skip : key.find("/", skip) + 1]
