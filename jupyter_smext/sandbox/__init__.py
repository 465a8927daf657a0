"""SageMaker on this machine: an AWS-shaped HTTP endpoint on loopback where training and endpoints really run.

Any client works against it with nothing but the environment variables in :attr:`SandboxInfo.env`. It needs the extra
``jupyter-smext[sandbox]``; importing this package does not.
"""

from jupyter_smext.sandbox.config import SandboxConfig, SandboxInfo
from jupyter_smext.sandbox.process import Sandbox
from jupyter_smext.sandbox.run import SandboxError

__all__ = ["Sandbox", "SandboxConfig", "SandboxError", "SandboxInfo"]
