"""The real servers start anywhere, answer, stop, die and come back with what they had promised to keep."""

import os
import smtplib
import stat
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from botocore.exceptions import ClientError
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.supervisor import privileges, tree
from ops.supervisor.network import accepts, free_port, free_ports, is_free
from ops.supervisor.servers import ROOT, MailCatcher, Postgres, S3Server, ServerError, Valkey

ROLES = {"owner": "o/w@n e:r", "app": "a-p-p", "platform": "p-l-a"}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    with Postgres(closed / "inner" / "postgres", fsync=False) as server:
        server.ensure_roles(ROLES)
        server.ensure_database("records", owner="owner")
        yield server


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with MailCatcher(tmp_path / "mail") as server:
        yield server


def send(catcher: MailCatcher, *recipients: str, message_id: str = "<one@school.example>") -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port, timeout=1) as client:
        client.sendmail(
            "a@school.example", recipients, f"Message-ID: {message_id}\r\nSubject: Neutral\r\n\r\nText\r\n"
        )


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(map(is_free, ports))


def test_postgres_runs_under_a_closed_folder_and_changes_no_mode(postgres: Postgres) -> None:
    closed = postgres.data_dir.parents[1]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == os.geteuid()
    assert stat.S_IMODE(postgres.data_dir.stat().st_mode) == 0o700
    assert postgres.answers()


