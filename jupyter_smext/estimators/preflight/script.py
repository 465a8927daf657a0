"""The entry script, parsed and never run: does it take what it gets, and read what is there?

It gets each hyperparameter as `--name value` (`-n value` for one letter), channels in SM_CHANNEL_*, and writes its
model to SM_MODEL_DIR. https://github.com/aws/sagemaker-training-toolkit
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from ..models import Finding, TuningSpec
from ..notebook import SUFFIX, notebook_script, program_name
from ..packaging import is_packed
from .context import Context, error, unknown, warning

# Other ways to read arguments: nothing is said about hyperparameters then.
_OTHER_PARSERS = (
    "click",
    "typer",
    "fire",
    "HfArgumentParser",
    "absl",
    "hydra",
    "jsonargparse",
    "tyro",
    "simple_parsing",
)


@dataclass
class Argument:
    """One `add_argument`."""

    names: list[str]
    type: str | None = None
    action: str | None = None
    required: bool = False
    has_default: bool = False
    choices: list[Any] | None = None
    line: int = 0


@dataclass
class Script:
    """What was found in a script's text."""

    arguments: list[Argument] = field(default_factory=list)
    strict: bool = False  # parse_args() refuses what it does not know
    lenient: bool = False  # parse_known_args()
    other_parser: bool = False
    reads_arguments_itself: bool = False
    channels: set[str] = field(default_factory=set)
    reads_all_channels: bool = False
    writes_model: bool = False


def check_script(context: Context) -> Iterator[Finding]:
    """Findings about the script; it is read as text."""
    source = context.job.source_code
    if not source or source.git or not program_name(source.entry_script).endswith(".py"):
        return
    path = f"{context.path}.source_code.entry_script"
    if is_packed(source):
        yield unknown("ScriptNotRead", path, "The script lies in a package in S3, and was not looked at.")
        return
    file = context.folder / source.source_dir / source.entry_script
    if not file.is_file():
        return  # check_source says so
    try:
        text = notebook_script(file).text if file.suffix == SUFFIX else file.read_text("utf-8")
        tree = ast.parse(text, str(file))
    except (SyntaxError, ValueError, UnicodeDecodeError) as failure:
        line = getattr(failure, "lineno", None)
        where = f", line {line}" if line else ""
        yield error("ScriptSyntax", path, f"{source.entry_script}{where}: {getattr(failure, 'msg', failure)}")
        return
    script = read_script(tree)
    yield from _hyperparameters(context, script)
    yield from _channels(context, script)
    if not script.writes_model and not script.other_parser:
        yield warning(
            "ModelNotWritten",
            path,
            "The script mentions neither SM_MODEL_DIR nor /opt/ml/model: its model would be lost.",
            "Write the model to the folder in os.environ['SM_MODEL_DIR'].",
        )


def read_script(tree: ast.AST) -> Script:
    """What a syntax tree says about arguments, channels and the model's folder."""
    script = Script()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _read_call(node, script)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _read_text(node.value, script)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            if any(part in _OTHER_PARSERS for name in names for part in name.split(".")):
                script.other_parser = True
        elif isinstance(node, ast.Attribute) and node.attr == "argv":
            script.reads_arguments_itself = True
    return script


def _read_call(node: ast.Call, script: Script) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "parse_args":
        script.strict = True
    elif name == "parse_known_args":
        script.lenient = True
    elif name == "add_argument":
        names = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        argument = Argument(names, line=node.lineno)
        for keyword in node.keywords:
            value = keyword.value
            if keyword.arg == "type":
                argument.type = value.id if isinstance(value, ast.Name) else "?"
            elif keyword.arg == "action" and isinstance(value, ast.Constant):
                argument.action = str(value.value)
            elif keyword.arg == "required" and isinstance(value, ast.Constant):
                argument.required = bool(value.value)
            elif keyword.arg == "default":
                argument.has_default = True
            elif keyword.arg == "choices" and isinstance(value, (ast.List, ast.Tuple)):
                argument.choices = [each.value for each in value.elts if isinstance(each, ast.Constant)]
        script.arguments.append(argument)


def _read_text(text: str, script: Script) -> None:
    channel = re.fullmatch(r"SM_CHANNEL_([A-Z0-9_]+)", text)
    path = re.match(r"/opt/ml/input/data/([A-Za-z0-9_.-]+)", text)
    if channel:
        script.channels.add(channel[1].lower())
    elif path:
        script.channels.add(path[1].lower())
    elif text in ("SM_CHANNELS", "SM_CHANNEL_") or text.rstrip("/") in ("/opt/ml/input/data", "/opt/ml/input"):
        script.reads_all_channels = True
    if (
        text in ("SM_HPS", "SM_USER_ARGS", "SM_TRAINING_ENV")
        or text.startswith("SM_HP_")
        or "hyperparameters.json" in text
    ):
        script.reads_arguments_itself = True
    if "SM_MODEL_DIR" in text or "/opt/ml/model" in text or "SM_TRAINING_ENV" in text:
        script.writes_model = True


