"""Writes to the register."""

from tenant_apps.attendance.services.merging import STAGES, merge_marks

__all__ = ["STAGES", "merge_marks"]
