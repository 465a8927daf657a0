"""S3: objects in plain files and an index in the database, so that they survive, stream, and list fast at any number.

moto keeps the configuration of buckets (policies, lifecycle, encryption and the like); see :mod:`.buckets`.
"""

from jupyter_smext.sandbox.s3.service import S3Service

__all__ = ["S3Service"]
