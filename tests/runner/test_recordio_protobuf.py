"""RecordIO-wrapped protobuf, against records that the SageMaker SDK wrote."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from jupyter_smext.runner.toolkits.smext_algorithms import recordio_protobuf

# From sagemaker 2.257, sagemaker.amazon.common.write_numpy_to_dense_tensor and write_spmatrix_to_sparse_tensor.
DENSE = "CiPXziwAAAAKFgoGdmFsdWVzEgwSCgoIAADAPwAAAMASEgoGdmFsdWVzEggSBgoEAACAPwoj184sAAAAChYKBnZhbHVlcxIMEgoKCAAAQEAAAIBAEhIKBnZhbHVlcxIIEgYKBAAAAAA="
FLOAT64_WITHOUT_LABELS = (
    "CiPXziAAAAAKHgoGdmFsdWVzEhQaEgoQAAAAAAAA+D8AAAAAAAAAwAoj184gAAAACh4KBnZhbHVlcxIUGhIKEAAAAAAAAAhAAAAAAAAAEEA="
)
INTEGERS = "CiPXziwAAAAKGQoGdmFsdWVzEg86DQoLAf7//////////wESDwoGdmFsdWVzEgU6AwoBAQoj184jAAAAChAKBnZhbHVlcxIGOgQKAgMEEg8KBnZhbHVlcxIFOgMKAQAA"
SPARSE = "CiPXzi4AAAAKGAoGdmFsdWVzEg4SDAoEAADAPxIBAhoBAxISCgZ2YWx1ZXMSCBIGCgQAAIA/AAAKI9fOLgAAAAoYCgZ2YWx1ZXMSDhIMCgQAAEhDEgEBGgEDEhIKBnZhbHVlcxIIEgYKBAAAAAAAAA=="


@pytest.mark.parametrize(
    ("written", "features", "labels"),
    [
        (DENSE, [[1.5, -2], [3, 4]], [1, 0]),
        (FLOAT64_WITHOUT_LABELS, [[1.5, -2], [3, 4]], None),
        (INTEGERS, [[1, -2], [3, 4]], [1, 0]),
        (SPARSE, [[0, 0, 1.5], [0, 200, 0]], [1, 0]),
    ],
)
def test_records_of_the_sdk(written: str, features: list[list[float]], labels: list[float] | None) -> None:
    found, found_labels = recordio_protobuf.read(base64.b64decode(written))
    assert found.tolist() == features
    assert (found_labels is None) if labels is None else (found_labels.tolist() == labels)


def test_dense_records_are_written_as_the_sdk_writes_them() -> None:
    assert recordio_protobuf.write_features([[1.5, -2], [3, 4]], [1, 0]) == base64.b64decode(DENSE)


def test_rows_of_many_features_come_back() -> None:
    rows = np.arange(600.0).reshape(2, 300)
    assert recordio_protobuf.read(recordio_protobuf.write_features(rows))[0].tolist() == rows.tolist()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"1,2,3\n4,5,6\n", "the magic number is missing"),
        (base64.b64decode(DENSE)[:30], "the last record is cut off"),
        (base64.b64decode(DENSE)[:5], "the last record is cut off"),
    ],
)
def test_what_is_no_record_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recordio_protobuf.read(data)
