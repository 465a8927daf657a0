"""``python -m smext_model_server FRAMEWORK READY_FILE``: load the model, serve it, tell the port in READY_FILE.

The model is in SM_MODEL_DIR, the user's module is named by SAGEMAKER_PROGRAM and lies on the search path. When the
model cannot be loaded the process ends with a traceback.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from smext_model_server.frameworks import framework
from smext_model_server.http_server import ModelHTTPServer
from smext_model_server.model import Model


def main(framework_name: str, ready_file: Path) -> None:
    model = Model(framework(framework_name), _user_module(), os.environ["SM_MODEL_DIR"])
    server = ModelHTTPServer(model)
    # Whole or not at all: it is read while we write.
    incomplete = ready_file.with_suffix(".incomplete")
    incomplete.write_text(str(server.server_port))
    incomplete.rename(ready_file)
    server.serve_forever()


def _user_module() -> ModuleType | None:
    program = os.environ.get("SAGEMAKER_PROGRAM")
    return importlib.import_module(program.removesuffix(".py").replace("/", ".")) if program else None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
