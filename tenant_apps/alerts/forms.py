"""The shape of what is typed about alerts. What was ticked stays when something is refused."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from tenant_apps.alerts.services import Target

UNKNOWN = "One of the choices is not known here any more. Choose again."


class Rules(forms.Field):
    """Ticked rules: values such as "category:<uuid>", each of which must be on offer."""

    widget = forms.SelectMultiple

    def __init__(self, *, offered: Iterable[Target], **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self._offered = frozenset(offered)

    def to_python(self, value: Any) -> set[Target]:
        """Pairs of what is named and its id."""
        found = set()
        for item in value or []:
            thing, _, written = item.partition(":")
            try:
                found.add((thing, UUID(written)))
            except ValueError:
                raise forms.ValidationError(UNKNOWN) from None
        if not found <= self._offered:
            raise forms.ValidationError(UNKNOWN)
        return found


class People(forms.Field):
    """Ids picked in a field with suggestions."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[UUID]:
        """The ids, each once."""
        try:
            return list(dict.fromkeys(UUID(item) for item in value or [] if item))
        except ValueError:
            raise forms.ValidationError(UNKNOWN) from None


class RulesForm(forms.Form):
    """Automatic alerts: those ticked, those of them that reach beyond the person's categories, and new ones.

    `held` are the rules that hold now, `offered` what may be ticked, `adds` what `added` names ("student" or
    "user"), and `is_own` tells of a rule whether it would alert the person who sets it.
    """

    beyond_added = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        held: Mapping[Target, bool],
        offered: Iterable[Target],
        adds: str,
        is_own: Callable[[Target], bool],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = list(offered)
        self._held, self._adds, self._is_own = held, adds, is_own
        self.fields["rules"] = Rules(offered=offered)
        self.fields["beyond"] = Rules(offered=offered)
        self.fields["added"] = People(required=False)

    def clean(self) -> dict[str, Any]:
        """Refuses what reaches beyond without being ticked, and beyond for oneself."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["beyond"] - cleaned["rules"]:
            self.add_error(
                "rules", "Tick the alert itself too where you ticked “also beyond their categories”."
            )
        elif any(
            beyond and self._is_own(target) and not self._held.get(target)
            for target, beyond in self.wanted.items()
        ):
            self.add_error("rules", "Somebody else has to let you read beyond your own categories.")
        return cleaned

    @property
    def wanted(self) -> dict[Target, bool]:
        """The rules wanted, each with whether it reaches beyond."""
        given = self.cleaned_data
        added = {(self._adds, identifier): given["beyond_added"] for identifier in given["added"]}
        return added | {target: target in given["beyond"] for target in given["rules"]}

    def ticked(self, field: str) -> set[str]:
        """What is ticked when the page is shown: as it was sent, or as it holds."""
        if self.is_bound:
            return {str(value) for value in self.data.getlist(field)}  # type: ignore[attr-defined] # a QueryDict
        return {
            f"{thing}:{identifier}"
            for (thing, identifier), beyond in self._held.items()
            if beyond or field == "rules"
        }


class RemovalForm(forms.Form):
    """Why a dashboard is cleared."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={
            "required": "Say why these alerts are removed.",
            "max_length": "The reason is over 500 characters. Shorten it.",
        },
    )
