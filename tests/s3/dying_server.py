"""A Jupyter server that dies in the middle of an upload: ``python dying_server.py SIGNAL ARGUMENTS-OF-THE-SERVER``.

It gets the signal when one part has arrived and another waits, as it would on a slow line.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from typing import Any

from botocore.client import BaseClient
from jupyter_server.serverapp import main

number = int(sys.argv[1])
begun, arrived = itertools.count(1), threading.Semaphore(0)
real = BaseClient._make_api_call


def call(self: Any, operation: str, arguments: Any) -> Any:
    if operation != "UploadPart":
        return real(self, operation, arguments)
    if next(begun) > 2:
        arrived.acquire()
        os.kill(os.getpid(), number)
        time.sleep(1)
    answer = real(self, operation, arguments)
    arrived.release()
    return answer


BaseClient._make_api_call = call
main(sys.argv[2:])
