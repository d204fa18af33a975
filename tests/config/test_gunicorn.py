"""What the web server in front of the product lets in."""

import http.client
import subprocess
import sys
from pathlib import Path

import pytest

from ops.supervisor.network import free_port
from tests.core.outbox.test_worker import wait_for

ROOT = Path(__file__).resolve().parents[2]


def ask(port, *, path="/login/", host="ashgrove.localhost", method="GET", headers=None, body=None):
    """Status and body of an answer, or None while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body, headers={"Host": host, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace"), response.headers
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


@pytest.fixture
def server(product_environment, tmp_path):
    """The web process as a container starts it; its port, and what it logged."""
    port, log = free_port(), tmp_path / "web.log"
    environment = {
        **product_environment,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "BIND": f"127.0.0.1:{port}",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config=platform/config/gunicorn.py",
                "config.wsgi:application",
            ],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            assert wait_for(lambda: ask(port, path="/readyz"), 40), log.read_text()
            yield port, log
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.attack("A53", "A54")
@pytest.mark.fault
def test_server_bounds_what_it_reads_and_tells_nothing(server):
    """A53, A54 and A4, through the real server."""
    port, log = server
    assert ask(port)[0] == 200
    assert ask(port, path="/login/?" + "q" * 5000)[0] in (400, 414)
    assert ask(port, headers={"X-Long": "x" * 9000})[0] in (400, 431)
    assert ask(port, headers={f"X-{number}": "x" for number in range(80)})[0] in (400, 431)
    assert ask(port, method="POST", body=b"x" * (2 * 1024 * 1024 + 1))[0] == 413
    forged = {"X-Forwarded-Host": "birchwood.localhost", "X-Forwarded-Proto": "https"}
    status, body, headers = ask(port, headers=forged)
    assert status == 200
    assert "Ashgrove" in body
    assert "Birchwood" not in body
    assert "__Host-" not in str(headers)
    assert ask(port, path="/students/search/?q=Quillfeather")[0] == 302
    assert ask(port, host="x\tQuillfeather")[0] in (400, 404)
    assert "Quillfeather" not in log.read_text()
    assert "people:login" in log.read_text()
    assert "Django" not in headers.get("Server", "")
