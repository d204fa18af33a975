"""The operator's console, in the real web process under its own database role."""

import base64
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import psycopg
import pytest
from django_otp.oath import totp

from ops.supervisor.network import LOOPBACK, free_port
from tests.servers import ROOT, run

EMAIL = "operator@provider.example"
PASSWORD = "harbour-violet-quilted-77-stone"
SECRET = base64.b32encode(b"12345678901234567890").decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Browser:
    """A visitor of the console with cookies."""

    def __init__(self, port, host="platform.localhost"):
        self.port, self.host = port, host
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirect, urllib.request.ProxyHandler({})
        )

    def get(self, path, data=None, **headers):
        # Cookies of 127.0.0.1 are kept by the jar; the Host header says which place is meant.
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}{path}", headers={"Host": self.host, **headers}
        )
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        try:
            with self.opener.open(request, body, timeout=20) as response:
                return response.status, response.read().decode(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def sign_in(self, email=EMAIL, password=PASSWORD, code=None):
        _, page, _ = self.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        code = f"{totp(base64.b32decode(SECRET)):06}" if code is None else code
        return self.get(
            "/login/",
            {"csrfmiddlewaretoken": token, "email": email, "password": password, "code": code},
            Origin=f"http://{self.host}",
        )


@pytest.fixture
def console(product_environment):
    """The console's web process; yields (port, environment)."""
    environment = {**product_environment, "WEB_PROCESS": "console", "DATABASE_ROLE": "platform"}
    run(
        ["manage.py", "create_operator", EMAIL],
        {**environment, "OPERATOR_PASSWORD": PASSWORD, "OPERATOR_TOTP_SECRET": SECRET},
    )
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--bind={LOOPBACK}:{port}",
            "--threads=2",
        ],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        browser = Browser(port)
        for _ in range(300):
            try:
                browser.get("/healthz")
                break
            except OSError:
                time.sleep(0.1)
        yield port, environment
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.spec("PRV-16")
def test_operator_signs_in_and_sees_schools_but_nothing_in_them(console, own_database):
    port, environment = console
    stranger = Browser(port)
    status, page, headers = stranger.get("/")
    assert (status, headers["Location"]) == (302, "/login/")
    assert "Ashgrove" not in page

    for wrong in ({"code": "000000"}, {"password": "not it"}, {"email": "d.okafor@ashgrove.sch.example"}):
        status, page, _ = stranger.sign_in(**wrong)
        assert status == 422
        assert "is not right" in page
    assert stranger.get("/")[0] == 302

    operator = Browser(port)
    status, page, headers = operator.sign_in()
    assert (status, headers["Location"]) == (302, "/")
    status, page, _ = operator.get("/")
    assert status == 200
    for shown in ("Ashgrove School", "ashgrove", "Birchwood School", "birchwood", "Open"):
        assert shown in page
    assert "Okafor" not in page

    # A school's address names nothing in this process.
    status, page, _ = Browser(port, "ashgrove.localhost").get("/login/")
    assert status == 404
    assert "Ashgrove" not in page

    # Made once more at every start of the demo: nothing happens.
    told = run(["manage.py", "create_operator", EMAIL], environment)
    assert "there already" in told

    with psycopg.connect(own_database.url("platform"), autocommit=True) as connection:
        schemas = [row[0] for row in connection.execute("SELECT schema_name FROM public.tenants_school")]
        assert len(schemas) == 2
        for schema in [*schemas, "template_school"]:
            for table in ("people_user", "incidents_incident", "documents_document", "audit_auditevent"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f'SELECT 1 FROM "{schema}".{table}')
