"""Errors of user code and data."""

from __future__ import annotations


class ClientError(Exception):
    """An error of the user's code or data."""


class ExecuteUserScriptError(ClientError):
    """The user's script failed."""


class ImportModuleError(ClientError):
    """The user's module cannot be imported."""


class ChannelDoesNotExistError(Exception):
    """The job has no such channel."""

    def __init__(self, channel_name: str) -> None:
        super().__init__(f"Channel {channel_name} is not a valid channel")


class UnsupportedFormatError(Exception):
    """The content type cannot be read or written."""

    def __init__(self, content_type: str) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework. Implement input_fn to deserialize the "
            "request data, or output_fn to serialize the response."
        )
