"""Masks what looks like a secret in a job's description: people put API keys into Environment and hyperparameters."""

from __future__ import annotations

import itertools
import re
from typing import Any

MASK = "********"

_SECRET_WORDS = {"secret", "secrets", "password", "passwd", "passphrase", "pwd", "credential", "credentials", "apikey"}
_SECRET_PAIRS = {("api", "key"), ("access", "key"), ("private", "key"), ("auth", "key"), ("account", "key")}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")

# The published prefixes and forms of common credentials.
_SHAPES = re.compile(
    r"""
      \b(AKIA|ASIA)[A-Z0-9]{16}\b                       # AWS access key id
    | \b(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}          # GitHub
    | \bgithub_pat_\w{30,}
    | \bglpat-[\w-]{20,}                                # GitLab
    | \bhf_[A-Za-z0-9]{30,}                             # Hugging Face
    | \bsk-[A-Za-z0-9_-]{20,}                           # OpenAI, Anthropic
    | \bxox[abprs]-[A-Za-z0-9-]{10,}                    # Slack
    | \bAIza[\w-]{35}                                   # Google
    | \bey[\w-]{10,}\.ey[\w-]{10,}\.[\w-]*              # JSON web token
    | -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY
    | [?&]X-Amz-Signature=                              # presigned URL
    | \w://[^/\s:@]+:[^/\s@]+@                          # URL with a password
    """,
    re.VERBOSE,
)
# An AWS secret access key has no prefix: 40 characters of base64. A hexadecimal digest (a git commit) is none.
_AWS_SECRET_KEY = re.compile(r"(?![0-9a-f]{40}$)(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9/+]{40}$")


def masked(value: Any, name: str = "") -> Any:
    """A copy of ``value`` (strings, lists and mappings of them) where whatever looks like a secret is ``********``.

    ``name`` is the key that ``value`` stands under: a telling name (``DB_PASSWORD``) masks whatever stands there.
    Names are read as words, so that ``max_tokens`` and ``tokenizer`` stay; references (ARNs) stay as well.
    """
    if isinstance(value, dict):
        return {key: masked(each, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, name) for each in value]
    if isinstance(value, str) and value and (_looks_secret(value) or _named_secret(name, value)):
        return MASK
    return value


# The parameters of a presigned URL that let its holder in, https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
_SIGNED = re.compile(
    r"\b(X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId|x-amz-security-token)=[^&\s\"'<>]+"
)
_PASSWORD_OF_URL = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_PIECE = re.compile(r"[^\s\"'<>=,;()\[\]{}]+")


def masked_text(text: str) -> str:
    """A text, such as an error's message, with ``********`` in place of each piece that looks like a secret."""
    text = _PASSWORD_OF_URL.sub(MASK, _SIGNED.sub(rf"\1={MASK}", text))
    return _PIECE.sub(lambda piece: MASK if _looks_secret(piece[0]) else piece[0], text)


def _looks_secret(value: str) -> bool:
    return bool(_SHAPES.search(value) or _AWS_SECRET_KEY.match(value.strip('"')))


def _named_secret(name: str, value: str) -> bool:
    if value.startswith("arn:"):
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if _SECRET_WORDS.intersection(words) or _SECRET_PAIRS.intersection(itertools.pairwise(words)):
        return True
    # A number under "token" is a setting of a tokenizer (`pad_token=0`), not a credential.
    return "token" in words and not _NUMBER.match(value)
