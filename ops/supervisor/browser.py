"""Finds the browser for the journeys: Debian's Chromium, somebody's Chrome, or Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CACHES = (Path("~/.cache/ms-playwright"), Path("~/Library/Caches/ms-playwright"))


def _works(program: str) -> bool:
    try:
        return not subprocess.run(
            [program, "--version"], capture_output=True, check=False, timeout=30
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_chromium() -> Path | None:
    """Return a Chromium that starts, or None. The variable CHROMIUM names one outright."""
    places = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), *MAC]
    for cache in CACHES:
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"):
            places += [str(path) for path in sorted(cache.expanduser().glob(pattern), reverse=True)]
    return next((Path(place) for place in places if place and Path(place).exists() and _works(place)), None)


if __name__ == "__main__":
    found = find_chromium()
    print(found or "none")
    sys.exit(not found)
