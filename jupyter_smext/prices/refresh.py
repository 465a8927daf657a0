"""Newer prices from AWS: the Price List API, or the public price file where that may not be asked.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
"""

from __future__ import annotations

import datetime
import json
import re
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .instances import PriceTable

# The Price List API answers in a few regions only.
_API_REGION = "us-east-1"
_BULK_FILE = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonSageMaker/current/{region}/index.json"

# The usage type says for what and which instance: `USE1-Train:ml.m5.large`.
_USAGE = re.compile(r"(?:^|-)(Train|Host|Processing|Notebk|Studio:JupyterLab)[:-](ml\.[a-z0-9-]+\.[a-z0-9-]+)$")
_COMPONENTS = {
    "Train": "Training",
    "Host": "Hosting",
    "Processing": "Processing",
    "Notebk": "Notebook",
    "Studio:JupyterLab": "Studio-JupyterLab",
}


def refresh(aws: AwsSession, region: str, target: Path, progress: Progress) -> PriceTable:
    """Fetch the prices of a region, write them to ``target`` beside those of other regions, and answer them.

    Permission: `pricing:GetProducts`; without it the public file (some megabytes) is read. Raises `Network` where
    neither can be reached.
    """
    try:
        products = _from_api(aws, region, progress)
    except Exception as api_error:
        try:
            products = _from_file(region)
        except OSError as error:
            raise SmextError(
                ErrorCode.NETWORK,
                f"Prices could not be read: {from_aws(api_error).envelope.message}; the public file: {error}",
                hint="Allow pricing:GetProducts, or let this machine reach pricing.us-east-1.amazonaws.com.",
            ) from error
    found = prices_of(products)
    if not found:
        raise SmextError(ErrorCode.NOT_FOUND, f"AWS lists no SageMaker prices for {region}.")
    today = datetime.date.today().isoformat()
    table = PriceTable(
        {region: {name: {c: [usd, today] for c, usd in each.items()} for name, each in found.items()}}, today
    )
    try:
        earlier = PriceTable(**_document(target))
    except (OSError, ValueError, KeyError, TypeError):
        earlier = PriceTable({}, today)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(earlier.over(table).document(), separators=(",", ":")), "utf-8")
    return table


def prices_of(products: Iterable[Any]) -> dict[str, dict[str, float]]:
    """Instance type -> component -> USD per hour, from products in the form of the Price List API."""
    found: dict[str, dict[str, float]] = {}
    for product in products:
        usage = _USAGE.search(product["product"]["attributes"].get("usagetype", ""))
        if not usage:
            continue
        for term in product.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                usd = float(dimension["pricePerUnit"].get("USD", 0))
                if usd > 0:
                    found.setdefault(usage[2], {})[_COMPONENTS[usage[1]]] = usd
    return found


def _from_api(aws: AwsSession, region: str, progress: Progress) -> list[Any]:
    products: list[Any] = []
    pages = (
        aws.client("pricing", _API_REGION)
        .get_paginator("get_products")
        .paginate(
            ServiceCode="AmazonSageMaker",
            Filters=[{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}],
        )
    )
    for page in pages:
        check(progress)
        products += [json.loads(each) for each in page["PriceList"]]
        progress.update(len(products), None, "Reading prices")
    return products


def _from_file(region: str) -> list[Any]:
    with urllib.request.urlopen(_BULK_FILE.format(region=region), timeout=60) as answer:
        offer = json.load(answer)
    terms = offer["terms"]["OnDemand"]
    return [
        {"product": product, "terms": {"OnDemand": terms.get(sku, {})}} for sku, product in offer["products"].items()
    ]


def _document(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text("utf-8"))
    return {"prices": document["prices"], "generated": document["generated"]}
