"""An /opt/ml of one's own, without root as well."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

import pytest

from jupyter_smext.runner import isolation
from jupyter_smext.runner.log_lines import LogLines
from jupyter_smext.runner.supervisor import Supervisor

NOBODY = 65534
PR_SET_DUMPABLE = 4


def test_an_unprivileged_process_gets_its_own_opt_ml(tmp_path: Path) -> None:
    """Needs a system that allows unprivileged user namespaces; as root this process becomes nobody for it."""
    assert sys.platform == "linux", "mount namespaces exist on Linux only"
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "file").write_text("mine")
    (tmp_path / "hosts").write_text("127.0.0.1 algo-1")
    for folder in [tmp_path, *tmp_path.parents[:3]]:
        folder.chmod(0o755)
    opt_before = sorted(path.name for path in Path("/opt").iterdir())
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
                # A process that changed its user may not write its own /proc files otherwise.
                ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
            isolation.enter(tmp_path / "ml", tmp_path / "hosts")
            seen = [Path("/opt/ml/file").read_text(), Path("/etc/hosts").read_text()]
            seen.append(str(sorted(path.name for path in Path("/opt").iterdir()) == sorted({*opt_before, "ml"})))
            os.write(writer, "\n".join(seen).encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        assert answer.read().split("\n") == ["mine", "127.0.0.1 algo-1", "True"]
    os.waitpid(pid, 0)
    assert sorted(path.name for path in Path("/opt").iterdir()) == opt_before


def test_the_machines_own_files_are_untouched(tmp_path: Path) -> None:
    hosts, exists = Path("/etc/hosts").read_text(), Path("/opt/ml").exists()
    (tmp_path / "ml").mkdir()
    (tmp_path / "hosts").write_text("none")
    lines: list[str] = []
    with Supervisor([]) as supervisor:
        assert supervisor.isolation_problem is None
        process = supervisor.start(
            ["sh", "-c", "cat /etc/hosts; echo data > /opt/ml/written"],
            env={"PATH": os.environ["PATH"]},
            cwd="/opt/ml",
            output=LogLines(lambda line, timestamp_ms: lines.append(line)),
            ml=tmp_path / "ml",
            hosts=tmp_path / "hosts",
        )
        assert process.wait(10)
    assert (process.exit_code, lines) == (0, ["none"])
    assert (tmp_path / "ml" / "written").read_text() == "data\n"
    assert (Path("/etc/hosts").read_text(), Path("/opt/ml").exists()) == (hosts, exists)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_supervisor_that_dies_takes_its_processes_with_it(tmp_path: Path, seconds: float) -> None:
    (tmp_path / "work").mkdir()
    with Supervisor([tmp_path / "work"]) as supervisor:
        process = supervisor.start(
            ["sleep", "300"],
            env={"PATH": os.environ["PATH"]},
            cwd="/",
            output=LogLines(lambda line, timestamp_ms: None),
        )
        time.sleep(seconds)
        supervisor._process.kill()
        assert process.wait(10), "the death of the supervisor went unnoticed"
        assert process.exit_code == 137
    assert not (tmp_path / "work").exists()


def test_processes_get_exactly_their_environment() -> None:
    lines: list[str] = []
    with Supervisor([]) as supervisor:
        process = supervisor.start(
            ["env"],
            env={"PATH": os.environ["PATH"], "ONLY": "this"},
            cwd="/",
            output=LogLines(lambda line, timestamp_ms: lines.append(line)),
        )
        assert process.wait(10)
    assert sorted(lines) == sorted(["ONLY=this", f"PATH={os.environ['PATH']}"])