def test_postgres_is_not_root_and_keeps_one_capability_at_most(postgres: Postgres) -> None:
    assert postgres.process
    if not Path("/proc/self").exists():
        pytest.skip("capabilities are Linux's")
    status = Path(f"/proc/{postgres.process.pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    assert int(facts["Uid"].split()[0]) != 0 or postgres._launch.prefix[0] == "unshare"
    assert int(facts["CapEff"], 16).bit_count() <= 1


def test_postgres_refuses_every_role_without_its_password(postgres: Postgres) -> None:
    for role in ("postgres", *ROLES):
        for password in ("", ":wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"postgresql://{role}{password}@127.0.0.1:{postgres.port}/records")
    with psycopg.connect(postgres.url("owner", "records")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("owner",)


def test_postgres_listens_on_the_loopback_address_only(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]
            for name in (
                "listen_addresses",
                "unix_socket_directories",
                "max_locks_per_transaction",
                "TimeZone",
            )
        }
    assert shown == {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_locks_per_transaction": "1024",
        "TimeZone": "UTC",
    }


def test_only_the_owner_may_make_tables(postgres: Postgres) -> None:
    for role in ("app", "platform"):
        with (
            psycopg.connect(postgres.url(role, "records")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE public.mine (id int)")


def test_roles_and_database_are_made_once(postgres: Postgres) -> None:
    postgres.ensure_roles(ROLES)
    assert postgres.ensure_database("records", owner="owner") is False


def test_a_killed_postgres_comes_back_with_every_commit(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("owner", "records"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        for number in range(50):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
    port = postgres.port
    postgres.kill()
    assert not accepts(port)
    postgres.start()
    with psycopg.connect(postgres.url("owner", "records")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (50,)
    assert postgres.port == port


def test_a_postgres_that_outlived_its_supervisor_is_stopped_first(postgres: Postgres) -> None:
    outlived = postgres.process
    assert outlived
    postgres.process = None
    postgres.start()
    assert outlived.wait(1) == 0
    assert postgres.answers()


def test_the_log_shows_no_value_of_a_row(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        Postgres(tmp_path / "postgres", fsync=False, output=output) as server,
        server.connect() as connection,
    ):
        connection.execute("CREATE TABLE pupil (name text UNIQUE)")
        connection.execute("INSERT INTO pupil VALUES ('Planted Marker')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO pupil VALUES (%s)", ["Planted Marker"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'Another Marker'::int")
    written = log.read_text()
    assert "duplicate key" in written
    assert "Planted" not in written
    assert written.count("Another Marker") <= 1  # the message itself quotes it; the statement is not repeated


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
@pytest.mark.fault
def test_every_way_to_drop_root_that_works_starts_postgres(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    started = []
    for number, launch in enumerate(privileges._candidates()):
        folder = tmp_path / str(number)
        folder.mkdir()
        server = Postgres(folder / "postgres", fsync=False)
        (folder / "probe").mkdir()
        if not privileges._works(launch, server.binaries / "postgres", folder / "probe"):
            continue
        monkeypatch.setattr(privileges, "_candidates", lambda launch=launch: [launch])
        with server:
            assert server.answers()
        started.append(launch.prefix[0])
    assert started


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.fault
def test_servers_start_for_an_ordinary_user(tmp_path: Path) -> None:
    """An ordinary user needs no way to drop root: the servers are started as they are."""
    folder = tmp_path / "ordinary"
    folder.mkdir()
    # Keeps the capability to pass closed folders, since this clone may lie under one.
    launch = privileges.launch_for(Path(sys.executable), folder)
    script = (
        "import os; from pathlib import Path; from ops.supervisor.servers import Postgres, Valkey\n"
        f"p = Postgres(Path({str(folder)!r}) / 'postgres', fsync=False)\n"
        "with p, Valkey() as v: print(os.geteuid(), p.answers(), v.answers(), p._launch.prefix)"
    )
    done = subprocess.run(
        [*launch.prefix, sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split(maxsplit=1)[1:] == ["True True ()\n"], done.stderr
    assert not done.stdout.startswith("0 ")


def test_a_server_that_cannot_start_says_so(tmp_path: Path) -> None:
    with Valkey() as first, pytest.raises(ServerError, match="valkey ended while starting"):
        Valkey(port=first.port).start()


def test_valkey_wants_its_password_and_shows_it_nowhere() -> None:
    with Valkey() as valkey:
        assert valkey.client().ping()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)).ping()
        assert valkey.process
        assert valkey.password not in tree.command(valkey.process.pid)


def test_valkey_forgets_everything_when_killed() -> None:
    with Valkey() as valkey:
        valkey.client().set("key", "value")
        valkey.kill()
        valkey.start()
        assert valkey.client().get("key") is None


def test_each_mail_is_one_file_for_each_recipient(catcher: MailCatcher) -> None:
    send(catcher, "lead@school.example", "head@school.example")
    mails = catcher.messages()
    assert sorted(mail.recipient for mail in mails) == ["head@school.example", "lead@school.example"]
    assert {mail.message["Subject"] for mail in mails} == {"Neutral"}


def test_a_retry_overwrites_and_is_told_apart(catcher: MailCatcher) -> None:
    send(catcher, "lead@school.example")
    send(catcher, "lead@school.example")
    assert len(catcher.messages()) == 1
    assert len(catcher.deliveries()) == 2


def test_no_message_id_leaves_the_folder(catcher: MailCatcher) -> None:
    send(catcher, "lead@school.example", message_id="<../../../tmp/x@school.example>")
    (mail,) = catcher.messages()
    assert mail.path.parent == catcher.folder


def test_the_catcher_refuses_as_told_and_then_takes_again(catcher: MailCatcher) -> None:
    catcher.refuse(550, recipient="gone@school.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(catcher, "gone@school.example")
    send(catcher, "lead@school.example")
    catcher.refuse(451, times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(catcher, "lead@school.example")
    send(catcher, "lead@school.example")
    assert [mail.recipient for mail in catcher.messages()] == ["lead@school.example"]


def test_the_catcher_falls_silent_after_data(catcher: MailCatcher) -> None:
    catcher.fall_silent(times=1)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(catcher, "lead@school.example")
    send(catcher, "lead@school.example")
    assert len(catcher.messages()) == 1


def test_the_inbox_shows_a_mail_and_runs_nothing_in_it(catcher: MailCatcher) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port, timeout=2) as client:
        client.sendmail(
            "a@school.example",
            ["lead@school.example"],
            "Message-ID: <x@y>\r\nSubject: <script>alert(1)</script>\r\n\r\n"
            "See http://a.localhost:1/x?y=1&z=2 <b>\r\n",
        )
    address = f"http://127.0.0.1:{catcher.web_port}/"
    with urllib.request.urlopen(address) as answer:
        listing = answer.read().decode()
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "&lt;script&gt;" in listing
    assert "<script" not in listing
    (mail,) = catcher.messages()
    with urllib.request.urlopen(address + urllib.parse.quote(mail.path.name)) as answer:
        shown = answer.read().decode()
    assert 'href="http://a.localhost:1/x?y=1&amp;z=2"' in shown
    assert "&lt;b&gt;" in shown


def test_the_inbox_opens_no_other_file(catcher: MailCatcher) -> None:
    (catcher.folder.parent / "secret.eml").write_text("secret")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{catcher.web_port}/..%2fsecret.eml")
    assert refused.value.code == 404


def test_s3_keeps_objects_over_a_kill_and_wants_its_keys(tmp_path: Path) -> None:
    with S3Server(tmp_path / "s3") as store:
        store.client().put_object(Bucket=store.bucket, Key="school/document", Body=b"sealed")
        store.kill()
        store.start()
        got = store.client().get_object(Bucket=store.bucket, Key="school/document")["Body"].read()
        assert got == b"sealed"
        right, store.secret_key = store.secret_key, "wrong"
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            store.client().get_object(Bucket=store.bucket, Key="school/document")
        store.secret_key = right


def test_a_tree_is_killed_with_all_its_branches() -> None:
    code = (
        "import subprocess, time; subprocess.Popen(['sleep', '9']); print('ready', flush=True); time.sleep(9)"
    )
    trunk = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert trunk.stdout
    trunk.stdout.readline()
    branches = tree.descendants(trunk.pid)
    assert branches
    assert all(tree.started(pid) for pid in branches)
    tree.kill_all([trunk.pid, *branches])
    trunk.stdout.close()
    trunk.wait()
    assert not any(tree.started(pid) for pid in branches)


def test_ports_that_answer_are_not_free() -> None:
    port = free_port()
    assert is_free(port)
    with Valkey(port=port):
        assert not is_free(port)
