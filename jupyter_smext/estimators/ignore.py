"""Which files of a source directory stay behind: the rules of .gitignore, and of .sagemakerignore in the same form.

https://git-scm.com/docs/gitignore - the tests compare with git itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

IGNORE_FILES = (".gitignore", ".sagemakerignore")

# Never of use in a container, whatever the ignore files say.
ALWAYS = (
    ".git/", "__pycache__/", "*.pyc", ".ipynb_checkpoints/", ".venv/", "venv/", ".mypy_cache/", ".pytest_cache/",
    ".ruff_cache/", ".DS_Store", ".gitignore", ".gitattributes", ".sagemakerignore", "*.sagemaker.yaml",
    "*.sagemaker.lock.yaml", "local-runs/",
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One line of an ignore file."""

    base: str  # the folder of the file, relative to the top, "" for the top itself
    pattern: re.Pattern[str]
    negated: bool
    folders_only: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        prefix = f"{self.base}/" if self.base else ""
        return path.startswith(prefix) and self.pattern.fullmatch(path[len(prefix) :]) is not None


def rules(lines: Iterable[str], base: str = "") -> list[Rule]:
    """The rules of the lines of one file that lies in the folder ``base``."""
    return [rule for line in lines if (rule := _rule(line, base)) is not None]


def ignored(path: str, is_folder: bool, given: list[Rule]) -> bool:
    """Whether the last rule that matches says so. A folder that is ignored is not looked into by the caller."""
    for rule in reversed(given):
        if rule.matches(path, is_folder):
            return not rule.negated
    return False


def _rule(line: str, base: str) -> Rule | None:
    line = re.sub(r"(?<!\\) +$", "", line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line[1:] if negated else line
    folders_only = line.endswith("/")
    line = line.rstrip("/") if folders_only else line
    if not line:
        return None
    anchored = "/" in line
    expression = _expression(line.removeprefix("/"))
    pattern = re.compile(expression if anchored else f"(?:.*/)?{expression}", re.DOTALL)
    return Rule(base if base != "." else "", pattern, negated, folders_only)


def _expression(glob: str) -> str:
    if glob.startswith("**/"):
        return "(?:.*/)?" + _expression(glob[3:])
    if glob.endswith("/**"):
        return _expression(glob[:-3]) + "/.+"
    if "/**/" in glob:
        before, after = glob.split("/**/", 1)
        return f"{_expression(before)}/(?:.*/)?{_expression(after)}"
    result, index = "", 0
    while index < len(glob):
        char = glob[index]
        index += 1
        if char == "*":
            result += "[^/]*"
        elif char == "?":
            result += "[^/]"
        elif char == "\\" and index < len(glob):
            result += re.escape(glob[index])
            index += 1
        elif char == "[" and "]" in glob[index + 1 :]:
            end = glob.index("]", index + 1)
            inside = glob[index:end].replace("\\", "\\\\").replace("[", "\\[")
            result += f"(?!/)[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            index = end + 1
        else:
            result += re.escape(char)
    return result
