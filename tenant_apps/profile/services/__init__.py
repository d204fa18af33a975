"""What the pages of a pupil save in one go, and what is done to records that nobody needs any more."""

from tenant_apps.profile.services.reducing import reduce_leavers
from tenant_apps.profile.services.reporting import note_report_exported, note_report_viewed
from tenant_apps.profile.services.updating import OwnFactsChange, StudentChange, update_student

__all__ = [
    "OwnFactsChange",
    "StudentChange",
    "note_report_exported",
    "note_report_viewed",
    "reduce_leavers",
    "update_student",
]
