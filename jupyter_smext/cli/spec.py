"""``jupyter smext spec``: spec files in the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import spec_templates
from .new_spec_file import refusal

if TYPE_CHECKING:
    from ..estimators.models import Problem


DIALECTS = ("sdk-v2", "sdk-v3", "boto3")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("spec", help="write, check and read the specs of training jobs")
    commands = parser.add_subparsers(dest="spec_command", metavar="COMMAND", required=True)

    new = commands.add_parser("new", help="write a first *.sagemaker.yaml")
    new.add_argument("file", type=Path, help="file to write, for example churn.sagemaker.yaml")
    new.add_argument("--framework", default="sklearn", help="framework or built-in algorithm (default: %(default)s)")
    new.add_argument("--instance-type", default="ml.m5.large", help="default: %(default)s")
    new.add_argument("--entry-script", default="train.py", help="default: %(default)s")
    new.add_argument("--force", action="store_true", help="write over a file that exists")
    new.set_defaults(run=run_new)

    validate = commands.add_parser("validate", help="check spec files without asking AWS for more than who we are")
    validate.add_argument("file", type=Path, nargs="+")
    validate.add_argument("--json", action="store_true", help="print JSON Lines, one file each")
    validate.set_defaults(run=run_validate)

    request = commands.add_parser("request", help="print the request that a launch would send, as JSON")
    request.add_argument("file", type=Path)
    request.add_argument("--json", action="store_true", help="print it on one line")
    request.set_defaults(run=run_request)

    export = commands.add_parser("export", help="print a spec as Python code for an SDK")
    export.add_argument("file", type=Path)
    export.add_argument("--to", choices=DIALECTS, default="sdk-v3", help="default: %(default)s")
    export.add_argument("--json", action="store_true", help="print one JSON document with the code and its notes")
    export.set_defaults(run=run_export)

    import_ = commands.add_parser("import", help="print the spec of a training job, or of a request as JSON")
    import_.add_argument("source", help="name of a training job, or a file with a request; - for standard input")
    import_.add_argument("--json", action="store_true", help="print one JSON document with the spec and its notes")
    import_.set_defaults(run=run_import)

    lock = commands.add_parser("lock", help="write down what a spec resolves to: image, source, commit, data, price")
    lock.add_argument("file", type=Path)
    lock.add_argument("--json", action="store_true", help="print one JSON document")
    lock.set_defaults(run=run_lock)

    schema = commands.add_parser("schema", help="print the JSON Schema of a spec, for editors")
    schema.add_argument("--kind", choices=("TrainingJob", "HyperParameterTuningJob"), default="TrainingJob")
    schema.add_argument("--json", action="store_true", help="print it on one line")
    schema.set_defaults(run=run_schema)

    jumpstart = commands.add_parser(
        "jumpstart",
        help="list JumpStart's models, or print the spec of one",
        description="Reads AWS's public bucket of the region. LightGBM, CatBoost, TabTransformer, AutoGluon-Tabular "
        "and the TensorFlow algorithms are in that list too.",
    )
    jumpstart.add_argument("model", nargs="?", default="", help="id of a model; with --list a part of it")
    jumpstart.add_argument("--list", action="store_true", help="list models instead")
    jumpstart.add_argument("--model-version", help="default: the newest")
    jumpstart.add_argument("--instance-type", help="default: the model's own")
    jumpstart.add_argument("--json", action="store_true", help="print one JSON document")
    jumpstart.set_defaults(run=run_jumpstart)

    spec_templates.add_parser(commands)


def run_new(args: argparse.Namespace) -> int:
    from ..estimators.file import SUFFIX
    from ..estimators.first_spec import new_spec
    from ..estimators.images import CatalogError

    path: Path = args.file
    if code := refusal(path, force=args.force):
        return code
    name = "".join(each if each.isalnum() and each.isascii() else "-" for each in path.name.removesuffix(SUFFIX))
    try:
        text = new_spec(
            name.strip("-")[:40].strip("-") or "job",
            args.framework,
            instance_type=args.instance_type,
            entry_script=args.entry_script,
        )
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 2
    path.write_text(text, "utf-8")
    print(path)
    return 0


def run_validate(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.check import parse
    from ..estimators.defaults import layers_of
    from ..estimators.document import read_text
    from ..estimators.profile import profile_of

    session = AwsSession()
    wrong = 0
    for path in args.file:
        result = parse(read_text(path), profile_of(session), layers_of(session))
        wrong += bool(result.problems)
        if args.json:
            print(json.dumps({"file": str(path), "problems": [each.model_dump() for each in result.problems]}))
        else:
            for problem in result.problems:
                print(_line(path, problem))
            if not result.problems:
                print(f"{path}: valid")
    return 1 if wrong else 0


def run_request(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.document import read_document
    from ..estimators.launch import preview

    request = preview(AwsSession(), read_document(args.file), args.file.absolute().parent)
    print(json.dumps(request, indent=None if args.json else 2))
    return 0


def run_export(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.document import read_document
    from ..estimators.export import export
    from ..estimators.models import ExportDialect

    result = export(AwsSession(), read_document(args.file), ExportDialect(args.to), args.file)
    print(result.model_dump_json() if args.json else result.code, end="\n" if args.json else "")
    return 0


def run_import(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.document import read_text
    from ..estimators.file import dump
    from ..estimators.importer import spec_of_job, spec_of_request

    if args.source == "-" or Path(args.source).is_file():
        text = sys.stdin.read() if args.source == "-" else read_text(Path(args.source))
        try:
            request = json.loads(text)
        except ValueError as error:
            print(f"{args.source} is no JSON: {error}", file=sys.stderr)
            return 1
        result = spec_of_request(request)
    else:
        result = spec_of_job(AwsSession(), args.source)
    print(result.model_dump_json() if args.json else dump(result.spec), end="\n" if args.json else "")
    for note in result.notes:
        print(note, file=sys.stderr)
    return 0


def run_lock(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.lock import write_lock
    from ..prices.instances import price_table
    from .price import refreshed_prices
    from .progress import TerminalProgress

    with TerminalProgress(f"Lock {args.file.name}", unit="objects") as progress:
        result = write_lock(AwsSession(), args.file, price_table(refreshed_prices()), progress)
    if args.json:
        print(result.model_dump_json())
        return 0
    print(result.path)
    for note in result.lock.notes:
        print(note, file=sys.stderr)
    if result.changes:
        print(f"Changed since the lock before: {', '.join(result.changes)}.", file=sys.stderr)
    return 0


def run_jumpstart(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.file import dump
    from ..estimators.jumpstart import jumpstart_models, spec_of_model

    session = AwsSession()
    if args.list or not args.model:
        models = jumpstart_models(session, args.model)
        if args.json:
            print(json.dumps([each.model_dump() for each in models]))
        else:
            for each in models:
                print(each.model_id, each.version)
        return 0
    result = spec_of_model(session, args.model, version=args.model_version, instance_type=args.instance_type)
    print(result.model_dump_json() if args.json else dump(result.spec), end="\n" if args.json else "")
    for note in result.notes:
        print(note, file=sys.stderr)
    return 0


def run_schema(args: argparse.Namespace) -> int:
    from ..estimators.schema import spec_schema

    print(json.dumps(spec_schema(args.kind), indent=None if args.json else 2))
    return 0


def _line(path: Path, problem: Problem) -> str:
    where = f"{path}:{problem.line}:{problem.column}" if problem.line else str(path)
    meant = f" Did you mean {problem.suggestion}?" if problem.suggestion else ""
    return f"{where}: {problem.path or 'file'}: {problem.message}{meant}"
