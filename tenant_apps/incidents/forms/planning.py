""" "Add to planner" on the forms of incidents and actions, and from their "Options"."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from core.access import Access
from tenant_apps.planner.forms import ReminderForm
from tenant_apps.planner.permissions import may_plan
from tenant_apps.planner.services import ReminderGiven

TYPED = ("text", "date", "time")


class PlannerForm(ReminderForm):
    """The reminder fields beside another form's: nothing is set where nothing is typed."""

    def __init__(
        self, data: QueryDict | None = None, *, content: Mapping[str, list[str]] | None = None
    ) -> None:
        asked = data is not None and any(data.get(f"planner-{name}", "").strip() for name in TYPED)
        super().__init__(data if asked else None, prefix="planner", auto_id="id_%s")
        # What it is about is the record: it is never a personal one.
        del self.fields["kind"]
        self.fields["text"].widget.attrs.pop("data-first", None)
        for name in self.fields:
            if content and content.get(f"planner-{name}"):
                self.initial[name] = content[f"planner-{name}"][0]

    @property
    def is_begun(self) -> bool:
        """Whether something stands in it, so that it is opened with the page."""
        return self.is_bound or any(self.initial.get(name) for name in TYPED)

    @property
    def is_complete(self) -> bool:
        """Whether it can be carried out, if only by setting nothing."""
        return not self.is_bound or self.is_valid()

    @property
    def given(self) -> ReminderGiven | None:
        """The reminder that was typed; None for none."""
        if not self.is_bound:
            return None
        return ReminderGiven(self.cleaned_data["text"], self.cleaned_data["due_at"])


class AboutForm(ReminderForm):
    """ "Add to planner" from the "Options" of an entry: a form of its own."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="id_%s")
        del self.fields["kind"]

    @property
    def given(self) -> ReminderGiven:
        """The reminder that was typed."""
        return ReminderGiven(self.cleaned_data["text"], self.cleaned_data["due_at"])


def planner_form(access: Access, data: QueryDict | None = None, **content: Any) -> PlannerForm | None:
    """The fields for somebody with a planner; None for the others, whatever they send."""
    return PlannerForm(data, **content) if may_plan(access) else None
