"""A bundle in a folder, without a package index: wheels that hold nothing, with hashes that are true."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jupyter_smext.studio.lifecycle.build import PYTHONS
from jupyter_smext.studio.lifecycle.bundle import MANIFEST, WHEELS, Bundle, Limits, Wheel


def bundle_in(folder: Path, version: str = "9.9.1") -> Path:
    (folder / WHEELS).mkdir(parents=True)
    data = f"not a wheel, but of version {version}".encode()
    file = f"jupyter_smext-{version}-py3-none-any.whl"
    (folder / WHEELS / file).write_bytes(data)
    wheel = Wheel(
        name="jupyter-smext",
        version=version,
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        pythons=list(PYTHONS),
    )
    limits = [Limits(name="jupyter-server", least="2.4", below="3"), Limits(name="boto3", least="1.34")]
    bundle = Bundle(version=version, pythons=list(PYTHONS), requires=limits, wheels=[wheel])
    (folder / MANIFEST).write_text(bundle.model_dump_json(), "utf-8")
    return folder
