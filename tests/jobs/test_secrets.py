from __future__ import annotations

import pytest

from jupyter_smext.jobs.secrets import MASK, masked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "x"),
        ("dbPassword", "12345"),
        ("WANDB_API_KEY", "0123456789abcdef0123456789abcdef01234567"),
        ("wandb-api-key", "abc"),
        ("GITHUB_TOKEN", "abc"),
        ("SECRET", "x"),
        ("apiKey", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("harmless", "AKIAIOSFODNN7EXAMPLE"),
        ("harmless", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("harmless", '"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"'),
        ("harmless", "ghp_" + "a1B2" * 9),
        ("harmless", "hf_" + "aB" * 17),
        ("harmless", "sk-proj-" + "a1" * 20),
        ("harmless", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"),
        ("harmless", "-----BEGIN RSA PRIVATE KEY-----"),
        ("harmless", "https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=ab"),
        ("INDEX_URL", "https://user:pass@pypi.example.com/simple"),
    ],
)
def test_what_looks_like_a_secret_is_masked(name: str, value: str) -> None:
    assert masked({name: value}) == {name: MASK}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", "512"),
        ("tokenizer", "bert-base"),
        ("pad_token", "0"),
        ("author", "somebody"),
        ("keyboard", "qwerty"),
        ("key", "label"),
        ("git_commit", "0123456789abcdef0123456789abcdef01234567"),
        ("DB_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:111122223333:secret:db"),
        ("data", "s3://bucket/prefix/"),
        ("url", "https://packages.example.com/simple"),
        ("password", ""),
        ("learning-rate", "0.1"),
    ],
)
def test_what_is_no_secret_stays(name: str, value: str) -> None:
    assert masked({name: value}) == {name: value}


def test_secrets_are_found_at_any_depth_and_the_original_stays() -> None:
    original = {"a": [{"Environment": {"API_KEY": "x", "N": "1"}}], "b": ["AKIAIOSFODNN7EXAMPLE", 3, None]}
    assert masked(original) == {"a": [{"Environment": {"API_KEY": MASK, "N": "1"}}], "b": [MASK, 3, None]}
    assert original["a"] == [{"Environment": {"API_KEY": "x", "N": "1"}}]
