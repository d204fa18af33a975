"""The demo as a person runs it: in order, side by side, through crashes, to an end that loses nothing."""

import json
import os
import queue
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ops.supervisor import tree
from ops.supervisor.network import accepts, free_port, is_free
from ops.supervisor.servers import ROOT

pytestmark = pytest.mark.fault

IN_ORDER = ["postgres", "valkey", "mail", "web", "console", "worker", "scheduler"]


def two_free_ports() -> int:
    """Return a port that is free together with the next one."""
    while True:
        port = free_port()
        if port < 65534 and is_free(port + 1):
            return port


class Demo:
    """One `ops/demo` without schools, with what it wrote."""

    def __init__(self, data: Path, port: int | None = None, **environment: str) -> None:
        self.data = data
        self.port = port or two_free_ports()
        self.lines: list[str] = []
        self._new: queue.Queue[str] = queue.Queue()
        settings = {"DATA": str(data), "PORT": str(self.port), "DEMO": "0", **environment}
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ops.supervisor"],
            cwd=ROOT,
            env={**kept, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))
                self._new.put(line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, is_it: Callable[[str], bool], seconds: float = 90) -> "Demo":
        end = time.monotonic() + seconds
        while not any(map(is_it, list(self.lines))):
            if not self._reader.is_alive() or time.monotonic() > end:
                raise AssertionError(f"never said:\n{self.text}")
            try:
                self._new.get(timeout=0.2)
            except queue.Empty:
                continue
        return self

    def ready(self) -> "Demo":
        return self.wait_for(lambda line: line == "READY")

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        took = time.monotonic() - began
        self._reader.join()
        return took

    def running(self) -> list[int]:
        return tree.descendants(self.process.pid)

    def pid_of(self, name: str) -> int:
        return int(json.loads((self.data / "run" / f"{name}.json").read_text())["pid"])

    def get(self, path: str = "/", *, port: int | None = None, host: str = "localhost") -> int:
        port = port or self.port
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def as_owner(self) -> psycopg.Connection[tuple[object, ...]]:
        secrets = json.loads((self.data / "secrets.json").read_text())
        port = json.loads((self.data / "installation.json").read_text())["ports"]["postgres"]
        return psycopg.connect(
            host="127.0.0.1", port=port, user="owner", password=secrets["owner"], dbname="safeguarding"
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    running = Demo(closed / "data").ready()
    yield running
    if running.process.poll() is None:
        running.stop()


def test_everything_starts_in_order_and_then_says_ready(demo: Demo) -> None:
    told = [
        line.split("| ", 1)[1].split(" is ready")[0]
        for line in demo.lines
        if "supervisor |" in line and " is ready (" in line
    ]
    assert told[:7] == IN_ORDER
    assert demo.lines.count("READY") == 1
    assert demo.get("/") == 200


def test_the_console_is_its_own_process_on_the_next_port(demo: Demo) -> None:
    assert demo.get("/readyz", port=demo.port + 1, host="platform.localhost") == 200
    assert demo.pid_of("web") != demo.pid_of("console")
    assert demo.get("/readyz", host="platform.localhost") == 200
    assert demo.get("/", host="platform.localhost") == 404


def test_the_sheet_is_written_for_machines_too(demo: Demo) -> None:
    path = demo.data / "demo.json"
    sheet = json.loads(path.read_text())
    assert sheet["base"] == f"localhost:{demo.port}"
    assert sheet["schools"] == []
    assert sheet["sso"] == []
    assert sheet["operator"].keys() == {"email", "password", "totp_secret"}
    assert Path(sheet["mail"]).is_dir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    after_ready = demo.text.split("\nREADY\n", 1)[1]
    assert sheet["operator"]["password"] in after_ready


def test_commands_reach_what_is_served(demo: Demo, tmp_path: Path) -> None:
    def manage(data: Path) -> "subprocess.CompletedProcess[str]":
        settings = {"PATH": os.environ["PATH"], "DATA": str(data)}
        return subprocess.run(
            [ROOT / "ops/manage", "check", "--database", "default"],
            cwd=tmp_path,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )

    served, nothing = manage(demo.data), manage(tmp_path / "nothing")
    assert served.returncode == 0, served.stderr
    assert nothing.returncode == 1
    assert "Start it first: ops/demo" in nothing.stderr


def test_no_secret_stands_in_the_log_or_on_a_command_line(demo: Demo) -> None:
    secrets = json.loads((demo.data / "secrets.json").read_text()).values()
    before_ready = demo.text.split("\nREADY\n", 1)[0]
    written = (demo.data / "logs" / "demo.log").read_text() + before_ready
    commands = "".join(map(tree.command, demo.running()))
    assert "gunicorn" in commands
    assert not [secret for secret in secrets if secret in written or secret in commands]


def test_what_lies_in_the_folder_is_closed_to_others(demo: Demo) -> None:
    assert stat.S_IMODE(demo.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(demo.data.parent.stat().st_mode) == 0o700
    for private in ("secrets.json", "demo.json", "installation.json"):
        assert stat.S_IMODE((demo.data / private).stat().st_mode) == 0o600


def test_the_folder_cannot_be_used_twice(demo: Demo) -> None:
    second = Demo(demo.data)
    assert second.process.wait(30) == 1
    second.stop()
    assert f"in use by process {demo.process.pid}" in second.text
    assert demo.get("/") == 200


def test_a_taken_port_is_said(demo: Demo, tmp_path: Path) -> None:
    second = Demo(tmp_path / "data", demo.port)
    assert second.process.wait(30) == 1
    second.stop()
    assert f"Port {demo.port} is taken" in second.text


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    wrong = Demo(tmp_path / "data", FRESH="yes")
    assert wrong.process.wait(30) == 1
    wrong.stop()
    assert "FRESH must be 0 or 1" in wrong.text
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "console", "valkey", "mail"])
def test_a_crash_is_shown_and_the_process_started_again(demo: Demo, name: str) -> None:
    already = len(demo.lines)
    killed = demo.pid_of(name)
    tree.kill_all([*tree.descendants(killed), killed])
    again = f"{name} runs again"
    demo.wait_for(lambda line: again in line and line in demo.lines[already:], 30)
    assert any(f"{name} CRASHED (killed by SIGKILL)" in line for line in demo.lines[already:])
    assert demo.pid_of(name) != killed
    assert demo.get("/readyz") == 200


