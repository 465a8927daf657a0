"""An error answer, as AWS's services give it."""

from __future__ import annotations


class AwsError(Exception):
    """Answered to the client with this code, message and HTTP status, in the protocol of the service it called."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class ValidationException(AwsError):
    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class NotAvailable(AwsError):
    """The sandbox does not stand in for this operation."""

    def __init__(self, operation: str) -> None:
        super().__init__("UnknownOperationException", f"{operation} is not available in the sandbox.")
