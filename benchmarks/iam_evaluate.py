"""How many requests a second the evaluator decides against a policy set of 100 statements.

    python benchmarks/iam_evaluate.py [--seconds 3]

The set mixes what real roles hold: exact and wildcard actions of five services, exact and wildcard resources,
conditions, a boundary, a bucket policy and two levels of SCPs. Requests are drawn with a fixed seed. Seconds are of
CPU time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import Any

from jupyter_smext.iam.evaluate import Evaluator
from jupyter_smext.iam.models import Case, Policies

ACCOUNT = "111122223333"
ACTIONS = {
    "s3": ["GetObject", "PutObject", "ListBucket", "DeleteObject", "GetBucketLocation"],
    "sagemaker": ["CreateTrainingJob", "DescribeTrainingJob", "CreateModel", "AddTags", "InvokeEndpoint"],
    "logs": ["PutLogEvents", "CreateLogStream", "GetLogEvents"],
    "ecr": ["BatchGetImage", "GetDownloadUrlForLayer"],
    "iam": ["PassRole", "GetRole"],
}


def resource_of(service: str, number: int) -> str:
    return {
        "s3": f"arn:aws:s3:::bucket-{number}/data/part-{number}.csv",
        "sagemaker": f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:training-job/job-{number}",
        "logs": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:log-stream:{number}",
        "ecr": f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/repo-{number}",
        "iam": f"arn:aws:iam::{ACCOUNT}:role/service-role/role-{number}",
    }[service]


def statement(draw: random.Random, number: int) -> dict[str, Any]:
    service = draw.choice(list(ACTIONS))
    pattern = resource_of(service, number % 20)
    if draw.random() < 0.5:
        pattern = pattern.rsplit("-", 1)[0] + "*"
    body: dict[str, Any] = {
        "Sid": f"S{number}",
        "Effect": "Deny" if draw.random() < 0.1 else "Allow",
        "Action": [f"{service}:{name}" for name in draw.sample(ACTIONS[service], 2)]
        if draw.random() < 0.6
        else f"{service}:*",
        "Resource": [pattern, resource_of(service, draw.randrange(20))],
    }
    if draw.random() < 0.3:
        body["Condition"] = {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    return body


def build(draw: random.Random) -> tuple[Evaluator, list[Case]]:
    statements = [statement(draw, number) for number in range(90)]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies = Policies.model_validate(
        {
            "identity": [
                {"Version": "2012-10-17", "Statement": statements[start : start + 15]} for start in range(0, 90, 15)
            ],
            "permissions_boundary": {"Version": "2012-10-17", "Statement": [everything] * 2},
            "scp": [[{"Version": "2012-10-17", "Statement": [everything] * 2}]] * 2,
            "resource": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": "arn:aws:s3:::bucket-1/*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ]
                * 4,
            },
        }
    )
    cases: list[Case] = []
    for _ in range(500):
        service = draw.choice(list(ACTIONS))
        cases.append(
            Case(
                principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/R/S",
                action=f"{service}:{draw.choice(ACTIONS[service])}",
                resource=resource_of(service, draw.randrange(25)),
                resource_account=ACCOUNT,
                context={"aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": True},
            )
        )
    return Evaluator(policies), cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    seconds = parser.parse_args().seconds
    evaluator, cases = build(random.Random(7))
    verdicts = [evaluator.evaluate(case).verdict for case in cases]
    done, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        for case in cases:
            evaluator.evaluate(case)
        done += len(cases)
    rate = done / (time.process_time() - begun)
    share = ", ".join(f"{verdicts.count(kind)} {kind}" for kind in ("allowed", "denied", "unknown"))
    print(f"{rate:,.0f} evaluations a second of CPU time against 100 statements ({share} of {len(cases)} requests)")


if __name__ == "__main__":
    main()
