"""From a spec to an object of the SDK: the code that an export writes is run, up to the call that would launch."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...aws.errors import ErrorCode, SmextError
from ...estimators.check import valid_spec
from ...estimators.defaults import layers_of
from ...estimators.export import exported_code
from ...estimators.models import ExportDialect
from ...estimators.models import Spec as JobSpec
from ...estimators.profile import profile_of
from ...estimators.request import Place

if TYPE_CHECKING:
    from ..spec import Spec

_MAJOR = {"2": ExportDialect.SDK_V2, "3": ExportDialect.SDK_V3}
_PACKAGES = {ExportDialect.SDK_V2: "sagemaker>=2.245,<3", ExportDialect.SDK_V3: "sagemaker>=3"}


@dataclass(frozen=True)
class Restored:
    """An object of the SDK, and what its launching call takes as inputs."""

    subject: Any
    inputs: Any


def installed_dialect() -> ExportDialect:
    """Which SDK is installed. Raises `NotSupported` where none is."""
    try:
        return _MAJOR[version("sagemaker").split(".")[0]]
    except (PackageNotFoundError, KeyError) as error:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "The SageMaker Python SDK, v2 or v3, is not installed in this kernel.",
            hint="Install it (`%pip install 'sagemaker<3'` or `%pip install 'sagemaker>=3'`); "
            "`sm.launch(spec)` needs none.",
        ) from error


def restored(spec: Spec, dialect: ExportDialect, *, warn: bool = True) -> Restored:
    """The object and its inputs.

    Raises `NotSupported` where the SDK of the dialect is not installed, `InvalidRequest` where the spec is not valid.
    """
    if installed_dialect() is not dialect:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"This kernel has SageMaker SDK {version('sagemaker')}; the two do not fit into one environment.",
            hint=f"Use a kernel with {_PACKAGES[dialect]}, or the method for the SDK that is here.",
        )
    aws = spec.aws
    # The SDK takes paths from the current directory, which need not be the spec's.
    valid: JobSpec = valid_spec(spec.seen_from(Path.cwd()), profile_of(aws), layers_of(aws))
    written = exported_code(valid, Place.of(aws.identity()), dialect, "a notebook")
    if warn and written.notes:
        warnings.warn("Not said in the SDK: " + "; ".join(written.notes), stacklevel=3)
    module = ast.parse(written.code)
    launch = module.body.pop()
    assert isinstance(launch, ast.Expr)
    assert isinstance(launch.value, ast.Call)
    assert isinstance(launch.value.func, ast.Attribute)
    names: dict[str, Any] = {"__name__": "jupyter_smext_restored"}
    exec(compile(module, "<spec>", "exec"), names)
    given = [each.value for each in launch.value.keywords if each.arg in ("inputs", "input_data_config")]
    inputs = eval(compile(ast.Expression(given[0]), "<spec>", "eval"), names) if given else None
    return Restored(eval(compile(ast.Expression(launch.value.func.value), "<spec>", "eval"), names), inputs)
