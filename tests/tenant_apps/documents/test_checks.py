"""What the start refuses: documents without a home, and Django's own way with uploads."""

from tenant_apps.documents.checks import documents_have_a_home


def _found(settings, **changes):
    for name, value in changes.items():
        setattr(settings, name, value)
    return [fault.id for fault in documents_have_a_home()]


def test_settings_of_the_product_pass(settings):
    assert _found(settings) == []


def test_documents_need_a_home(settings):
    assert _found(settings, DOCUMENTS_FOLDER="", S3_BUCKET="") == ["documents.E001"]
    assert _found(settings, DOCUMENTS_FOLDER="", S3_BUCKET="documents") == []


def test_handlers_that_write_clear_files_are_refused(settings):
    django_own = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    assert _found(settings, FILE_UPLOAD_HANDLERS=django_own) == ["documents.E002"]
