"""What the pages of class restrictions send."""

from collections.abc import Collection
from uuid import UUID

from django import forms


class _Ids(forms.TypedMultipleChoiceField):
    """Ids of which each must be one that was offered."""

    def __init__(self, offered: Collection[UUID], message: str) -> None:
        super().__init__(
            required=False,
            coerce=UUID,
            choices=[(str(one), "") for one in offered],
            error_messages={"invalid_choice": message},
        )


class PeopleForm(forms.Form):
    """Who is listed for one group."""

    def __init__(self, *args: object, people: Collection[UUID], user_groups: Collection[UUID]) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the data of the request or nothing
        self.fields["people"] = _Ids(people, "Somebody chosen is not registered here any more.")
        self.fields["user_groups"] = _Ids(user_groups, "A user group that was chosen is not there any more.")


class ClassesForm(forms.Form):
    """The classes of one person."""

    def __init__(self, *args: object, groups: Collection[UUID]) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the data of the request or nothing
        self.fields["groups"] = _Ids(groups, "A class that was chosen has ended.")


class ProposalsForm(forms.Form):
    """The new groups whose proposals stood on the page."""

    def __init__(self, *args: object, groups: Collection[UUID]) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the data of the request or nothing
        self.fields["groups"] = _Ids(groups, "A class that was proposed has been saved already.")
