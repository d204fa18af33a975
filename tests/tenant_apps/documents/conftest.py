"""Real stores of both kinds, and records that documents can hang on."""

from uuid import uuid4

import pytest

from core.access import owners
from ops.supervisor.servers import S3Server
from tenant_apps.documents.adapters.folder import FolderStore
from tenant_apps.documents.adapters.s3 import S3Store
from tenant_apps.documents.services import receive

MARKER = b"Ruby told her tutor that she is afraid to go home. "


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def folder_store(tmp_path):
    return FolderStore(str(tmp_path / "documents"))


@pytest.fixture
def s3_store(s3_server):
    return S3Store(
        s3_server.bucket,
        endpoint_url=s3_server.endpoint,
        region="us-east-1",
        access_key_id=s3_server.access_key,
        secret_access_key=s3_server.secret_key,
    )


@pytest.fixture(params=["folder", "s3"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
def folder(settings, tmp_path):
    """The documents folder of this test alone, as the product's settings name it."""
    settings.S3_BUCKET = ""
    settings.DOCUMENTS_FOLDER = str(tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def in_s3(settings, s3_server):
    """The settings name the S3 server."""
    settings.S3_BUCKET = s3_server.bucket
    settings.S3_ENDPOINT_URL = s3_server.endpoint
    settings.S3_REGION = "us-east-1"
    settings.S3_ACCESS_KEY_ID = s3_server.access_key
    settings.S3_SECRET_ACCESS_KEY = s3_server.secret_key
    return s3_server


@pytest.fixture
def s3_away(settings):
    """The settings name an S3 server that does not answer."""
    settings.S3_BUCKET = "documents"
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "any"


class Readers:
    """A kind of record, "report", that opens its documents to named people only."""

    kind = "report"

    def __init__(self):
        self.user_ids = set()
        self.record_id = uuid4()

    def may_open(self, access, record_id):
        return record_id == self.record_id and access.user_id in self.user_ids

    @property
    def owner(self):
        return (self.kind, self.record_id)


@pytest.fixture
def report(monkeypatch):
    """A record of another app, as documents know one: by kind, id and who may read it."""
    readers = Readers()
    answer = owners.Owner(readers.kind, readers.may_open, lambda access, record_id: "Report")
    monkeypatch.setitem(owners._owners, readers.kind, answer)
    return readers


@pytest.fixture
def stored(in_a, folder, cast, report):
    """A document of several chunks that hangs on the report; the lead may read it."""
    report.user_ids.add(cast.lead.user.id)
    content = MARKER * 4000
    return receive([content], name="letter.txt", owner=report.owner, by=cast.lead.access)


def object_of(folder, school, document):
    """The file in which the sealed document lies."""
    return folder / str(school.id) / str(document.id)


def events(name):
    """The audit events of one kind in the current school."""
    from core.audit.models import AuditEvent

    return list(AuditEvent.objects.filter(event=name).order_by("id"))
