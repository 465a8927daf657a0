"""Whether IAM lets the launch and the job do what they need: the place of that answer in a preflight."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import Finding
from .context import Context, unknown


def check_permissions(context: Context) -> Iterator[Finding]:
    """Nothing is looked at yet, and so nothing is said to be allowed."""
    yield unknown(
        "IamNotChecked",
        f"{context.path}.role",
        "Whether your permissions and those of the role suffice was not checked.",
        "The IAM section evaluates both on the exact resources.",
    )
