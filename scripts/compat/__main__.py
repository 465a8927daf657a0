"""The compatibility matrix: roll-out into each image's packages, panel in Chromium, main job in the sandbox.

``make compat``, or ``python scripts/compat 3.9.10`` for one image. Ends with 1 where anything failed, and with one
table either way. Needs a package index, Node.js with ``ui-tests/node_modules``, Chromium, and the images' Pythons.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from image import IMAGES, ROOT, Image, frozen, make
from space import Space, Start, hanging_server

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.demo import copy_example, put_data
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo
from jupyter_smext.studio.lifecycle.build import build
from jupyter_smext.studio.lifecycle.bundle import Source, upload
from jupyter_smext.studio.lifecycle.script import render

FOLDER = ROOT / "build" / "compat"
MOST_SECONDS = 60

# Warnings that are there without this extension as well.
OF_OTHERS = (
    # Studio's proxy does it.
    "All authentication is disabled",
    # jupyterlab_widgets 3.0.17 was built for JupyterLab 4.6.
    "extensions/@jupyter-widgets/jupyterlab-manager/static/remoteEntry",
)


class Failed(Exception):
    """A check of the matrix did not hold."""


def main(wanted: list[str]) -> int:
    images = [each for each in IMAGES if not wanted or each.version in wanted]
    if not images:
        print(f"No such image. There are: {', '.join(each.version for each in IMAGES)}", file=sys.stderr)
        return 2
    for name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_"))]:
        del os.environ[name]
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with Sandbox(SandboxConfig(stop_grace_seconds=5)) as info:
        os.environ.update(info.env)
        session = AwsSession()
        put_data(session, info.bucket)
        script = publish(session, info)
        results = {image.version: run(image, script, info) for image in images}
        session.close()
    print()
    for image in images:
        print(f"image {image.version}: Python {image.python}, JupyterLab {image.jupyterlab}, boto3 {image.boto3}")
        for what, outcome in results[image.version].items():
            print(f"  {what.ljust(46)} {outcome}")
    return int(any(outcome.startswith("FAILED") for each in results.values() for outcome in each.values()))


def publish(session: AwsSession, info: SandboxInfo) -> str:
    """Build the bundle, put it into the sandbox's S3, and answer the script."""
    folder = FOLDER / "bundle"
    bundle = build(folder)
    uri = f"s3://{info.bucket}/jupyter-smext/{bundle.bundle_id}"
    upload(session, folder, bundle, uri, Silent())
    return render(bundle, Source(s3_uri=uri, region=info.region))


def run(image: Image, script: str, info: SandboxInfo) -> dict[str, str]:
    """Every check of one image; the first that fails ends it."""
    outcomes: dict[str, str] = {}

    def check(what: str, work: Callable[[], Any]) -> Any:
        print(f"{image.version}: {what}", flush=True)
        began = time.monotonic()
        try:
            answer = work()
        except Exception as error:
            if not isinstance(error, (Failed, RuntimeError, LookupError)):
                traceback.print_exc()
            outcomes[what] = f"FAILED: {error}"
            raise
        outcomes[what] = f"ok  {time.monotonic() - began:6.1f} s"
        return answer

    try:
        prefix = check("make the environment", lambda: make(image, FOLDER))
        space = Space(FOLDER / f"{image.version}-space", prefix, info.env, image.version)
        before = frozen(prefix)
        with hanging_server() as address:
            check("S3 hangs", lambda: not_installed(space.start(script, AWS_ENDPOINT_URL=address)))
        check("the disk is full", lambda: not_installed(space.start(script, limit="ulimit -f 100")))
        same(before, frozen(prefix))
        first = check("first start", lambda: installed(space.start(script)))
        check("second start", lambda: said(space.start(script), "already installed"))
        check("after a start that was cut off", lambda: installed(cut_off(space, script)))
        check("no package of the image changed", lambda: same(before, frozen(prefix), first.output))
        check("panel in Chromium, no warnings", lambda: panel(space))
        check("main job in the sandbox", lambda: job(space))
    except Exception as error:
        print(f"{image.version}: {error}", file=sys.stderr)
    return outcomes


def said(start: Start, words: str) -> Start:
    if start.code != 0:
        raise Failed(f"exit code {start.code}: {start.output}")
    if start.seconds > MOST_SECONDS:
        raise Failed(f"it took {start.seconds:.0f} s")
    if words not in start.output or start.output.count("\n") != 1:
        raise Failed(f"it said: {start.output}")
    return start


def installed(start: Start) -> Start:
    return said(start, ": installed ")


def not_installed(start: Start) -> Start:
    return said(start, ": not installed")


def cut_off(space: Space, script: str) -> Start:
    """Leave behind what a start leaves that was ended in the middle: half a wheel, half an installation."""
    for wheel in (space.home / ".cache" / "jupyter-smext").glob("jupyter_smext-*.whl"):
        wheel.write_bytes(wheel.read_bytes()[:1000])
    for record in space.prefix.glob("lib/python3*/site-packages/jupyter_smext-*.dist-info/RECORD"):
        record.unlink()
    for module in space.prefix.glob("lib/python3*/site-packages/jupyter_smext/server/handler.py"):
        module.unlink()
    return space.start(script)


def same(before: dict[str, str], after: dict[str, str], *_: object) -> None:
    changed = {name: (version, after.get(name)) for name, version in before.items() if after.get(name) != version}
    if changed:
        raise Failed(f"versions changed: {changed}")


def panel(space: Space) -> None:
    chromium = subprocess.run([str(ROOT / "scripts" / "find_chromium.sh")], capture_output=True, text=True, check=False)
    if chromium.returncode:
        raise Failed(chromium.stderr.strip())
    picture = FOLDER / f"{space.environment['IMAGE_VERSION']}.png"
    with space.server() as (address, log):
        done = subprocess.run(
            ["node", str(ROOT / "scripts" / "compat" / "panel.mjs"), address, str(picture)],
            env={**os.environ, "CHROMIUM": chromium.stdout.strip()},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise Failed(f"the panel does not show: {done.stderr.strip()[-1500:]}")
        seen = json.loads(done.stdout.splitlines()[-1])
        server = [line for line in log.read_text("utf-8").splitlines() if _is_warning(line)]
    unexpected = [
        each for each in [*seen["messages"], *server] if not any(re.search(known, each) for known in OF_OTHERS)
    ]
    if unexpected:
        raise Failed(f"warnings: {unexpected}")


def _is_warning(line: str) -> bool:
    return bool(re.match(r"\[[WEC] ", line)) or "Warning" in line or "Traceback" in line


def job(space: Space) -> None:
    """The example's training job, launched by what the script installed."""
    spec = copy_example(space.home)
    done = subprocess.run(
        [str(space.prefix / "bin" / "jupyter-smext"), "launch", str(spec), "--wait", "--json"],
        env=space.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode or '"Completed"' not in done.stdout:
        raise Failed(f"the job did not complete: {done.stdout[-500:]} {done.stderr[-1500:]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
