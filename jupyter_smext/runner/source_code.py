"""The user's source code, from where the SDKs put it into ``/opt/ml/code``."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_smext.runner.archives import unpack
from jupyter_smext.runner.ml_folder import MlFolder
from jupyter_smext.runner.s3_files import S3Uri, download


def fetch_source(s3: Any, location: str, ml: MlFolder, check: Callable[[], None] = lambda: None) -> None:
    """Put the source at ``location`` into the code folder.

    ``location`` is the S3 URI of a tar.gz, or, with network isolation and in repacked models, the path of a tar.gz or
    a folder below /opt/ml. Raises S3Error, OSError, ValueError and tarfile.TarError.
    """
    if location.startswith("s3://"):
        uri = S3Uri.parse(location)
        with tempfile.TemporaryDirectory(dir=ml.path.parent) as folder:
            archive = Path(folder) / "source"
            download(s3, uri.bucket, [(uri.key, archive)], Path(folder), check)
            unpack(archive, ml.code)
        return
    path = ml.outside(location.removeprefix("file://"))
    if path is None:
        raise ValueError("the source is neither in S3 nor below /opt/ml")
    if path.is_dir():
        if path != ml.code.resolve():
            shutil.copytree(path, ml.code, dirs_exist_ok=True)
    else:
        unpack(path, ml.code)
