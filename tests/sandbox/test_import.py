"""What importing the package costs: nothing of the extra, and no AWS library."""

from __future__ import annotations

import subprocess
import sys


def test_the_package_imports_without_its_extra() -> None:
    script = (
        "import sys; import jupyter_smext.sandbox; "
        "print([name for name in ('moto', 'cheroot', 'boto3', 'botocore') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
