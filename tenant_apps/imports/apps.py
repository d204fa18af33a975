from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "tenant_apps.imports"
    verbose_name = "Imports"
    audit_words = {
        "extract.applied": "An extract was applied",
        "extract.child_told": "Said whether a student in an extract is the same child",
        "extract.columns_matched": "Matched the columns of a spreadsheet",
        "extract.decided": "Decided on a held extract",
        "extract.held": "An extract was held",
        "extract.received": "Uploaded an extract of the MIS",
        "extract.refused": "An extract was refused",
        "extract.rejected": "An extract was rejected",
        "extract_token.ended": "Ended the extract token",
        "extract_token.made": "Made an extract token",
        "extract_token.refused": "A wrong extract token was refused",
        "import_health.turned": "The import health turned",
        "student.archived": "Students left the school",
        "student.returned": "Students came back",
    }

    def ready(self) -> None:
        from core.access.owners import register_owner
        from tenant_apps.imports import handlers  # noqa: F401 -- importing it registers its topics
        from tenant_apps.imports.services import OWNER_KIND

        # An extract holds every child at once: it is read by the import and never served to anybody.
        register_owner(
            OWNER_KIND, may_open=lambda access, owner_id: False, label=lambda access, owner_id: "MIS extract"
        )
