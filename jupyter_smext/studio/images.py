"""The images that a space can run: AWS's SageMaker Distribution, and the account's own.

https://github.com/aws/sagemaker-distribution
https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-byoi.html
"""

from __future__ import annotations

from typing import Any

from ..aws.errors import ErrorEnvelope, from_aws
from ..aws.session import AwsSession
from .models import Image, ImageList

# The account that owns AWS's images in a region, as the SageMaker Python SDK 3.27.0 lists it
# (image_uri_config/sagemaker-distribution.json). A region that is not here: the ARN is not known.
_OWNERS = {
    "us-east-1": "885854791233",
    "us-east-2": "137914896644",
    "us-west-1": "053634841547",
    "us-west-2": "542918446943",
    "af-south-1": "238384257742",
    "ap-east-1": "523751269255",
    "ap-south-1": "245090515133",
    "ap-northeast-1": "010972774902",
    "ap-northeast-2": "064688005998",
    "ap-northeast-3": "564864627153",
    "ap-southeast-1": "022667117163",
    "ap-southeast-2": "648430277019",
    "ap-southeast-3": "370607712162",
    "ca-central-1": "481561238223",
    "eu-central-1": "545423591354",
    "eu-west-1": "819792524951",
    "eu-west-2": "021081402939",
    "eu-west-3": "856416204555",
    "eu-north-1": "175620155138",
    "eu-south-1": "810671768855",
    "me-central-1": "358593528301",
    "me-south-1": "523774347010",
    "sa-east-1": "567556641782",
}

# Of the release that its repository had last when this was written, and of the older ones that it supported then.
_VERSIONS = ["4.4.1", "4.3.3", "4.2.6"]
_VERSIONS_AS_OF = "2026-08-19"


def list_images(session: AwsSession) -> ImageList:
    """AWS's images, then the account's own (the newest 100).

    Permissions: `sagemaker:ListImages`, `sagemaker:DescribeImageVersion`; AWS's images need none.
    """
    own, unknown = _own(session)
    return ImageList(images=[*_distribution(session.region), *own], own_unknown=unknown)


def _distribution(region: str) -> list[Image]:
    images = [
        Image(
            name="SageMaker Distribution, what the domain says or AWS's current one",
            description="Named nowhere: each start takes what is current then.",
            own=False,
        )
    ]
    owner = _OWNERS.get(region)
    for processor in ("cpu", "gpu") if owner else ():
        images.append(
            Image(
                name=f"SageMaker Distribution {processor.upper()}",
                sagemaker_image_arn=f"arn:aws:sagemaker:{region}:{owner}:image/sagemaker-distribution-{processor}",
                version_aliases=_VERSIONS,
                description=f"Versions as of {_VERSIONS_AS_OF}; AWS may have newer ones.",
                own=False,
            )
        )
    return images


def _own(session: AwsSession) -> tuple[list[Image], ErrorEnvelope | None]:
    try:
        answer = session.client("sagemaker").list_images(MaxResults=100)
    except Exception as error:
        return [], from_aws(error).envelope
    return [_image(session, each) for each in answer["Images"]], None


def _image(session: AwsSession, raw: dict[str, Any]) -> Image:
    newest: str | None = None
    try:
        newest = session.client("sagemaker").describe_image_version(ImageName=raw["ImageName"])["ImageVersionArn"]
    except Exception as error:
        # An image without a version, or nobody may look: it can be chosen all the same.
        if from_aws(error).envelope.retryable:
            raise
    return Image(
        name=raw.get("DisplayName") or raw["ImageName"],
        sagemaker_image_arn=raw["ImageArn"],
        image_version_arn=newest,
        status=raw["ImageStatus"],
        description=raw.get("Description"),
        own=True,
    )
