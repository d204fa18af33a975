"""A7, F25: many threads and schools through the real web server on a small pool."""

import json
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from ops.supervisor.network import LOOPBACK, free_port
from tests.servers import ROOT

NAMES = {"ashgrove": "Ashgrove School", "birchwood": "Birchwood School"}


def serve(environment, port, threads):
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--bind={LOOPBACK}:{port}",
            "--workers=1",
            f"--threads={threads}",
        ],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def get(port, subdomain, path="/login/"):
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}{path}", headers={"Host": f"{subdomain}.localhost"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def wait_for(port):
    for _ in range(300):
        try:
            get(port, "ashgrove", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The web server did not start.")


@pytest.fixture
def server(product_environment):
    """The web process with eight threads and a pool of four connections."""
    port = free_port()
    process = serve({**product_environment, "DATABASE_POOL": "4"}, port, threads=8)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(15)


@pytest.mark.attack("A7")
@pytest.mark.spec("TEN-05")
def test_hundred_threads_never_see_the_wrong_school(server):
    wrong, answers = [], []

    def alternate(number):
        for turn in range(6):
            subdomain = list(NAMES)[(number + turn) % 2]
            status, page, _ = get(server, subdomain)
            answers.append(status)
            other = next(name for label, name in NAMES.items() if label != subdomain)
            if status == 200 and (NAMES[subdomain] not in page or other in page):
                wrong.append((subdomain, re.findall(r"\w+ School", page)))
            if status != 200 and any(name in page for name in NAMES.values()):
                wrong.append((subdomain, status))

    threads = [threading.Thread(target=alternate, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(answers) == 600
    assert answers.count(200) > 550, json.dumps(sorted(set(answers)))


@pytest.mark.fault("F25")
def test_used_up_connections_are_told_and_show_no_school(product_environment, own_database):
    """F25: 503 with Retry-After, and served again as soon as there is one."""
    port = free_port()
    process = serve(product_environment, port, threads=4)
    try:
        wait_for(port)
        assert get(port, "ashgrove")[0] == 200
        with own_database.server.superuser() as connection:
            connection.execute(f'ALTER DATABASE "{own_database.name}" ALLOW_CONNECTIONS false')
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [own_database.name],
            )
            status, page, headers = get(port, "ashgrove")
            status, page, headers = get(port, "ashgrove") if status == 500 else (status, page, headers)
            connection.execute(f'ALTER DATABASE "{own_database.name}" ALLOW_CONNECTIONS true')
        assert status == 503
        assert headers["Retry-After"]
        assert not any(name in page for name in NAMES.values())
        end = time.monotonic() + 30
        while get(port, "ashgrove")[0] != 200:
            assert time.monotonic() < end
            time.sleep(0.3)
    finally:
        process.terminate()
        process.wait(15)
