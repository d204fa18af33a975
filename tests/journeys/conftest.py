"""The whole product at work for people with browsers: web, worker, scheduler, PostgreSQL, Valkey and mail."""

import base64
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ops.supervisor.browser import find_chromium
from ops.supervisor.network import free_port
from ops.supervisor.product import ProductProcess, WebProcess
from ops.supervisor.servers import Mail, MailCatcher, Valkey
from tests.data.schools import BOOKS, CAST, PASSWORD, TOTP_KEY, Book
from tests.journeys.watching import REPORTER, Watch
from tests.servers import PostgresServer, run

HERE = Path(__file__).parent
SLOW = 20_000
"""Milliseconds that a page may take on a machine that does other things too."""
expect.set_options(timeout=SLOW)
Found = TypeVar("Found")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Named, so that they can be left out: `ops/test -m "not journey"`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


class Product:
    """The running product."""

    def __init__(
        self,
        port: int,
        mail: MailCatcher,
        worker: ProductProcess,
        log: Path,
        valkey: Valkey,
        environment: dict[str, str],
    ) -> None:
        self.port = port
        self.mail = mail
        self._environment = environment
        self._valkey = valkey
        self.worker = worker
        self._log = log

    def troubles(self) -> str:
        """What the product's own log says about the last trouble it had."""
        lines = self._log.read_text(errors="replace").splitlines()
        quiet = re.compile(r"^\S+ (INFO|DEBUG) ")
        return "\n".join([line for line in lines if line and not quiet.match(line)][-60:])

    def forget_activity(self) -> None:
        """Valkey loses when anybody was active last: every session is locked."""
        client = self._valkey.client()
        for key in client.scan_iter("*:activity:*"):
            client.delete(key)

    def address(self, letter: str) -> str:
        """The address of one of the two schools."""
        return self.home(BOOKS[letter].school["Subdomain"])

    def home(self, subdomain: str) -> str:
        """The address of a school."""
        return f"http://{subdomain}.localhost:{self.port}"

    def provision(self, book: Book) -> None:
        """Make one more school from its sheet, as the operator does."""
        file = book.write(self._log.parent / f"{book.school['Subdomain']}.xlsx")
        run(["manage.py", "provision_school", str(file)], {**self._environment, "DATABASE_ROLE": "owner"})

    def furnish(self, book: Book) -> dict[str, str]:
        """Fill that school with one thing of every kind; the ids that addresses need."""
        told = run(["-m", "tests.journeys.furnish", book.school["Subdomain"]], self._environment)
        return dict(json.loads(told.splitlines()[-1]))

    def mails_to(self, recipient: str, *, after: int = 0, at_least: int = 1) -> list[Mail]:
        """The mails to one person since there were `after` mails, once that many have come."""

        def found() -> list[Mail]:
            return [mail for mail in self.mail.messages()[after:] if mail.recipient == recipient]

        self.wait_for(lambda: len(found()) >= at_least)
        return found()

    def wait_for(self, found: Callable[[], Found]) -> Found:
        """What is found at last, by a process beside this one; nothing once patience is at its end."""
        until = time.monotonic() + SLOW / 1000
        while not (result := found()) and time.monotonic() < until:
            time.sleep(0.1)
        return result


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Everything started as the demo starts it, on a copy of the two schools."""
    folder = tmp_path_factory.mktemp("journeys")
    postgres = PostgresServer()
    with ExitStack() as stack:
        stack.callback(postgres.leave)
        database = postgres.with_schools().copy(f"journeys_{os.getpid()}")
        stack.callback(database.drop)
        valkey = stack.enter_context(Valkey())
        mail = stack.enter_context(MailCatcher(folder / "mail"))
        port = free_port()
        documents = folder / "documents"
        documents.mkdir()
        environment = {
            **database.environment(),
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "DATABASE_ROLE": "app",
            "WEB_PROCESS": "schools",
            "VALKEY_URL": valkey.url,
            "EMAIL_URL": mail.url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DOCUMENTS_FOLDER": str(documents),
            "STATIC_ROOT": str(folder / "static"),
            "PORT": str(port),
        }
        run(["manage.py", "collectstatic", "--noinput", "--verbosity=0"], environment)
        run(["-m", "tests.journeys.set_up"], environment)
        log = stack.enter_context((folder / "log").open("wb"))
        web = WebProcess("web", port, f"localhost:{port}", environment, output=log)
        worker = ProductProcess("worker", ["manage.py", "work"], environment, output=log)
        scheduler = ProductProcess("scheduler", ["manage.py", "schedule"], environment, output=log)
        for process in (web, worker, scheduler):
            stack.enter_context(process)
        yield Product(port, mail, worker, folder / "log", valkey, environment)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    program = find_chromium()
    if program is None:
        pytest.fail("There is no Chromium: ops/bootstrap dev browser installs one.")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, which Django would take for code that must not wait.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=en-GB"]
            )
            yield browser
            browser.close()


class Keys:
    """The authenticator apps of all people: each number is given once, as the product takes it once."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def code(self, owner: str, key: bytes) -> str:
        """The next number that was not used yet; waits where the clock has to turn first."""
        step = max(int(time.time() // 30), self._used.get(owner, 0) + 1)
        while step > time.time() // 30 + 1:
            time.sleep(0.5)
        self._used[owner] = step
        return f"{totp(key, t0=-30 * (step - int(time.time() // 30))):06}"


@pytest.fixture(scope="session")
def keys() -> Keys:
    """One for the run: what was used in one journey is used in the next."""
    return Keys()


class Visitor:
    """A person at a browser of their own."""

    def __init__(
        self, part: str, subdomain: str, page: Page, watch: Watch, keys: Keys, product: Product
    ) -> None:
        self.page = page
        self.watch = watch
        self.examine = watch.examine
        self.home = product.home(subdomain)
        self._keys = keys
        if part:
            _, self.title, self.first_name, self.last_name, _ = next(row for row in CAST if row[0] == part)
            self.email = f"{self.first_name[0]}.{self.last_name}@{subdomain}.sch.example".lower()
            self.formal_name = f"{self.title} {self.last_name}"

    def login(self, *, key: bool, password: str = PASSWORD) -> None:
        """Log in by the pages. `key`: True types the number at the prompt, False goes without."""
        page = self.page
        page.goto("/login/")
        page.get_by_label("Email").fill(self.email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Login").click()
        if key:
            page.get_by_label("6-digit number").fill(self.code())
            page.get_by_role("button", name="Continue").click()
        elif page.get_by_role("heading", name="Your key").is_visible():
            page.get_by_role("link", name="Continue without the key").click()
        expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    def code(self, secret: str = "") -> str:
        """What the app shows: of the cast's device, or of one with this secret."""
        key = base64.b32decode(secret.replace(" ", "").upper()) if secret else bytes.fromhex(TOTP_KEY)
        return self._keys.code(f"{self.email} {secret}", key)

    def choose(self, label: str, typed: str, name: str) -> None:
        """Choose a person of a picker by the keyboard."""
        box = self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
        box.press_sequentially(typed)
        expect(self.page.get_by_role("option", name=name)).to_be_visible()
        box.press("ArrowDown")
        box.press("Enter")
        expect(self.page.get_by_role("list", name=f"Chosen: {label}")).to_contain_text(name)


@pytest.fixture
def visit(product: Product, chromium: Browser, keys: Keys) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for one of the cast: `visit("support")`, `visit("teacher", "b")`.

    `subdomain` names a school made by `product.provision`; without a part of the cast nobody's name is known.
    When the journey is over, no page of it may have broken a rule.
    """
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def open_(part: str = "", letter: str = "a", *, subdomain: str = "", **more: Any) -> Visitor:
        subdomain = subdomain or BOOKS[letter].school["Subdomain"]
        context = chromium.new_context(
            **{
                "base_url": product.home(subdomain),
                "viewport": {"width": 1280, "height": 900},
                "locale": "en-GB",
                "timezone_id": "Europe/London",
                "reduced_motion": "reduce",
                **more,
            }
        )
        context.set_default_timeout(SLOW)
        context.add_init_script(REPORTER)
        contexts.append(context)
        page = context.new_page()
        visitors.append(Visitor(part, subdomain, page, Watch(page, product.port), keys, product))
        return visitors[-1]

    yield open_
    for context in contexts:
        context.close()
    faults = [fault for visitor in visitors for fault in visitor.watch.faults]
    assert not faults, "\n".join([*faults, product.troubles()])
