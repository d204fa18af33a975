"""A54: the main job about one pupil with a name that stands nowhere else, and every trace that it leaves.

The name, the address, the words and the file belong into the record, the page and the print of those who may
read them. They are looked for in every log line, job, owed mail, sent mail, audit event, header and address.
"""

import logging
import re
import zlib
from io import BytesIO
from urllib.parse import unquote_plus

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.models import AuditEvent
from core.db.keys import uuid7
from core.outbox.jobs import SchoolQueue, SchoolWorker, valkey
from core.outbox.models import OutboxEntry
from core.web.logging import PlainFormatter
from tests.attacks.conftest import body_of
from tests.data.pupils import make_group, make_pupil
from tests.pdf_text import words_of

EMAIL = "z.quillfeather@pupils.example"
TEXT = "Xylophonic grumbling about the marmalade at home."
ACTION = "Rang the Brindlewick number twice."
FILE = "quillfeather-diary.txt"
CONTENT = b"Wobblecastle"
PLANTED = ("zebedea", "quillfeather", "xylophonic", "marmalade", "brindlewick", "wobblecastle")
ADDRESS = re.compile(r'(?:href|src|action|formaction|hx-\w+|data-[\w-]*url)="([^"]*)"')


class Traces(logging.Handler):
    """Everything that leaves a record, with where it was found."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(PlainFormatter())
        self.found = []

    def emit(self, record):
        self.note("log", self.format(record))

    def note(self, where, what):
        self.found.append((where, unquote_plus(str(what)).lower()))

    def of(self, where):
        return [what for kind, what in self.found if kind == where]

    def leaks(self):
        return [(where, word, what) for where, what in self.found for word in PLANTED if word in what]


@pytest.fixture
def traces():
    handler, root = Traces(), logging.getLogger()
    root.addHandler(handler)
    level, root.level = root.level, logging.INFO
    yield handler
    root.level = level
    root.removeHandler(handler)


@pytest.fixture
def pupil(in_a):
    return make_pupil("Zebedea", "Quillfeather", make_group("tutor", "7Q"), email=EMAIL)


@pytest.fixture
def browse(client_for, traces):
    """A browser whose every answer leaves its headers and the addresses in it."""

    def open_browser(person, **how):
        client = client_for(person, **how)
        client.raise_request_exception = False

        def ask(path, sent=None, *, status=200, **headers):
            response = client.get(path, **headers) if sent is None else client.post(path, sent, **headers)
            body = body_of(response)
            assert response.status_code == status, (path, response.status_code)
            for name, value in response.items():
                # A file is saved under its own name by whoever may open it.
                if not (path.startswith("/documents/") and name == "Content-Disposition"):
                    traces.note("header", f"{name}: {value}")
            traces.note("header", response.cookies.output())
            if response["Content-Type"].startswith("text/html"):
                for address in ADDRESS.findall(body.decode()):
                    traces.note("address", address)
            return body

        return ask

    return open_browser


def in_valkey(server):
    """Every key and value, whatever its kind."""
    read = {
        b"hash": lambda key: [part for pair in server.hgetall(key).items() for part in pair],
        b"list": lambda key: server.lrange(key, 0, -1),
        b"set": server.smembers,
        b"zset": lambda key: server.zrange(key, 0, -1),
        b"stream": lambda key: [repr(server.xrange(key)).encode()],
        b"string": lambda key: [server.get(key)],
    }
    for key in server.scan_iter("*"):
        yield key
        for value in read[server.type(key)](key):
            yield zlib.decompress(value) if value[:1] == b"x" else value


@pytest.mark.attack("A54")
@pytest.mark.spec("SAF-11", "SAF-59")
def test_planted_name_stands_in_no_log_queue_mail_audit_header_or_address(
    traces, browse, pupil, cast, typed, mailbox, monkeypatch, settings, django_capture_on_commit_callbacks
):
    queue = SchoolQueue(connection=valkey(settings.VALKEY_URL))

    def look_into_valkey():
        for piece in in_valkey(queue.connection):
            traces.note("queue", piece.decode("utf-8", "replace"))

    with django_capture_on_commit_callbacks(execute=True):
        incident = concern_is_added(browse(cast.teacher, elevated=False), pupil, typed)
    look_into_valkey()
    SchoolWorker([queue], connection=queue.connection).work(burst=True)
    with django_capture_on_commit_callbacks(execute=True):
        shown = concern_is_read(browse(cast.lead), pupil, incident, typed)
        what_goes_wrong(browse, cast, pupil, incident, monkeypatch)
    look_into_valkey()
    SchoolWorker([queue], connection=queue.connection).work(burst=True)
    look_into_valkey()
    for event in AuditEvent.objects.values():
        traces.note("audit", event)
    for entry in OutboxEntry.objects.values():
        traces.note("outbox", entry)
    for mail in mailbox.messages():
        traces.note("mail", mail.message.as_string())
        traces.note("mail", mail.message["Subject"])
        for part in mail.message.walk():
            if part.get_content_maintype() == "text":
                traces.note("mail", part.get_content())

    # The words are where they belong, and there was something to look through.
    assert all(word in shown for word in PLANTED)
    for where, least in (
        ("log", 20),
        ("queue", 5),
        ("mail", 4),
        ("audit", 10),
        ("outbox", 2),
        ("header", 99),
    ):
        assert len(traces.of(where)) >= least, where
    assert {
        "incident.added",
        "chronology.viewed",
        "action.added",
        "chronology.printed",
        "access.refused",
    } <= {event.event for event in AuditEvent.objects.all()}
    assert traces.leaks() == []


def concern_is_added(ask, pupil, typed):
    """By a teacher without the key: found, begun, refused once, sent."""
    draft = str(uuid7())
    form = typed(
        student=str(pupil.pk),
        text=TEXT,
        draft=draft,
    )
    assert b"Quillfeather" in ask("/students/suggest/?q=Quillfea")
    ask(f"/incidents/add/?student={pupil.pk}")
    ask(f"/incidents/drafts/{draft}/", {"text": TEXT, "student": str(pupil.pk)})
    ask(f"/documents/upload/?draft={draft}", {"file": SimpleUploadedFile(FILE, CONTENT)}, status=201)
    ask("/")
    ask(f"/incidents/add/?draft={draft}")
    ask("/incidents/add/", form | {"categories": []}, status=422)
    ask("/incidents/add/", form, status=302)
    ask("/")
    return draft


def concern_is_read(ask, pupil, incident, typed):
    """By the lead with the key, in every place where it shows; what was shown, in small letters."""
    log = f"/students/{pupil.pk}/incidents/"
    ask("/")
    for path in ("/students/search/?q=Quillfeather", f"/students/{pupil.pk}/"):
        ask(path)
    ask(f"/incidents/{incident}/", status=302)
    action = str(uuid7())
    ask(f"/documents/upload/?draft={action}", {"file": SimpleUploadedFile(FILE, CONTENT)}, status=201)
    ask(f"/incidents/{incident}/actions/add/")
    ask(
        f"/incidents/{incident}/actions/add/",
        typed(text=ACTION, draft=action, categories=[]) | {"like_incident": "on"},
        status=302,
    )
    page = ask(f"{log}?incident={incident}").decode()
    (document, *_) = re.findall(r"/documents/[0-9a-f-]{36}/", page)
    file = ask(document)
    printed = ask(f"{log}pdf/")
    with pikepdf.open(BytesIO(printed)) as pdf:
        properties = str(pdf.docinfo) + str(pdf.open_metadata())
    assert not [word for word in PLANTED if word in properties.lower()]
    ask(f"/incidents/{incident}/print/")
    ask(f"/incidents/{incident}/read/", {}, status=302)
    ask(f"/incidents/{incident}/status/", {"status": "closed"}, status=302)
    words = words_of(printed).lower()
    assert "zebedeaquillfeather" in words
    assert "marmalade" in words
    return (page + file.decode()).lower()


def what_goes_wrong(browse, cast, pupil, incident, monkeypatch):
    """Refusals, wrong addresses and a broken part, each with the planted words at hand."""
    support, visitor, lead = browse(cast.support), browse(None), browse(cast.lead)
    support(f"/students/{pupil.pk}/incidents/", status=403)
    support(f"/incidents/{incident}/", status=404)
    lead("/students/quillfeather/", status=404)
    lead("/nothing/?q=Quillfeather", status=404)
    lead("/students/search/?q=" + "Quillfeather" * 400)
    lead(f"/incidents/{incident}/print/?pupil=Quillfeather", {"text": TEXT}, status=405)
    lead("/incidents/add/", {"text": TEXT}, status=422)
    lead("/account/", status=400, HTTP_X_HTTP_METHOD_OVERRIDE="Quillfeather")
    visitor("/login/", {"email": EMAIL, "password": "Quillfeather-1"}, status=422)
    visitor("/reset/", {"email": EMAIL}, status=302)
    visitor(f"/reset/{'Quillfeather' * 4}/")

    def broken(*args, **kwargs):
        raise ValueError(f"{TEXT} of {EMAIL}")

    monkeypatch.setattr("tenant_apps.incidents.views.printing.render_pdf", broken)
    page = lead(f"/students/{pupil.pk}/incidents/pdf/", status=500)
    assert not [word for word in PLANTED if word in page.decode().lower()]
