"""What the help below tracebacks adds to a cell that raises nothing.

Blocks of cells with the help and without, interleaved in one shell; the median block of each. Writes
benchmarks/notebook_explain.md.   Run: .venv/bin/python benchmarks/notebook_explain.py [--blocks N]
"""

from __future__ import annotations

import argparse
import statistics
import time
import timeit
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_smext.notebook import explain

CELLS = 200


def microseconds_per_cell(shell: InteractiveShell) -> float:
    begin = time.perf_counter()
    for _ in range(CELLS):
        shell.run_cell("pass")
    return (time.perf_counter() - begin) / CELLS * 1e6


def microseconds_per_event(shell: InteractiveShell) -> float:
    """What IPython spends on its handlers after a cell that raised nothing, the help's or none."""
    result = shell.run_cell("pass")
    return min(timeit.repeat(lambda: shell.events.trigger("post_run_cell", result), number=20_000)) / 20_000 * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=15)
    blocks: int = parser.parse_args().blocks
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    microseconds_per_cell(shell)
    without, with_help = [], []
    for _ in range(blocks):
        explain.disable(shell)
        without.append(microseconds_per_cell(shell))
        explain.enable(shell)
        with_help.append(microseconds_per_cell(shell))
    plain, helped = statistics.median(without), statistics.median(with_help)
    event_helped = microseconds_per_event(shell)
    explain.disable(shell)
    event_plain = microseconds_per_event(shell)
    table = f"""# Help below tracebacks

`python benchmarks/notebook_explain.py --blocks {blocks}`: blocks of {CELLS} cells `pass`, interleaved in one shell;
median (minimum), microseconds a cell. A whole cell varies more than the handler takes, so that the event after it, in
which the handler runs, is measured by itself as well (minimum).

| microseconds | a whole cell | the event after it |
|---|---|---|
| without the handler | {plain:.1f} ({min(without):.1f}) | {event_plain:.2f} |
| with it | {helped:.1f} ({min(with_help):.1f}) | {event_helped:.2f} |
| difference | {helped - plain:+.1f} ({min(with_help) - min(without):+.1f}) | {event_helped - event_plain:+.2f} |
"""
    Path(__file__).with_suffix(".md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
