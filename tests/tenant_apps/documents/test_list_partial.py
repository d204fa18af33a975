"""The partial that entries and vaults show their files by."""

from uuid import uuid4

from django.template.loader import render_to_string

from core.db.clock import now
from tenant_apps.documents.selectors import DocumentView


def _view(**changes):
    return DocumentView(
        **{
            "id": uuid4(),
            "name": "<b>plan</b>.pdf",
            "size": 2048,
            "content_type": "application/pdf",
            "opens_inline": True,
            "is_missing": False,
            "uploaded_at": now(),
            "uploaded_by_id": None,
            "sha256": "0",
        }
        | changes
    )


def test_list_links_each_document_by_its_escaped_name():
    document = _view()
    html = render_to_string("documents/_list.html", {"documents": [document]})
    assert f'href="/documents/{document.id}/" target="_blank" rel="noopener"' in html
    assert "&lt;b&gt;plan&lt;/b&gt;.pdf" in html
    assert "2.0" in html


def test_missing_document_is_named_without_a_link():
    html = render_to_string("documents/_list.html", {"documents": [_view(is_missing=True)]})
    assert "href" not in html
    assert "missing in storage" in html


def test_no_documents_no_list():
    assert render_to_string("documents/_list.html", {"documents": []}).strip() == ""
