"""The folder of one installation."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ops.supervisor import tree
from ops.supervisor.installation import Installation, InstallationError
from ops.supervisor.network import is_free
from ops.supervisor.servers import ROOT, Valkey
from ops.supervisor.supervisor import Options, Supervisor


def held(folder: Path) -> Installation:
    installation = Installation(folder)
    installation.acquire()
    return installation


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    first = held(tmp_path / "data")
    with pytest.raises(InstallationError, match="in use by process"):
        held(tmp_path / "data")
    held(tmp_path / "other").release()
    first.release()
    held(tmp_path / "data").release()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(InstallationError, match="not an installation's"):
        held(tmp_path)
    assert (tmp_path / "letters.txt").read_text() == "mine"
    assert not (tmp_path / "lock").exists()


def test_a_new_folder_is_closed_to_others(tmp_path: Path) -> None:
    held(tmp_path / "data").release()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_emptying_keeps_the_lock_and_nothing_else(tmp_path: Path) -> None:
    installation = held(tmp_path / "data")
    installation.secrets()
    (installation.folder / "mail").mkdir()
    (installation.folder / "outside").symlink_to(tmp_path)
    installation.empty()
    assert [path.name for path in installation.folder.iterdir()] == ["lock"]
    assert tmp_path.exists()
    with pytest.raises(InstallationError):
        held(tmp_path / "data")
    installation.release()


def test_secrets_are_made_once_and_read_by_the_owner_only(tmp_path: Path) -> None:
    installation = held(tmp_path / "data")
    made = installation.secrets()
    assert installation.secrets() == made
    assert stat.S_IMODE((installation.folder / "secrets.json").stat().st_mode) == 0o600
    assert len(set(made.values())) == len(made)
    other = held(tmp_path / "other")
    assert not set(made.values()) & set(other.secrets().values())
    installation.release()
    other.release()


def test_ports_stay_unless_somebody_took_them(tmp_path: Path) -> None:
    installation = held(tmp_path / "data")
    ports = installation.ports("postgres", "inbox")
    assert installation.ports("postgres", "inbox") == ports
    with Valkey(port=ports["inbox"]):
        changed = installation.ports("postgres", "inbox")
    assert changed["postgres"] == ports["postgres"]
    assert changed["inbox"] != ports["inbox"]
    assert is_free(changed["inbox"])
    installation.release()


def test_what_outlived_a_killed_supervisor_is_ended(tmp_path: Path) -> None:
    installation = held(tmp_path / "data")
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    installation.note_process("web", left.pid)
    installation.release()
    held(tmp_path / "data").release()
    assert left.wait(5) < 0


def test_a_stranger_with_a_noted_id_is_left_alone(tmp_path: Path) -> None:
    installation = held(tmp_path / "data")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (installation.folder / "run").mkdir()
    noted = {"pid": stranger.pid, "started": "long ago"}
    (installation.folder / "run" / "web.json").write_text(json.dumps(noted))
    installation.release()
    held(tmp_path / "data").release()
    assert tree.started(stranger.pid)
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize(
    ("schools", "fresh", "kept"),
    [
        ("unfinished", False, False),
        ("built", False, True),
        ("own", False, True),
        ("built", True, False),
    ],
)
def test_only_half_made_schools_are_begun_anew_unasked(
    tmp_path: Path, schools: str, fresh: bool, kept: bool
) -> None:
    supervisor = Supervisor(Options(port=8000, data=tmp_path / "data", fresh=fresh, demo=True))
    supervisor.installation.acquire()
    supervisor.installation.remember(schools=schools)
    supervisor.installation.documents.mkdir()
    supervisor._empty_if_asked()
    assert supervisor.installation.documents.exists() is kept
    supervisor.installation.release()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "0"), ("PORT", "web"), ("DEMO", "no"), ("FRESH", "yes")]
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InstallationError, match=name):
        Options.read({name: value})


def test_settings_have_the_promised_defaults() -> None:
    assert Options.read({}) == Options(port=8000, data=ROOT / ".data", fresh=False, demo=True)
    assert Options.read({"DATA": "/srv/two", "PORT": "8100", "FRESH": "1", "DEMO": "0"}) == Options(
        port=8100, data=Path("/srv/two"), fresh=True, demo=False
    )
