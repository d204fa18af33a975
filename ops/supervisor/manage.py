"""Runs a command of the product with the settings of the installation that is being served."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ops.supervisor.installation import ENVIRONMENT
from ops.supervisor.servers import ROOT


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it and return its exit code; 1, and the remedy, where nothing has been started yet."""
    folder = ROOT / Path(environment.get("DATA") or ".data")
    try:
        settings = json.loads((folder / ENVIRONMENT).read_text())
    except FileNotFoundError:
        print(f"{folder} is no installation that is being served. Start it first: ops/demo", file=sys.stderr)
        return 1
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    # DATABASE_ROLE is not among them: manage.py knows which command is the owner's.
    return subprocess.run(command, env={**environment, **settings}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
