"""``jupyter smext spec templates``: the team's specs to begin with, in the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .new_spec_file import refusal

if TYPE_CHECKING:
    from ..aws.session import AwsSession
    from ..estimators.models import TemplateText
    from ..estimators.templates import NamedSource


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "templates",
        help="begin with a spec of your team",
        description="Sources are named in the administrator's policy, and under `templates` in your defaults.yaml: "
        "s3://bucket/prefix/, git+https://host/repository.git@reference#subdirectory=folder, or a folder's path.",
    )
    commands = parser.add_subparsers(dest="templates_command", metavar="COMMAND", required=True)

    list_ = commands.add_parser("list", help="list them, and what is wrong with those that are broken")
    list_.add_argument("--refresh", action="store_true", help="ask git repositories again now")
    list_.add_argument("--json", action="store_true", help="print one JSON document")
    list_.set_defaults(run=run_list)

    show = commands.add_parser("show", help="print one")
    _add_choice(show)
    show.add_argument("--json", action="store_true", help="print one JSON document with what is wrong with it")
    show.set_defaults(run=run_show)

    new = commands.add_parser("new", help="write a new spec file from one")
    _add_choice(new)
    new.add_argument("file", type=Path, help="file to write, for example churn.sagemaker.yaml")
    new.add_argument("--force", action="store_true", help="write over a file that exists")
    new.set_defaults(run=run_new)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="its name, as `list` prints it")
    parser.add_argument("--source", help="its source, where several have one of that name")


def run_list(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.templates import list_templates
    from .table import print_table

    session = AwsSession()
    found = list_templates(session, _sources(session), refresh=args.refresh)
    if args.json:
        print(found.model_dump_json())
    else:
        rows = [
            (each.name, each.description, each.source, each.version and each.version[:12], _state(len(each.problems)))
            for each in found.templates
        ]
        print_table(("NAME", "DESCRIPTION", "SOURCE", "VERSION", "PROBLEMS"), rows)
        for source in found.sources:
            for note in source.notes:
                print(f"{source.source}: {note}", file=sys.stderr)
            if source.problem:
                print(f"{source.source}: {source.problem.code.value}: {source.problem.message}", file=sys.stderr)
        if not found.sources:
            print("No source of templates is configured.", file=sys.stderr)
    return 1 if any(source.problem for source in found.sources) else 0


def run_show(args: argparse.Namespace) -> int:
    found = _chosen(args)
    if args.json:
        print(found.model_dump_json())
        return 0
    print(found.text, end="")
    _tell_problems(found)
    return 0


def run_new(args: argparse.Namespace) -> int:
    path: Path = args.file
    if code := refusal(path, force=args.force):
        return code
    found = _chosen(args)
    path.write_text(found.text, "utf-8")
    print(path)
    _tell_problems(found)
    return 0


def _sources(session: AwsSession) -> list[NamedSource]:
    """Those that the panel shows too: the administrator's policy is looked for where the server looks for it."""
    from ..estimators.templates import template_sources
    from ..studio.admin_policy import Guard, find

    state = find(session, None)
    if state.problem:
        print(state.problem, file=sys.stderr)
    return template_sources(Guard(state))


def _chosen(args: argparse.Namespace) -> TemplateText:
    from ..aws.errors import ErrorCode, SmextError
    from ..aws.session import AwsSession
    from ..estimators.templates import list_templates, template_text

    session = AwsSession()
    sources = [each for each in _sources(session) if args.source in (None, each.source)]
    named = [each for each in list_templates(session, sources).templates if each.name == args.name]
    if not named:
        raise SmextError(
            ErrorCode.NOT_FOUND,
            f"There is no template {args.name}.",
            hint="`jupyter smext spec templates list` shows what there is.",
        )
    if len(named) > 1:
        raise SmextError(
            ErrorCode.CONFLICT,
            f"There are {len(named)} templates {args.name}.",
            hint="\n".join(f"--source {each.source}" for each in named),
        )
    return template_text(session, sources, named[0].source, named[0].path)


def _tell_problems(found: TemplateText) -> None:
    for problem in found.template.problems:
        print(f"{problem.path or 'file'}: {problem.message}", file=sys.stderr)


def _state(problems: int) -> str | None:
    return str(problems) if problems else None
