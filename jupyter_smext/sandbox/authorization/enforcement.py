"""Makes the services of a sandbox ask for permission."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.account import DEFAULT_REGION
from jupyter_smext.sandbox.authorization.authorizer import Authorizer
from jupyter_smext.sandbox.authorization.iam_documents import Document, IamDocuments
from jupyter_smext.sandbox.authorization.iam_permissions import IamAuthorization
from jupyter_smext.sandbox.authorization.logs_permissions import LogsAuthorization
from jupyter_smext.sandbox.authorization.principals import Principals
from jupyter_smext.sandbox.authorization.s3_permissions import S3Authorization
from jupyter_smext.sandbox.authorization.sagemaker_permissions import SageMakerAuthorization
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.json_service import JsonService
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.s3 import S3Service
from jupyter_smext.sandbox.s3.store import S3Store
from jupyter_smext.sandbox.sagemaker.invocations import Invocations
from jupyter_smext.sandbox.sagemaker.tags import Tags


def enforce(
    database: Database,
    clients: OwnClients,
    documents: IamDocuments,
    *,
    s3: S3Service,
    sagemaker: JsonService,
    invocations: Invocations,
    logs: JsonService,
) -> IamAuthorization:
    """From now on, S3, SageMaker and CloudWatch Logs refuse what policies do not allow; the answer does it for IAM."""
    principals = Principals(documents)
    authorizer = Authorizer(principals)

    def bucket_policy(bucket: str) -> Document | None:
        try:
            text = clients.get("s3", DEFAULT_REGION).get_bucket_policy(Bucket=bucket)["Policy"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
                return None
            raise
        policy: Document = json.loads(text)
        return policy

    of_sagemaker = SageMakerAuthorization(authorizer, Tags(database).of)
    s3.authorize_with(S3Authorization(authorizer, S3Store(database), bucket_policy))
    sagemaker.authorize_with(of_sagemaker.require)
    invocations.authorize_with(of_sagemaker.require)
    logs.authorize_with(LogsAuthorization(authorizer).require)
    return IamAuthorization(authorizer, principals, documents)
