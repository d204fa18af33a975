"""F7: the object store dies between two files of one concern, and comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.db.keys import uuid7
from ops.supervisor.servers import S3Server
from tests.attacks.conftest import body_of

CONTENT = b"She drew this herself. " * 5000


@pytest.fixture
def store(tmp_path, settings):
    """An S3 server of the test's own that the settings name."""
    with S3Server(tmp_path / "s3") as server:
        settings.S3_BUCKET = server.bucket
        settings.S3_ENDPOINT_URL = server.endpoint
        settings.S3_REGION = "us-east-1"
        settings.S3_ACCESS_KEY_ID = server.access_key
        settings.S3_SECRET_ACCESS_KEY = server.secret_key
        yield server


@pytest.mark.fault("F7")
@pytest.mark.spec("INC-21")
def test_file_is_refused_in_words_while_the_store_is_away_and_taken_when_it_is_back(
    in_a, client_for, cast, store
):
    from tenant_apps.documents.selectors import documents_of

    client, draft = client_for(cast.support), uuid7()

    def send(name):
        file = SimpleUploadedFile(name, CONTENT)
        return client.post(f"/documents/upload/?draft={draft}", {"file": file})

    def listed():
        return [document.name for document in documents_of("draft", [draft]).get(draft, [])]

    first = send("first.txt")
    assert first.status_code == 201
    store.kill()
    refused = send("second.txt")
    assert refused.status_code == 503
    assert "could not be stored" in refused.json()["error"]
    assert listed() == ["first.txt"]
    page = client.get(f"/incidents/add/?draft={draft}").content.decode()
    assert "first.txt" in page
    assert "second.txt" not in page
    away = client.get(first.json()["url"])
    assert away.status_code == 503
    assert away["Retry-After"]

    store.start()
    again = send("second.txt")
    assert again.status_code == 201
    assert sorted(listed()) == ["first.txt", "second.txt"]
    for answer in (first, again):
        assert body_of(client.get(answer.json()["url"])) == CONTENT
