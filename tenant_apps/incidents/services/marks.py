"""Marks on maps, within the transaction that stores their incident."""

from collections.abc import Iterable

from tenant_apps.incidents.models import Action, Incident, Mark
from tenant_apps.incidents.selectors.marks import Marked, highest_number


def set_marks(incident: Incident, given: Iterable[Marked]) -> None:
    """Stores the marks of a new incident, numbered through all maps in the order in which they were set."""
    Mark.objects.bulk_create(_row(incident, one, number) for number, one in enumerate(given, start=1))


def change_marks(incident: Incident, given: Iterable[Marked]) -> None:
    """Leaves these marks on an incident whose versions are kept.

    One with the number of a stored mark is that mark: it stays where it is and takes the new words. Others
    are new, with numbers that no mark of this incident ever had: a number in a text means one mark for good.
    """
    stored = {row.number: row for row in incident.marks.filter(action=None)}
    kept: set[int] = set()
    new = []
    for one in given:
        if one.number in stored and one.number not in kept:
            row = stored[one.number]
            kept.add(row.number)
            if row.text != one.text:
                row.text = one.text
                row.save(update_fields=["text"])
        else:
            new.append(one)
    incident.marks.filter(action=None, number__in=set(stored) - kept).delete()
    first = highest_number(incident) + 1
    Mark.objects.bulk_create(_row(incident, one, number) for number, one in enumerate(new, start=first))


def merge_marks(surplus: Incident, main: Incident, action: Action) -> None:
    """The marks of a merged incident go where its words go; those beneath it stay with their actions."""
    surplus.marks.filter(action=None).update(incident=main, action=action)
    surplus.marks.update(incident=main)


def split_marks(action: Action, incident: Incident) -> None:
    """The marks of an action that became an incident are that incident's."""
    action.marks.update(incident=incident, action=None)


def _row(incident: Incident, one: Marked, number: int) -> Mark:
    return Mark(incident=incident, map_id=one.map_id, number=number, x=one.x, y=one.y, text=one.text)
