"""Errors that inference code raises."""

from __future__ import annotations


class UnsupportedFormatError(Exception):
    """The content type cannot be read or written."""

    def __init__(self, content_type: str) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework. Implement input_fn to deserialize the "
            "request data, or output_fn to serialize the response."
        )


class BaseInferenceToolkitError(Exception):
    """An error with the HTTP status of its own."""

    def __init__(self, status_code: int, message: str, phrase: str) -> None:
        super().__init__(status_code, message, phrase)
        self.status_code = status_code
        self.message = message
        self.phrase = phrase


class GenericInferenceToolkitError(BaseInferenceToolkitError):
    """The general error with a status."""

    def __init__(self, status_code: int, message: str | None = None, phrase: str | None = None) -> None:
        message = message or "Invalid Request"
        super().__init__(status_code, message, phrase or message)
