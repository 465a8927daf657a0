"""A spec as the one boto3 call that a launch makes, with the packing and the upload of its source before it."""

from __future__ import annotations

from typing import Any

from .exported import Exported
from .models import JobSpec, Spec, TuningSpec
from .packaging import ARCHIVE, bucket_and_prefix, is_packed
from .python_code import Call, Expression, code
from .request import Place, output_path, training_request
from .tuning import jobs_of, tuning_request

_PACK = '''
def upload_source(folder, bucket, key, extra=()):
    """Pack a source directory as the SageMaker training toolkit expects it, and put it to S3."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                tar.add(path, path.relative_to(folder).as_posix())
        for path in map(pathlib.Path, extra):
            tar.add(path, path.name)
    archive.seek(0)
    s3.upload_fileobj(archive, bucket, key)
    return f"s3://{bucket}/{key}"

'''


def boto3_code(spec: Spec, place: Place) -> Exported:
    """The code, ready to run."""
    name = "job_name"
    tuning = isinstance(spec, TuningSpec)
    limit = 32 - 16 if tuning else 63 - 16
    lines = [
        f"session = {code(Call('boto3.Session', {'region_name': place.region}))}",
        's3 = session.client("s3")',
        'sagemaker = session.client("sagemaker")',
        f"{name} = {spec.metadata.base_job_name[:limit].rstrip('-')!r} + time.strftime('-%Y%m%d%H%M%S')",
    ]
    jobs = jobs_of(spec)
    uris: list[str | None] = []
    replaced: dict[str, str] = {"@job_name@": name}
    packs = False
    for index, job in enumerate(jobs):
        source = job.source_code
        if source is None or is_packed(source):
            uris.append(source.source_dir if source else None)
            continue
        packs = True
        variable = f"source_{index}" if len(jobs) > 1 else "source"
        lines.append(f"{variable} = {code(_upload(job, place, index), 0, len(variable) + 3)}")
        uris.append(f"s3://@{variable}@")
        replaced[f"s3://@{variable}@"] = variable
    if isinstance(spec, TuningSpec):
        request = tuning_request(spec, place, job_name="@job_name@", source_uris=uris, own_tags={})
        operation = "create_hyper_parameter_tuning_job"
    else:
        request = training_request(spec, place, job_name="@job_name@", source_uri=uris[0], own_tags={})
        operation = "create_training_job"
    if not request["Tags"]:
        del request["Tags"]
    call = Call(f"sagemaker.{operation}", _with_variables(request, replaced))
    lines.append(code(call))
    imports = ["import io", "import pathlib", "import tarfile", "import time"] if packs else ["import time"]
    head = "\n".join([*imports, "", "import boto3"]) + "\n" + ("\n" + _PACK if packs else "") + "\n"
    return Exported(head + "\n".join(lines) + "\n", "boto3", [])


def _upload(job: JobSpec, place: Place, index: int) -> Call:
    source = job.source_code
    assert source is not None
    bucket, prefix = bucket_and_prefix(output_path(job, place))
    folder = f"{prefix}/source/" if prefix else "source/"
    key = Expression(f"f{folder + '{job_name}/' + (f'{index}/' if index else '') + ARCHIVE!r}")
    arguments = {"extra": source.dependencies} if source.dependencies else {}
    return Call("upload_source", arguments, [source.source_dir, bucket, key])


def _with_variables(value: Any, replaced: dict[str, str]) -> Any:
    """Placeholders become the variables of the code; inside a text, an f-string."""
    if isinstance(value, dict):
        return {key: _with_variables(each, replaced) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_variables(each, replaced) for each in value]
    if isinstance(value, str) and any(placeholder in value for placeholder in replaced):
        if value in replaced:
            return Expression(replaced[value])
        text = repr(value.replace("{", "{{").replace("}", "}}"))
        for placeholder, variable in replaced.items():
            text = text.replace(placeholder, "{" + variable + "}")
        return Expression(f"f{text}")
    return value
