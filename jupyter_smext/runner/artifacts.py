"""What a training job leaves in S3: its model and its other output.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_smext.runner.archives import pack
from jupyter_smext.runner.ml_folder import MlFolder
from jupyter_smext.runner.s3_files import S3Uri, upload_file, upload_folder


def upload_artifacts(s3: Any, request: Mapping[str, Any], folders: Sequence[MlFolder], work_dir: Path) -> str | None:
    """Upload what the hosts left in ``/opt/ml/model`` and ``/opt/ml/output/data``; the URI of the model.

    The hosts' trees become one, as the service does it. None when no host saved a model. Archives are written into
    ``work_dir`` first. Raises S3Error, OSError, and ValueError for an output path that is no S3 URI.
    """
    config = request["OutputDataConfig"]
    base = S3Uri.parse(config["S3OutputPath"]) / request["TrainingJobName"] / "output"
    compressed = config.get("CompressionType", "GZIP") == "GZIP"
    model = _upload(s3, [ml.model for ml in folders], base, "model", compressed, work_dir)
    _upload(s3, [ml.output_data for ml in folders], base, "output", compressed, work_dir)
    return model


def _upload(s3: Any, folders: Sequence[Path], base: S3Uri, name: str, compressed: bool, work_dir: Path) -> str | None:
    if not any(any(folder.iterdir()) for folder in folders if folder.is_dir()):
        return None
    if not compressed:
        for folder in folders:
            upload_folder(s3, folder, base / name)
        return f"{base / name}/"
    archive = work_dir / f"{name}.tar.gz"
    pack(folders, archive)
    target = base / archive.name
    upload_file(s3, archive, target)
    archive.unlink()
    return str(target)
