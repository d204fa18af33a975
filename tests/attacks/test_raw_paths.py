"""A53, A50, A4, A5: what a hand-written request gets out of the real server, with its files collected."""

import re
import socket

import pytest

from ops.supervisor.network import LOOPBACK, free_port
from ops.supervisor.product import WebProcess
from tests.servers import run

HOST = "ashgrove.localhost"
PATHS = [
    "/static/",
    "/static/css/",
    "/static/../manage.py",
    "/static/../../etc/passwd",
    "/static/css/../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e%5c%2e%2e%5cetc%5cpasswd",
    "/static//etc/passwd",
    "/static/....//....//etc/passwd",
    "/static/%00",
    "/static/css%00.css",
    "//etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/manage.py",
    "/pyproject.toml",
    "/platform/config/settings/base.py",
    "/documents/",
    "/media/",
    "/debug/",
    "/__debug__/",
    "/metrics",
    "/server-status",
    "/admin/login/",
    "/wp-login.php",
    "/.well-known/../.env",
]
# What a page would tell about this machine, its programs and another school.
LEAKS = re.compile(
    r"root:|\[core\]|SECRET|DATABASE|Traceback|Django|gunicorn|whitenoise|\.py\b|BEGIN |/work|/home|Birchwood"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory, django_db_setup):
    """A web process as the demo runs it, with collected files; a function that sends it raw requests."""
    import os

    from tests.conftest import DATABASE, ENVIRONMENT, VALKEY

    port, folder = free_port(), tmp_path_factory.mktemp("raw")
    environment = {
        **os.environ,
        **ENVIRONMENT,
        **DATABASE.environment(),
        "VALKEY_URL": VALKEY.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "STATIC_ROOT": str(folder / "static"),
        "PORT": str(port),
    }
    run(["manage.py", "collectstatic", "--noinput", "--verbosity=0"], environment)
    log = folder / "web.log"

    def ask(path, host=HOST, *more):
        with socket.create_connection((LOOPBACK, port), timeout=30) as connection:
            lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *more, "", ""]
            connection.sendall("\r\n".join(lines).encode("latin-1"))
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        head, _, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
        return int(head.split()[1]), head, body

    with log.open("wb") as output, WebProcess("web", port, HOST, environment, output=output):
        yield ask, log


@pytest.mark.attack("A53")
def test_paths_outside_tell_nothing(served):
    ask, log = served
    told = {path: ask(path) for path in PATHS}
    assert {path: status for path, (status, _, _) in told.items() if status not in {400, 404}} == {}
    for path, (_, head, body) in told.items():
        assert not LEAKS.search(head + body), path
    # A file that is meant to be served is, so the server does look into the folder.
    page = ask("/login/")[2]
    style = re.search(r'href="(/static/css/[^"]+\.css)"', page)[1]
    status, head, _ = ask(style)
    assert status == 200
    assert "text/css" in head
    assert "Traceback" not in log.read_text()


@pytest.mark.attack("A50", "A53")
def test_static_file_and_error_have_their_headers(served):
    ask, _ = served
    style = re.search(r'href="(/static/css/[^"]+\.css)"', ask("/login/")[2])[1]
    for path in (style, "/static/nothing.css", "/healthz", "/login/"):
        head = ask(path)[1].lower()
        assert "x-content-type-options: nosniff" in head, path
        assert not re.search(r"^server: .*\d", head, re.MULTILINE), path
    for path in ("/static/nothing.css", "/login/"):
        assert "x-frame-options: deny" in ask(path)[1].lower(), path


@pytest.mark.attack("A4", "A5")
@pytest.mark.parametrize(
    "host",
    [
        "nowhere.localhost",
        "www.localhost",
        "admin.localhost",
        "platform.localhost",
        "birchwood.ashgrove.localhost",
        "ashgrove.localhost.evil.example",
        "ashgrove.localhost@evil.example",
        "s_template.localhost",
        "template.localhost",
        "public.localhost",
        "127.0.0.1",
        "..localhost",
        "xn--shgrove-9ya.localhost",
    ],
)
def test_host_that_is_no_schools_shows_no_school(served, host):
    ask, _ = served
    status, _, body = ask(
        "/login/", host, "X-Forwarded-Host: ashgrove.localhost", "X-Host: ashgrove.localhost"
    )
    # The provider's own neutral page, or nothing.
    assert status in ({200} if host == "127.0.0.1" else {400, 404})
    assert "Ashgrove" not in body
    assert "password" not in body.lower()
