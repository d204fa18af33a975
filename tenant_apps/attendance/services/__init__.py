"""Writes to the register."""

from tenant_apps.attendance.services.merging import STAGES, merge_marks, merge_years

__all__ = ["STAGES", "merge_marks", "merge_years"]
