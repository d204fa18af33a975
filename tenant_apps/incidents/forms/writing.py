"""The shape of what is typed. Each refusal names its field and says how to mend it; what was typed stays."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from tenant_apps.agencies.selectors import enabled_agencies
from tenant_apps.categories.selectors import (
    CategoryMap,
    OfferedCategory,
    always_alerting,
    category_map,
    followed,
    offered_to,
)
from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.form_builder.enums import Form
from tenant_apps.form_builder.selectors import standing_form
from tenant_apps.incidents.enums import About, Status, TrainingMark
from tenant_apps.incidents.forms.asking import OwnFields, Stands
from tenant_apps.incidents.forms.categories import chips_of, choosable_in
from tenant_apps.incidents.forms.ids import UUIDList, readable_ids
from tenant_apps.incidents.forms.marks import MarksField
from tenant_apps.incidents.forms.training import MarkField
from tenant_apps.incidents.permissions import statuses_to_add
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.permissions import can_use_files
from tenant_apps.staff.selectors import (
    Colleague,
    alert_groups_for_incidents,
    colleagues,
    default_alert_group,
    key_holders_for_assignment,
    members_of,
)
from tenant_apps.students.selectors import may_be_chosen

EARLIEST = date(1990, 1, 1)
# A book of 200 pages: nobody meets it by writing, and the body of a request has an end.
MOST_CHARACTERS = 500_000
# More people than this at once are alerted only when somebody has seen their number.
MOST_UNASKED = 10


def known_student(access: Access, student: UUID | None) -> UUID:
    """The student whom the form offered and who was chosen."""
    if student is None:
        raise forms.ValidationError("Choose the student: type part of the name and pick one.")
    if not may_be_chosen(access, [student]):
        raise forms.ValidationError("This student is not on the list any more. Choose the student again.")
    return student


BARRED_ASSIGNEE = "This person cannot be assigned this incident. Choose another person."


def known_assignee(assignee: UUID | None, offered: Iterable[Colleague]) -> UUID | None:
    if assignee and assignee not in {person.id for person in offered}:
        raise forms.ValidationError("Only key holders can be assigned an incident. Choose another person.")
    return assignee


class EntryForm(forms.Form):
    """What the forms of incidents and actions share: text, date and time, agencies, alerts."""

    kind = Form.INCIDENT
    use_required_attribute = False
    text_label = "Incident"
    text_missing = "Write what happened."
    categories_label, categories_hint = "Categories", ""
    are_categories_optional = False
    are_alerts_optional = True
    is_new = True
    many_alerted = 0
    confirm_many = forms.BooleanField(required=False)
    text = forms.CharField(
        max_length=MOST_CHARACTERS,
        strip=True,
        error_messages={
            "max_length": f"The text is over {MOST_CHARACTERS:,} characters. Put the rest into an action."
        },
    )
    happened_on = forms.DateField(
        error_messages={"invalid": "Give the date as a day, month and year.", "required": "Give the date."}
    )
    happened_time = forms.TimeField(
        error_messages={
            "invalid": "Give the time as hours and minutes, such as 14:05.",
            "required": "Give the time.",
        }
    )

    def __init__(
        self,
        *args: Any,
        access: Access,
        categories: CategoryMap | None = None,
        content: Mapping[str, list[str]] | None = None,
        stands: Stands | None = None,
        **kwargs: Any,
    ) -> None:
        """`content` is what a draft has; `stands` what a record has that is edited."""
        super().__init__(*args, **kwargs)
        self.access = access
        self.settings = get_settings()
        self.category_map = category_map() if categories is None else categories
        self.category_tree: list[OfferedCategory] = offered_to(access, categories=self.category_map)
        self.alert_group_list = alert_groups_for_incidents()
        self.agency_list = enabled_agencies()
        self.fields["text"].error_messages["required"] = self.text_missing
        self.fields["agencies"] = UUIDList(
            required=False,
            offered=[agency.id for agency in self.agency_list],
            wrong="One of the agencies is no longer on the list. Choose again.",
        )
        self.asks_mark = self.is_new and self.settings.training_since is not None
        if self.is_new:
            self.fields["training"] = MarkField(is_on=self.asks_mark)
        self.fields["alert_staff"] = UUIDList(required=False)
        self.fields["alert_groups"] = UUIDList(
            required=False,
            offered=[group.id for group in self.alert_group_list],
            wrong="One of the alert groups is no longer offered. Choose again.",
        )

        typed = dict(self.data.lists()) if isinstance(self.data, QueryDict) else (content or {})
        self.own = OwnFields(
            standing_form(self.kind),
            categories=self.category_map,
            offered=self.choosable_categories(),
            chosen=self.now_called(readable_ids(typed.get("categories", []))),
            typed=typed,
            stands=stands,
        )
        self.fields.update(self.own.fields)

    @property
    def answers(self) -> list[AnswerGiven]:
        """What was answered in the school's own fields. For a form that is valid."""
        return self.own.given(self)

    @property
    def is_practice(self) -> bool:
        """What the author said of it, in training mode."""
        return bool(self.cleaned_data.get("training") == TrainingMark.PRACTICE)

    def category_nodes(self) -> list[dict[str, Any]]:
        """The tree as chips."""
        return chips_of(self.category_tree)

    @property
    def takes_files(self) -> bool:
        """Whether the form has its "Files" box."""
        return can_use_files(self.access)

    def now_called(self, categories: Iterable[UUID]) -> list[UUID]:
        """What these categories are now: one that was merged while the form stood open is another."""
        return followed(categories, categories=self.category_map)

    def choosable_categories(self) -> list[UUID]:
        """Ids that this person may tick: enabled, with "Add Incidents" in their user group."""
        return choosable_in(self.category_tree)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.own.check(self)
        day: date | None = cleaned.get("happened_on")
        clock: time | None = cleaned.get("happened_time")
        if day and clock is not None:
            if day < EARLIEST:
                self.add_error("happened_on", "The date is too long ago. Check the year.")
                return cleaned
            happened_at = datetime.combine(day, clock, timezone.get_current_timezone())
            if happened_at > now():
                self.add_error(
                    "happened_on", "The date and time are in the future. Give the time when it happened."
                )
            cleaned["happened_at"] = happened_at
        self._ask_about_many(cleaned)
        return cleaned

    def _ask_about_many(self, cleaned: dict[str, Any]) -> None:
        """Many at once is seldom meant: the number is said and confirmed before anything is stored."""
        groups = cleaned.get("alert_groups", [])
        alerted = {*cleaned.get("alert_staff", []), *(members_of(groups) if groups else [])}
        if len(alerted) <= MOST_UNASKED:
            return
        self.many_alerted = len(alerted)
        if not cleaned.get("confirm_many"):
            self.add_error(
                "alert_staff",
                f"{self.many_alerted} people will be able to open this. Confirm it below, or alert fewer.",
            )


