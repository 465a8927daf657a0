"""CloudWatch Logs: log groups, streams and events that survive a restart and read fast at any length."""

from jupyter_smext.sandbox.logs.service import LogsService
from jupyter_smext.sandbox.logs.store import LogEvent, LogStore
from jupyter_smext.sandbox.logs.writer import LogWriter

__all__ = ["LogEvent", "LogStore", "LogWriter", "LogsService"]
