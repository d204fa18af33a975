"""What is typed under "Admin" > "Form Builder"."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.web.refusals import Refusable
from tenant_apps.categories.selectors import CategoryMap
from tenant_apps.form_builder.enums import WITH_CATEGORIES, Form, Kind
from tenant_apps.form_builder.models import ADVICE_LENGTH, NAME_LENGTH
from tenant_apps.form_builder.selectors import FieldView

TOO_LONG = f"An advice message has at most {ADVICE_LENGTH:,} characters."
# A new dropdown has places for so many options before "+ Add another option".
FIRST_OPTIONS = 2


class FieldForm(Refusable):
    """ "+ New custom field", and amending one."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        help_text="The label on the form.",
        error_messages={
            "required": "Give the field a name.",
            "max_length": f"A name has at most {NAME_LENGTH} characters.",
        },
    )
    categories = forms.TypedMultipleChoiceField(
        label="Categories",
        required=False,
        coerce=UUID,
        error_messages={
            "invalid_choice": "A category that you chose is not there any more. Look through them again.",
            "invalid_list": "Choose categories from the list.",
        },
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=Kind.choices,
        initial=Kind.TEXT,
        error_messages={"required": "Choose a kind.", "invalid_choice": "Choose a kind from the list."},
    )
    is_enforced = forms.BooleanField(label="Enforce an option is chosen?", required=False)
    allows_multiple = forms.BooleanField(label="Allow multiple options to be selected?", required=False)
    advice = forms.CharField(
        label="Advice message",
        max_length=ADVICE_LENGTH,
        required=False,
        help_text="Shown directly below the field to all staff.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    # Several boxes of one name; see `options_typed`.
    options = forms.Field(required=False, label="Options")

    def __init__(
        self, data: QueryDict | None, *, form: Form, categories: CategoryMap, field: FieldView | None
    ) -> None:
        chosen = field.item.category_ids if field else frozenset()
        super().__init__(data, initial=_initial(field))
        self._field = field
        if form not in WITH_CATEGORIES:
            del self.fields["categories"]
        else:
            self.tree = [
                {
                    "id": one.id,
                    "name": _path(one.id, categories),
                    "colour": one.colour,
                }
                for one in categories.values()
                if one.is_enabled or one.id in chosen
            ]
            self.fields["categories"].choices = [(str(one["id"]), one["name"]) for one in self.tree]  # type: ignore[attr-defined] # a field with choices
        if field and field.is_kind_fixed:
            self.fields["kind"].disabled = True
            self.fields["kind"].help_text = "The kind stays once the field has been on the form."

    def options_typed(self) -> list[str]:
        """The boxes of "Options", in order, empty ones too."""
        if self.is_bound:
            return [str(option) for option in self.data.getlist("options")]  # type: ignore[attr-defined] # a QueryDict
        return list(self._field.item.options) if self._field else []

    def option_boxes(self) -> list[str]:
        """ "Options" as they are shown: those typed, with one more when it was asked for."""
        typed = self.options_typed()
        if self.is_bound and "add_option" in self.data:
            return [*typed, ""]
        return typed + [""] * (FIRST_OPTIONS - len(typed))

    def values(self) -> dict[str, Any]:
        """What `services.save_field` takes."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "kind": Kind(given["kind"]),
            "advice": given["advice"],
            "category_ids": given.get("categories", ()),
            "options": self.options_typed(),
            "is_enforced": given["is_enforced"],
            "allows_multiple": given["allows_multiple"],
        }


class AdviceForm(Refusable):
    """ "Advice Message" of any field."""

    advice = forms.CharField(
        label="Advice Message",
        max_length=ADVICE_LENGTH,
        required=False,
        help_text="Shown directly below the field to all staff. Empty takes the message away.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )


def _initial(field: FieldView | None) -> dict[str, Any]:
    if field is None:
        return {}
    item = field.item
    return {
        "name": item.name,
        "kind": item.kind,
        "advice": item.advice,
        "categories": [str(one) for one in item.category_ids],
        "is_enforced": item.is_enforced,
        "allows_multiple": item.allows_multiple,
    }


def _path(category_id: UUID, categories: CategoryMap) -> str:
    one = categories[category_id]
    name = f"{categories[one.parent_id].name} › {one.name}" if one.parent_id else one.name
    return name if one.is_enabled else f"{name} (disabled)"