class IncidentForm(EntryForm):
    """ "Add Incident"."""

    text_missing = "Write what you saw and heard."
    are_alerts_optional = False
    about_choices = About.choices
    draft = forms.UUIDField(widget=forms.HiddenInput)
    about = forms.ChoiceField(
        choices=about_choices, required=False, error_messages={"invalid_choice": "Choose one of the three."}
    )
    student = forms.UUIDField(required=False, error_messages={"invalid": "Choose the student from the list."})
    unlisted_name = forms.CharField(
        required=False, max_length=200, error_messages={"max_length": "The name is too long."}
    )
    unlisted_class = forms.CharField(
        required=False, max_length=100, error_messages={"max_length": "The class is too long."}
    )
    monitor_linked = forms.BooleanField(required=False)
    share_documents = forms.BooleanField(required=False)
    assign_to = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignee_list = key_holders_for_assignment()
        self.default_group = default_alert_group()
        self.fields["status"] = forms.ChoiceField(
            choices=[(status.value, status.label) for status in statuses_to_add(self.access)],
            error_messages={
                "required": "Choose the status.",
                "invalid_choice": "Without a key an incident is added as Active.",
            },
        )
        self.fields["categories"] = UUIDList(
            offered=self.choosable_categories(),
            error_messages={"required": "Choose at least one category."},
            wrong="One of the categories is not open to you for adding. Choose again.",
            follow=self.now_called,
        )
        self.fields["linked"] = UUIDList(required=False)
        self.fields["marks"] = MarksField(required=False)

    def preselecting_categories(self) -> list[UUID]:
        """Categories whose choice preselects the default alert group; it can be taken off again."""
        return sorted(always_alerting(list(self.category_map), categories=self.category_map))

    def clean_student(self) -> UUID | None:
        student: UUID | None = self.cleaned_data["student"]
        if self.cleaned_data.get("about"):
            # What the page shows counts: a student who was chosen before that is not meant any more.
            return None
        return known_student(self.access, student)

    def clean_unlisted_name(self) -> str:
        is_unlisted = self.cleaned_data.get("about") == About.NOT_LISTED
        name: str = self.cleaned_data["unlisted_name"] if is_unlisted else ""
        if is_unlisted and not name:
            raise forms.ValidationError("Give the name, as far as you know it.")
        return name

    def clean_unlisted_class(self) -> str:
        is_unlisted = self.cleaned_data.get("about") == About.NOT_LISTED
        return self.cleaned_data["unlisted_class"] if is_unlisted else ""

    def clean_linked(self) -> list[UUID]:
        linked: list[UUID] = self.cleaned_data["linked"]
        if not may_be_chosen(self.access, linked):
            raise forms.ValidationError("A linked student is not on the list any more. Choose again.")
        return linked

    def clean_assign_to(self) -> UUID | None:
        return known_assignee(self.cleaned_data["assign_to"], self.assignee_list)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        student = cleaned.get("student")
        if student and student in cleaned.get("linked", []):
            self.add_error(
                "linked", "The student whom it is about cannot be linked as well. Take one of them off."
            )
        assignee = cleaned.get("assign_to")
        parts = [*([student] if student else []), *cleaned.get("linked", [])]
        if parts and assignee and assignee in barred_from(parts):
            self.add_error("assign_to", BARRED_ASSIGNEE)
        # To alert oneself alone is to tell nobody.
        others = set(cleaned.get("alert_staff", [])) - {self.access.user_id}
        # Without a student the default alert group is alerted in any case.
        nobody = not others and not cleaned.get("alert_groups") and not cleaned.get("about")
        if self.settings.enforce_alert and nobody and "alert_staff" not in self.errors:
            self.add_error("alert_staff", "Choose at least one person or group to alert, besides yourself.")
        return cleaned


