"""The example sender at a folder of its own, with the whole product at the other end."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ops.supervisor.network import free_port
from ops.supervisor.product import ProductProcess, WebProcess
from ops.supervisor.servers import ROOT, Valkey
from tests.data.extracts import pupil, small_extract
from tests.servers import run

HOST = "ashgrove.localhost"
MAKE_TOKEN = """
import django; django.setup()
from dataclasses import replace
from core.access import SYSTEM
from core.tenancy import in_school
from tenant_apps.imports.services import renew_token
from tenant_apps.staff.selectors import administrators
from tenants.selectors import get_school_by_subdomain
with in_school(get_school_by_subdomain("ashgrove")):
    print(renew_token(by=replace(SYSTEM, user_id=administrators()[0])))
"""


@pytest.fixture
def served(product_environment, mailbox, tmp_path):
    """The product's web process and worker, and the school's token: (port, token)."""
    with Valkey() as valkey, (tmp_path / "processes.log").open("wb") as output:
        environment = {
            **product_environment,
            "VALKEY_URL": valkey.url,
            "EMAIL_URL": mailbox.url,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        }
        token = run(["-c", MAKE_TOKEN], environment).split()[-1]
        port = free_port()
        with (
            WebProcess("web", port, HOST, environment, output=output),
            ProductProcess("worker", ["manage.py", "work"], environment, output=output),
        ):
            yield port, token


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "extracts"
    made.mkdir()
    return made


def command(folder, port, token, *more):
    """The sender by itself, without the product's packages."""
    token_file = folder.parent / "token.txt"
    token_file.write_text(f"{token}\n")
    told = [f"--address=http://{HOST}:{port}", f"--folder={folder}", f"--token-file={token_file}"]
    return [sys.executable, "-S", "-I", str(ROOT / "ops" / "extract_sender.py"), "--settle=0", *told, *more]


def send(folder, port, token):
    """Run the sender once."""
    once = command(folder, port, token, "--once")
    return subprocess.run(once, capture_output=True, text=True, timeout=120, check=False)


def put(folder, name, book):
    """Nobody sees a half of it."""
    part = folder / f"{name}.part"
    part.write_bytes(book.pack())
    part.rename(folder / name)


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(folder, place):
    return [json.loads(path.read_text()) for path in sorted((folder / place).glob("*.json"))]


@pytest.mark.spec("IMP-01", "IMP-08")
def test_sender_hands_in_what_lies_in_its_folder_and_puts_it_away(served, folder):
    port, token = served
    (folder / "night.zip").write_bytes(small_extract().pack())
    done = send(folder, port, token)
    assert done.returncode == 0, done.stderr
    assert not list(folder.glob("*.zip"))
    (told,) = answers(folder, "sent")
    assert (told["state"], told["counts"]["pupils.csv"]["added"]) == ("applied", 3)
    assert token not in done.stderr + done.stdout

    faulty = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    faulty.files["pupils.csv"].append(pupil(9, "Secret", "Child", date_of_birth="04/03/2012"))
    (folder / "faulty.zip").write_bytes(faulty.pack())
    done = send(folder, port, token)
    assert done.returncode == 1
    assert "pupils.csv, line 5, date_of_birth: Not a date like 2026-09-01." in done.stderr
    assert "04/03/2012" not in done.stderr
    assert answers(folder, "refused")[0]["faults"][0]["value"] == "04/03/2012"

    held = small_extract(generated_at="2026-11-22T22:05:00+00:00")
    held.files = {name: held.files[name] for name in ("groups.csv", "staff.csv")} | {
        "pupils.csv": held.files["pupils.csv"][:1],
        "memberships.csv": held.files["memberships.csv"][:1],
    }
    (folder / "held.zip").write_bytes(held.pack())
    done = send(folder, port, token)
    assert done.returncode == 0, done.stderr
    assert "waits for an administrator" in done.stderr


def test_sender_keeps_what_it_could_not_send(served, folder):
    port, token = served
    (folder / "night.zip").write_bytes(small_extract().pack())
    nobody = send(folder, free_port(), token)
    assert nobody.returncode == 2
    assert "no answer" in nobody.stderr
    wrong = send(folder, port, "mis_wrong")
    assert wrong.returncode == 2
    assert "the token is not valid" in wrong.stderr
    assert (folder / "night.zip").exists()
    assert send(folder, port, token).returncode == 0


@pytest.mark.spec("IMP-01")
def test_sender_watches_its_folder_and_logs_to_a_file(served, folder):
    port, token = served
    log = folder.parent / "sender.log"
    watching = command(folder, port, token, "--every=0.2", f"--log-file={log}")
    with subprocess.Popen(watching, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for((folder / "sent").is_dir)
            put(folder, "first.zip", small_extract())
            wait_for(lambda: len(answers(folder, "sent")) == 1)
            later = small_extract(generated_at="2026-11-21T22:05:00+00:00")
            put(folder, "second.zip", later)
            wait_for(lambda: len(answers(folder, "sent")) == 2)
        finally:
            process.terminate()
    assert {told["state"] for told in answers(folder, "sent")} == {"applied"}
    assert "second.zip: applied" in log.read_text()
    assert token not in log.read_text()


class _SomethingElse(BaseHTTPRequestHandler):
    """Such as a proxy, or another site: it answers, and is not the product."""

    told = 404, b"<p>Not here</p>"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        status, content = self.told
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *told):
        pass


@pytest.mark.parametrize("told", [(404, b"<p>Not here</p>"), (302, b""), (403, b"{}"), (202, b"[]")])
def test_sender_keeps_what_something_other_than_the_product_answered_to(folder, told):
    (folder / "night.zip").write_bytes(small_extract().pack())
    handler = type("Handler", (_SomethingElse,), {"told": told})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        done = send(folder, server.server_address[1], "mis_x")
        server.shutdown()
        thread.join()
    assert done.returncode == 2, done.stderr
    assert "Not sent: the answer was" in done.stderr
    assert (folder / "night.zip").exists()


def test_sender_sends_nothing_in_clear_over_a_network(folder):
    plain = [sys.executable, str(ROOT / "ops" / "extract_sender.py"), "--once", f"--folder={folder}"]
    done = subprocess.run(
        [*plain, "--address=http://ashgrove.records.example"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "must begin with https://" in done.stderr
