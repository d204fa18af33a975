"""The MIS extracts for the day the demo starts: raw while they are fresh, else moved by weeks."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

from ops.demo_school.calendar import RAW_FOR, WRITTEN_FOR, day_zero

MOVED_FILES = {
    "attendance.csv": ("date",),
    "memberships.csv": ("start_date", "end_date"),
    "pupils.csv": ("start_date", "leaving_date"),
    "staff.csv": ("start_date", "end_date"),
}


def for_today(source: Path, folder: Path, today: date) -> Path:
    """The extract to import: `source` itself, or a copy in `folder` with its dates moved by whole weeks."""
    if today - WRITTEN_FOR <= RAW_FOR:
        return source
    zero = day_zero(today)
    weeks = timedelta(weeks=(zero - WRITTEN_FOR).days // 7)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read("manifest.json"))
        for name, said in manifest["files"].items():
            content, rows = _moved(old.read(name), MOVED_FILES.get(name, ()), weeks, zero)
            said["rows"], said["sha256"] = rows, hashlib.sha256(content).hexdigest()
            new.writestr(name, content)
        written = datetime.fromisoformat(manifest["generated_at"])
        manifest["generated_at"] = (written + weeks).isoformat()
        new.writestr("manifest.json", json.dumps(manifest, indent=1))
        for member in set(old.namelist()) - {*manifest["files"], "manifest.json"}:
            new.writestr(member, old.read(member))
    return target


def _moved(content: bytes, columns: tuple[str, ...], weeks: timedelta, zero: date) -> tuple[bytes, int]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\r\n")
    writer.writeheader()
    rows = 0
    for row in reader:
        for column in columns:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", row[column] or ""):
                row[column] = (date.fromisoformat(row[column]) + weeks).isoformat()
        if "session" in row and row["date"] > zero.isoformat():
            continue
        writer.writerow(row)
        rows += 1
    return out.getvalue().encode("utf-8"), rows
