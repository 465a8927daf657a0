"""A view of the system of its own for one process: a private ``/opt/ml``, host names of its own, perhaps no network.

SageMaker mounts ``/opt/ml`` into every container, and many scripts hold such paths literally. On Linux a mount
namespace gives each job the same without touching the machine's own ``/opt/ml``; it needs root or unprivileged user
namespaces. What the process sees elsewhere stays as it is.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

ML_ROOT = "/opt/ml"

# Values of <sched.h> and <sys/mount.h>; Python has os.unshare from 3.12 on only, and no mount at all.
_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUTS = 0x04000000
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000
# Of netdevice(7).
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def enter(ml: Path, hosts: Path, *, hostname: str | None = None, network: bool = True) -> None:
    """Move the calling process into a mount namespace where ``ml`` is ``/opt/ml`` and ``hosts`` is ``/etc/hosts``.

    With ``hostname`` it believes to run on a machine of that name. Without ``network`` it has a network namespace too,
    where nothing but its own loopback is reachable.
    The process must have one thread. Raises OSError, with a message that names the step, when the system refuses; the
    process is then not usable any more.
    """
    if sys.platform != "linux":
        raise OSError("mount namespaces exist on Linux only")
    _unshare(_CLONE_NEWNS | (0 if network else _CLONE_NEWNET) | (_CLONE_NEWUTS if hostname else 0))
    if not network:
        _raise_loopback()
    if hostname:
        socket.sethostname(hostname)
    # Otherwise our mounts would spread to the rest of the machine.
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    if not Path(ML_ROOT).is_dir():
        _add_to_parent(Path(ML_ROOT))
    _mount(str(ml), ML_ROOT, None, _MS_BIND | _MS_REC)
    _mount(str(hosts), "/etc/hosts", None, _MS_BIND)


def _unshare(namespaces: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    if _libc().unshare(namespaces) == 0:
        return
    _check(_libc().unshare(namespaces | _CLONE_NEWUSER), "new user and mount namespace")
    # The kernel asks for "deny" before it lets an unprivileged process map its group (user_namespaces(7)).
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _add_to_parent(folder: Path) -> None:
    """Make ``folder`` exist for this process only: a tmpfs over its parent that shows the parent's entries again."""
    parent = folder.parent
    real = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(real) as found:
            entries = list(found)
        _mount("tmpfs", str(parent), "tmpfs", 0, "mode=755")
        for entry in entries:
            # The descriptor still leads to the folder below the tmpfs.
            source, target = f"/proc/self/fd/{real}/{entry.name}", parent / entry.name
            if entry.is_symlink():
                target.symlink_to(os.readlink(entry.name, dir_fd=real))
                continue
            if entry.is_dir():
                target.mkdir()
            else:
                target.touch()
            _mount(source, str(target), None, _MS_BIND | _MS_REC)
    finally:
        os.close(real)
    folder.mkdir()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    arguments = [text.encode() if text is not None else None for text in (source, target, kind, data)]
    result = _libc().mount(arguments[0], arguments[1], arguments[2], ctypes.c_ulong(flags), arguments[3])
    _check(result, f"mount on {target}")


def _check(result: int, step: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")
