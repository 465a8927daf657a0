"""The scripts that run at the start of a space or a notebook instance, and the rules that they must keep.

https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc-create.html
https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
"""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from enum import Enum
from importlib.resources import files

from ...aws.errors import ErrorCode, SmextError
from .bundle import Bundle, Source

# StudioLifecycleConfigContent takes 16,384 characters of base64.
MOST_BYTES = 12_288
# AWS ends a lifecycle configuration after 5 minutes, and the start of the space with it.
SECONDS = 120

CONFIG_PREFIX = "jupyter-smext-"


class Kind(str, Enum):
    """Where a script runs; the value is the file that it is made from."""

    SPACE = "space.sh"
    NOTEBOOK_INSTANCE = "notebook_instance.sh"


# What outlives a restart of the app: the space's volume, and the instance's.
_CACHES = {
    Kind.SPACE: "~/.cache/jupyter-smext",
    Kind.NOTEBOOK_INSTANCE: "/home/ec2-user/SageMaker/.cache/jupyter-smext",
}


def render(bundle: Bundle, source: Source, kind: Kind = Kind.SPACE) -> str:
    """The script for a bundle whose wheels lie at ``source``. Raises `InvalidRequest` where it would break a rule."""
    if "@" in (source.index_url or ""):
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            "The index URL holds credentials, and the script can be read by whoever may list lifecycle configurations.",
            hint="Use an index that the spaces' network may reach without, or S3.",
        )
    folder = files("jupyter_smext.studio.lifecycle") / "on_start"
    config = {
        "version": bundle.version,
        "pythons": bundle.pythons,
        "requires": [[each.name, each.least, each.below] for each in bundle.requires],
        "wheels": [
            {"name": each.name, "version": each.version, "file": each.file, "sha256": each.sha256}
            | ({"pythons": each.pythons} if each.pythons != bundle.pythons else {})
            for each in bundle.wheels
        ],
        "cache": _CACHES[kind],
        "seconds": SECONDS,
        "s3_uri": source.s3_uri,
        "region": source.region,
        "index_url": source.index_url,
    }
    installer = _stripped((folder / "installer.py").read_text("utf-8"), config)
    script = (folder / kind.value).read_text("utf-8")
    for name, value in (("VERSION", bundle.version), ("SECONDS", str(SECONDS)), ("INSTALLER", installer)):
        script = script.replace(f"@{name}@", value)
    check(script)
    return script


def check(script: str) -> None:
    """Raise `InvalidRequest` where a script could keep a space from starting."""
    size = len(script.encode())
    problem = None
    if "\r" in script:
        problem = "it has line ends of Windows (CR LF), at which bash fails"
    elif not script.startswith("#!/bin/bash\n"):
        problem = "it does not begin with #!/bin/bash"
    elif size > MOST_BYTES:
        problem = f"it has {size:,} bytes, and AWS takes {MOST_BYTES:,}"
    elif re.search(r"^\s*set\s+-\w*e", script, re.MULTILINE):
        problem = "it says `set -e`, so that any command that fails keeps the space from starting"
    elif not script.endswith("\nexit 0\n"):
        problem = "it does not end with `exit 0`"
    if problem:
        raise SmextError(
            ErrorCode.INVALID_REQUEST, f"The script cannot be a lifecycle configuration: {problem}.",
            hint="Make it anew with `jupyter smext lifecycle build`.",
        )  # fmt: skip


def content(script: str) -> str:
    """The script as the API takes it."""
    check(script)
    return base64.b64encode(script.encode()).decode()


def config_name(version: str, script: str) -> str:
    """Configurations cannot be changed: each content has a name of its own, with its version to read."""
    words = re.sub(r"[^a-zA-Z0-9]+", "-", version).strip("-")[:32]
    return f"{CONFIG_PREFIX}{words}-{hashlib.sha256(script.encode()).hexdigest()[:8]}"


def _stripped(source: str, config: dict[str, object]) -> str:
    """The installer without what only its reader needs, and with its configuration."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for node in tree.body[1:]:
        if isinstance(node, ast.ImportFrom) and node.module in ("__future__", "typing"):
            continue
        if isinstance(node, ast.AnnAssign):  # CONFIG
            node = ast.parse(f"CONFIG = {config!r}").body[0]
        body.append(node)
    tree.body = body
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef):
            each.returns = None
            for argument in each.args.args:
                argument.annotation = None
        if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(each.body[0], ast.Expr) and isinstance(each.body[0].value, ast.Constant):
                each.body = each.body[1:] or [ast.Pass()]
            each.body = [_plain(statement) for statement in each.body]
    return ast.unparse(ast.fix_missing_locations(tree))


def _plain(statement: ast.stmt) -> ast.stmt:
    """A variable's annotation away."""
    if isinstance(statement, ast.AnnAssign):
        if statement.value is None:
            return ast.Pass()
        return ast.Assign(targets=[statement.target], value=statement.value)
    return statement
