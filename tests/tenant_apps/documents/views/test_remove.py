"""Taking one's own file out of a draft."""

from uuid import uuid4

import pytest

from core.tenancy import in_school
from tenant_apps.documents.models import Document
from tenant_apps.documents.services import receive
from tests.tenant_apps.documents.conftest import MARKER


@pytest.fixture
def document(school_a, folder, cast):
    with in_school(school_a):
        return receive([MARKER], name="a.txt", owner=("draft", uuid4()), by=cast.teacher.access)


def _state(school):
    with in_school(school):
        return Document.objects.values_list("state", flat=True).get()


def test_uploader_removes_the_file(client_for, cast, school_a, document):
    client = client_for(cast.teacher, elevated=False)
    assert client.post(f"/documents/{document.id}/remove/").status_code == 204
    assert _state(school_a) == "removed"
    assert client.get(f"/documents/{document.id}/").status_code == 404


def test_nobody_else_does(client_for, cast, school_a, document):
    for person in (cast.lead, cast.support, cast.outsider):
        assert client_for(person).post(f"/documents/{document.id}/remove/").status_code == 404
    assert client_for().post(f"/documents/{document.id}/remove/").status_code == 302
    assert client_for(cast.teacher).get(f"/documents/{document.id}/remove/").status_code == 405
    assert _state(school_a) == "draft"