class ActionForm(EntryForm):
    """ "Add Action"."""

    kind = Form.ACTION
    text_label = "Action Taken"
    text_missing = "Write what was done."
    categories_label = "Add Categories"
    categories_hint = "Added to the original incident; none is removed."
    are_categories_optional = True
    draft = forms.UUIDField(widget=forms.HiddenInput)
    copy_to_linked = forms.BooleanField(required=False)
    share_documents = forms.BooleanField(required=False)
    like_incident = forms.BooleanField(required=False)
    confirm_readers = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"] = UUIDList(
            required=False,
            offered=self.choosable_categories(),
            wrong="One of the categories is not open to you for adding. Choose again.",
            follow=self.now_called,
        )


class DeleteForm(forms.Form):
    """ "Delete", of an incident or action."""

    reason = forms.CharField(
        label="Reason for deletion",
        max_length=1000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        error_messages={"required": "Say why it is deleted: the reason is kept."},
    )


class CopyForm(forms.Form):
    """ "Add to linked incidents": to which of the students who do not have the action yet."""

    share_documents = forms.BooleanField(required=False)

    def __init__(self, *args: Any, offered: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["students"] = UUIDList(
            offered=offered,
            error_messages={"required": "Choose at least one linked student, or go back."},
            wrong="One of these students is not linked to the incident any more. Choose again.",
        )


class WithdrawingForm(forms.Form):
    """ "Withdraw alert": whose."""

    def __init__(self, *args: Any, offered: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alerts"] = UUIDList(
            offered=offered,
            error_messages={"required": "Choose whose alert to withdraw, or go back."},
            wrong="One of these alerts was read or withdrawn meanwhile. Look again and choose.",
        )


class FollowingForm(forms.Form):
    """Status and assignee, on the entry.

    `assigned_now` stays on offer, also when that person has no key any more: closing an incident must take it
    from nobody unsaid.
    """

    status = forms.ChoiceField(choices=Status.choices)
    assign_to = forms.UUIDField(required=False)

    def __init__(
        self, *args: Any, assigned_now: UUID | None, barred: Collection[UUID] = (), **kwargs: Any
    ) -> None:
        """`barred` may not see the incident, so it cannot become theirs."""
        super().__init__(*args, **kwargs)
        self.assignee_list = [person for person in key_holders_for_assignment() if person.id not in barred]
        if assigned_now and assigned_now not in {person.id for person in self.assignee_list}:
            self.assignee_list += colleagues([assigned_now])

    def clean_assign_to(self) -> UUID | None:
        return known_assignee(self.cleaned_data["assign_to"], self.assignee_list)
