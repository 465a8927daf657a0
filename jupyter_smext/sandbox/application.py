"""Which part of the sandbox answers a request."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_smext.sandbox import identity, policy_simulation
from jupyter_smext.sandbox.authorization.iam_documents import IamDocuments
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.journal import changes_state
from jupyter_smext.sandbox.json_service import JsonService
from jupyter_smext.sandbox.moto_services import MotoServices, form_of, operation_of, query_error
from jupyter_smext.sandbox.policy_simulation import PolicySimulation
from jupyter_smext.sandbox.s3 import S3Service
from jupyter_smext.sandbox.sagemaker.invocations import Invocations

if TYPE_CHECKING:
    from jupyter_smext.sandbox.authorization.iam_permissions import IamAuthorization


class Application:
    """Sends each request to the service that its signature names; what nobody owns goes to moto."""

    def __init__(
        self,
        *,
        sagemaker: JsonService,
        invocations: Invocations,
        logs: JsonService,
        service_quotas: JsonService,
        s3: S3Service,
        simulation: PolicySimulation,
        documents: IamDocuments,
        moto: MotoServices,
        iam_authorization: IamAuthorization | None,
    ) -> None:
        self._sagemaker = sagemaker
        self._invocations = invocations
        self._simulation = simulation
        self._documents = documents
        self._moto = moto
        self._iam_authorization = iam_authorization
        self._services: dict[str, Callable[[Caller, Request], Response]] = {
            "sagemaker": self._to_sagemaker,
            "logs": logs.handle,
            "servicequotas": service_quotas.handle,
            "s3": s3.handle,
            # Not signed at all: public objects, and what a browser asks.
            "": s3.handle,
            "sts": self._to_sts,
            "iam": self._to_iam,
        }

    def handle(self, request: Request) -> Response:
        if _comes_from_a_web_page(request):
            return Response(403, {"Content-Type": "text/plain"}, b"The sandbox answers no web page.\n")
        caller = Caller.of(request)
        service = self._services.get(caller.service, self._moto.handle)
        return service(caller, request)

    def _to_sagemaker(self, caller: Caller, request: Request) -> Response:
        if "x-amz-target" in request.headers:
            return self._sagemaker.handle(caller, request)
        # The runtime signs with the same name, and so do services that the sandbox does not have.
        return self._invocations.handle(caller, request)

    def _to_iam(self, caller: Caller, request: Request) -> Response:
        body = request.read_all()
        operation = operation_of(request, body)
        if self._iam_authorization and not caller.is_sandbox:
            try:
                self._iam_authorization.require(caller, operation, form_of(body))
            except AwsError as refusal:
                return query_error(refusal)
        if operation in policy_simulation.OPERATIONS:
            return self._simulation.handle(operation, form_of(body))
        request.body = io.BytesIO(body)
        try:
            return self._moto.handle(caller, request)
        finally:
            if changes_state(request.method, operation):
                self._documents.forget()

    def _to_sts(self, caller: Caller, request: Request) -> Response:
        body = request.read_all()
        operation = operation_of(request, body)
        request.body = io.BytesIO(body)
        if operation == "GetCallerIdentity" and identity.owns_credentials_of(caller):
            return identity.get_caller_identity(caller)
        if self._iam_authorization is None:
            return self._moto.handle(caller, request)
        try:
            self._iam_authorization.require_known(caller)
            if operation == "AssumeRole":
                return self._iam_authorization.assume_role(
                    caller, form_of(body), lambda: self._moto.handle(caller, request)
                )
        except AwsError as refusal:
            return query_error(refusal)
        return self._moto.handle(caller, request)


def _comes_from_a_web_page(request: Request) -> bool:
    """Whoever may call the sandbox may run programs on this machine, and a browser lets any page call loopback.

    A page of another origin shows in ``Origin``; one that had its own name resolved to loopback, in ``Host``.
    """
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    return "origin" in request.headers or host not in ("127.0.0.1", "localhost")
