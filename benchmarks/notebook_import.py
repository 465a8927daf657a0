"""What `import jupyter_smext` costs in a kernel, beside what a notebook imports anyway.

Each import in processes of its own, in turn; the median, after one round that warms the disk. Of a process the time of
the import statement is taken, in an interpreter that has loaded what a kernel has loaded (ipykernel). SDK v2 and v3 are
measured in environments of their own, which have the same package of ours by PYTHONPATH. Writes
benchmarks/notebook_import.md.   Run: .venv/bin/python benchmarks/notebook_import.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from sandbox.client_envs import SDK_V2, SDK_V3, client_python  # noqa: E402  # lies beside the tests

OURS = "import jupyter_smext as sm"
HERE = {
    OURS: OURS,
    f"{OURS}; sm.JobMonitor": f"{OURS}; sm.JobMonitor",
    f"{OURS}; sm.launch": f"{OURS}; sm.launch",
    "import boto3": "import boto3",
    "import pandas": "import pandas",
}
SDKS = {
    "SDK v2: from sagemaker.sklearn import SKLearn": (SDK_V2, "from sagemaker.sklearn import SKLearn"),
    "SDK v3: from sagemaker.train import ModelTrainer": (SDK_V3, "from sagemaker.train import ModelTrainer"),
}
_PROGRAM = """
import ipykernel.ipkernel, sys, time
before, began = len(sys.modules), time.perf_counter()
{code}
print("RESULT", (time.perf_counter() - began) * 1000, len(sys.modules) - before, "boto3" in sys.modules)
"""


def measured(python: Path, code: str) -> tuple[float, int, bool]:
    """Milliseconds, modules that were loaded, and whether boto3 is among what is loaded."""
    done = subprocess.run(
        [python, "-c", _PROGRAM.format(code=code)], capture_output=True, text=True, check=True, env=_environment()
    )
    _, milliseconds, modules, boto3 = next(line for line in done.stdout.splitlines() if "RESULT" in line).split()
    return float(milliseconds), int(modules), boto3 == "True"


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "HOME": str(Path.home()), "SAGEMAKER_SUPPRESS_V2_WARNING": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds: int = parser.parse_args().rounds
    subjects = {name: (Path(sys.executable), code) for name, code in HERE.items()}
    subjects |= {name: (client_python(*requirements), code) for name, (requirements, code) in SDKS.items()}
    found: dict[str, list[tuple[float, int, bool]]] = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, (python, code) in subjects.items():
            result = measured(python, code)
            if number:
                found[name].append(result)
    rows = [
        f"| `{name}` | {statistics.median(each[0] for each in results):.1f} "
        f"({min(each[0] for each in results):.1f}) | {results[0][1]} | {'yes' if results[0][2] else 'no'} |"
        for name, results in found.items()
    ]
    table = f"""# Importing in a kernel

`python benchmarks/notebook_import.py --rounds {rounds}`: each import in a process of its own that has loaded ipykernel,
in turn; median (minimum). A name of ours loads what it needs when it is first used. {os.cpu_count()} cores, load
average at the end {os.getloadavg()[0]:.0f}: above the number of cores the minimum says more.

| import | ms | modules | loads boto3 |
|---|---|---|---|
{chr(10).join(rows)}
"""
    Path(__file__).with_suffix(".md").write_text(table, "utf-8")
    print(table)


if __name__ == "__main__":
    main()
