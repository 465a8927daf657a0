"""A bundle: the wheels that a space needs, with their hashes, in a folder or under a prefix of S3."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from ...aws.errors import ErrorCode, SmextError, from_aws
from ...aws.progress import Progress
from ...aws.session import AwsSession

MANIFEST = "manifest.json"
WHEELS = "wheels"


class Wheel(BaseModel):
    name: str = Field(description="The distribution's name, as in its metadata.")
    version: str
    file: str
    sha256: str
    size: int = Field(description="Bytes.")
    pythons: list[str] = Field(description="The Python versions that it is for, e.g. `3.11`.")


class Limits(BaseModel):
    """The versions of a package that are taken as the image has it."""

    name: str
    least: str
    below: str | None = None


class Bundle(BaseModel):
    """What the manifest says."""

    version: str
    pythons: list[str]
    requires: list[Limits]
    wheels: list[Wheel]

    @property
    def bundle_id(self) -> str:
        """Changes with the content: a rebuilt wheel must not take the place of one that spaces still install."""
        digest = hashlib.sha256("".join(sorted(each.sha256 for each in self.wheels)).encode())
        return f"{self.version}-{digest.hexdigest()[:8]}"

    @property
    def size(self) -> int:
        return sum(each.size for each in self.wheels)


@dataclass(frozen=True)
class Source:
    """Where spaces take the wheels from."""

    s3_uri: str | None = None
    region: str | None = None
    index_url: str | None = None

    @property
    def words(self) -> str:
        return self.index_url or self.s3_uri or ""


def split(s3_uri: str) -> tuple[str, str]:
    bucket, _, prefix = s3_uri.removeprefix("s3://").partition("/")
    return bucket, prefix.strip("/")


def read_folder(folder: Path) -> Bundle:
    """The bundle of a folder, its wheels checked. Raises `InvalidRequest` where it is none, or was damaged."""
    try:
        bundle = Bundle.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise SmextError(
            ErrorCode.INVALID_REQUEST, f"{folder} holds no bundle: {error}",
            hint="Make one: jupyter smext lifecycle build.",
        ) from error  # fmt: skip
    for wheel in bundle.wheels:
        path = folder / WHEELS / wheel.file
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wheel.sha256:
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} is missing or damaged.", hint="Build the bundle anew.")
    return bundle


def read_s3(session: AwsSession, s3_uri: str) -> Bundle:
    """The bundle under a prefix. Permission: `s3:GetObject`. Raises `NotFound` and `AccessDenied` as AWS says them."""
    bucket, prefix = split(s3_uri)
    try:
        body = session.client("s3").get_object(Bucket=bucket, Key=f"{prefix}/{MANIFEST}")["Body"].read()
        return Bundle.model_validate_json(body)
    except ValidationError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{s3_uri}/{MANIFEST} is no manifest: {error}") from error
    except Exception as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{prefix}/{MANIFEST}") from error


def upload(session: AwsSession, folder: Path, bundle: Bundle, s3_uri: str, progress: Progress) -> None:
    """Put what is not there yet; the manifest comes last, so that a prefix with one is whole.

    Permissions: `s3:PutObject`, `s3:GetObject` on the prefix. Raises :class:`SmextError`.
    """
    s3 = session.client("s3")
    bucket, prefix = split(s3_uri)
    paths = [*(folder / WHEELS / each.file for each in bundle.wheels), folder / MANIFEST]
    done = 0
    for path in paths:
        key = f"{prefix}/{path.relative_to(folder).as_posix()}"
        try:
            s3.upload_file(str(path), bucket, key)
        except Exception as error:
            # s3transfer wraps what AWS said.
            raise from_aws(_said_by_aws(error), resource=f"arn:aws:s3:::{bucket}/{key}") from error
        done += path.stat().st_size
        progress.update(done, bundle.size, f"Uploading {path.name}")


def _said_by_aws(error: Exception) -> Exception:
    cause = error.__context__ if type(error).__name__ == "S3UploadFailedError" else None
    return cause if isinstance(cause, Exception) else error