def _hyperparameters(context: Context, script: Script) -> Iterator[Finding]:
    path = f"{context.path}.hyperparameters"
    given: dict[str, JsonValue] = dict(context.job.hyperparameters)
    tuned: set[str] = set()
    if isinstance(context.spec, TuningSpec):
        tuning = context.spec.tuning
        ranges = [tuning.parameter_ranges, *(each.parameter_ranges for each in tuning.definitions)]
        index = 0 if context.path == "spec" else int(re.sub(r"\D", "", context.path)) + 1
        tuned = set(ranges[index].names())
    if script.other_parser or (script.reads_arguments_itself and not script.arguments):
        if given or tuned:
            yield unknown("HyperparametersNotChecked", path, "The script does not read its arguments with argparse.")
        return
    options = {name: each for each in script.arguments for name in each.names if name.startswith("-")}
    if not options and not script.strict and not script.lenient:
        if given or tuned:
            yield warning(
                "HyperparametersNotRead", path, "The script reads no arguments: these hyperparameters change nothing."
            )
        return
    for name in [*given, *(each for each in tuned if each not in given)]:
        option = f"-{name}" if len(name) == 1 else f"--{name}"
        argument = options.get(option)
        here = f"{path}.{name}"
        if argument is None:
            message = f"The script has no argument {option}."
            swapped = option.replace("_", "-") if "_" in option else "--" + option[2:].replace("-", "_")
            fix = f"It has {swapped}." if swapped in options else None
            if script.strict:
                yield error("HyperparameterUnknown", here, message + " It would end with a usage error.", fix)
            else:
                yield warning("HyperparameterUnknown", here, message, fix)
        else:
            yield from _value(here, option, argument, given.get(name), given=name in given)
    for option, argument in options.items():
        if (
            argument.required
            and argument.names[-1] == option
            and not any(each.lstrip("-") in given or each.lstrip("-") in tuned for each in argument.names)
        ):
            yield error(
                "HyperparameterMissing",
                path,
                f"The script needs {option} (line {argument.line}).",
                f"Add {option.lstrip('-')}.",
            )


def _value(path: str, option: str, argument: Argument, value: JsonValue, *, given: bool) -> Iterator[Finding]:
    line = f"(line {argument.line})"
    if argument.type == "bool":
        yield error(
            "BooleanArgument",
            path,
            f"{option} has type=bool {line}: argparse takes every text but the empty one for true, 'False' as well.",
            "Use type=lambda text: text.lower() == 'true'.",
        )
    elif argument.action in ("store_true", "store_false", "count"):
        yield error(
            "FlagArgument",
            path,
            f"{option} takes no value {line}, and a hyperparameter always has one.",
            "Let it take one, for example type=int with 0 and 1.",
        )
    elif given and argument.type in ("int", "float") and not _is_number(value, argument.type):
        yield error("HyperparameterType", path, f"{option} takes {argument.type} {line}, and gets {value!r}.")
    elif given and argument.choices and str(value) not in [str(each) for each in argument.choices]:
        listed = ", ".join(str(each) for each in argument.choices)
        yield error("HyperparameterChoice", path, f"{option} takes {listed} {line}, and gets {value!r}.")


def _is_number(value: JsonValue, kind: str) -> bool:
    try:
        (int if kind == "int" else float)(str(value))
    except ValueError:
        return False
    return True


def _channels(context: Context, script: Script) -> Iterator[Finding]:
    if script.reads_all_channels:
        return
    given = {each.channel_name.lower(): index for index, each in enumerate(context.job.input_data_config)}
    for name in sorted(script.channels - set(given)):
        yield warning(
            "ChannelMissing",
            f"{context.path}.input_data_config",
            f"The script reads the channel {name}, and the job has none of that name.",
            f"Add the channel {name}, or let the script do without it.",
        )
    for name, index in given.items():
        if name not in script.channels and name not in ("code", "model"):
            yield warning(
                "ChannelUnused",
                f"{context.path}.input_data_config[{index}]",
                f"The script does not read the channel {name}.",
                f"It finds it in os.environ['SM_CHANNEL_{name.upper()}'].",
            )
