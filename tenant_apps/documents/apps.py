from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tenant_apps.documents"
    verbose_name = "Documents"
    audit_words = {
        "document.attached": "Attached files",
        "document.erased": "An abandoned file was erased",
        "document.found_again": "A file was found again",
        "document.found_unavailable": "A file was found missing from the store",
        "document.handed_over": "Files went over to another entry",
        "document.opened": "Opened a file",
        "document.orphans_swept": "Files without a record were erased",
        "document.removed": "Removed a file from a draft",
        "document.shared": "Shared files with linked students",
        "document.taken_off": "Removed a file from a record",
        "document.unshared": "Took files from linked students",
        "document.uploaded": "Uploaded a file",
    }

    def ready(self) -> None:
        from core.audit.reading import register_reader
        from core.web import frame
        from tenant_apps.documents import checks, handlers  # noqa: F401 -- importing them registers what they hold
        from tenant_apps.documents.adapters.audited import audited_documents
        from tenant_apps.documents.selectors import logo_url

        frame.register("logo_url", logo_url)
        register_reader("document", audited_documents)
