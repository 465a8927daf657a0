"""A Jupyter server that dies in the middle of a transfer: ``python dying_server.py SIGNAL OPERATION ARGUMENTS...``.

It gets the signal when one part has arrived by that operation of S3 and another waits, as it would on a slow line. The
other arguments are those of the server.
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

from jupyter_smext.s3 import arrived as arrived_module
from jupyter_smext.s3 import copy, download

MiB = 2**20

number, dying_of = int(sys.argv[1]), sys.argv[2]
copy.MAX_SINGLE_COPY, copy.PART, download.RANGE, arrived_module.NOTE_EVERY = MiB, 5 * MiB, 5 * MiB, 0
begun, arrived, killing = itertools.count(1), threading.Event(), threading.Lock()
real_call, real_note = BaseClient._make_api_call, arrived_module.Arrived.note


def call(self: Any, operation: str, arguments: Any) -> Any:
    if operation != dying_of:
        return real_call(self, operation, arguments)
    if next(begun) > 2:
        arrived.wait()
        if killing.acquire(blocking=False):
            os.kill(os.getpid(), number)
        time.sleep(1)
    answer = real_call(self, operation, arguments)
    if operation != "GetObject":
        arrived.set()
    return answer


def note(self: Any) -> None:
    real_note(self)
    arrived.set()


BaseClient._make_api_call, arrived_module.Arrived.note = call, note
main(sys.argv[3:])