def test_what_outlives_a_crash_does_not_answer_for_the_new_process(demo: Demo) -> None:
    already = len(demo.lines)
    killed = demo.pid_of("web")
    orphans = tree.descendants(killed)
    assert orphans
    tree.kill_all([killed])
    demo.wait_for(lambda line: "web runs again" in line and line in demo.lines[already:], 30)
    assert not any(map(tree.started, orphans))
    assert not any("Address already in use" in line for line in demo.lines[already:])
    assert demo.get("/readyz") == 200


def test_a_crash_of_postgres_loses_no_commit(demo: Demo) -> None:
    with demo.as_owner() as connection:
        connection.execute("CREATE TABLE public.acknowledged (id int)")
        connection.execute("INSERT INTO public.acknowledged SELECT generate_series(1, 1000)")
    already = len(demo.lines)
    killed = demo.pid_of("postgres")
    tree.kill_all([killed, *tree.descendants(killed)])
    demo.wait_for(lambda line: "postgres runs again" in line and line in demo.lines[already:], 30)
    with demo.as_owner() as connection:
        assert connection.execute("SELECT count(*) FROM public.acknowledged").fetchone() == (1000,)
        connection.execute("DROP TABLE public.acknowledged")
    end = time.monotonic() + 20
    for port in (demo.port, demo.port + 1):
        while demo.get("/readyz", port=port) != 200 and time.monotonic() < end:
            time.sleep(0.2)
        assert demo.get("/readyz", port=port) == 200


def test_two_side_by_side_stop_in_time_and_one_keeps_all_while_the_other_starts_fresh(tmp_path: Path) -> None:
    first, second = Demo(tmp_path / "one"), Demo(tmp_path / "two")
    try:
        first.ready()
        second.ready()
        assert first.get("/") == second.get("/") == 200
        for running in (first, second):
            with running.as_owner() as connection:
                connection.execute("CREATE TABLE public.kept (id int)")
        processes = first.running()
        assert len(processes) >= len(IN_ORDER)
        assert first.stop(signal.SIGINT) < 5
        assert first.process.returncode == 0
        assert not any(map(tree.started, processes))
        assert not accepts(first.port)
        assert "everything is stopped" in first.text
        assert second.get("/") == 200
        secrets = (second.data / "secrets.json").read_text()
        assert second.stop(signal.SIGTERM) < 5

        first, second = Demo(first.data, first.port), Demo(second.data, second.port, FRESH="1")
        first.ready()
        second.ready()
        with first.as_owner() as connection:
            connection.execute("SELECT * FROM public.kept")
        with second.as_owner() as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM public.kept")
        assert (second.data / "secrets.json").read_text() != secrets
    finally:
        for running in (first, second):
            if running.process.poll() is None:
                running.stop()


def test_a_killed_supervisor_leaves_nothing_that_hinders_the_next(tmp_path: Path) -> None:
    first = Demo(tmp_path / "data").ready()
    left = first.running()
    first.process.kill()
    first.process.wait()
    second = Demo(tmp_path / "data", first.port).ready()
    try:
        assert not [pid for pid in left if tree.started(pid) and "ops.supervisor" in tree.command(pid)]
        assert not set(left) & set(second.running())
        assert second.get("/") == 200
    finally:
        second.stop()
        first._reader.join()


def test_stopping_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    starting = Demo(tmp_path / "data").wait_for(lambda line: "mail is ready" in line)
    processes = starting.running()
    assert starting.stop() < 5
    assert starting.process.returncode == 0
    assert "READY" not in starting.lines
    assert not any(map(tree.started, processes))
