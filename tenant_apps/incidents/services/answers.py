"""Keeps what is answered in the school's own fields of the forms."""

from collections.abc import Iterable, Sequence
from typing import Any

from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.incidents.models import Action, ActionAnswer, Incident, IncidentAnswer


def keep_answers(written: Incident | Action, answers: Iterable[AnswerGiven]) -> None:
    """Writes these answers; one without values is taken out. Fields that are not among them keep theirs.

    What is answered as before stays as it stands: also where the field is called something else by now.
    """
    kept: Any = written.answers
    answers = list(answers)
    stand = dict(kept.values_list("field", "values")) if answers else {}
    changed = [one for one in answers if stand.get(one.field_id, []) != list(one.values)]
    if not changed:
        return
    kept.filter(field__in=[one.field_id for one in changed]).delete()
    kept.bulk_create(
        _row(written, one.field_id, one.name, one.kind, one.values, one.position)
        for one in changed
        if one.values
    )


def copy_answers(source: Incident | Action, target: Incident | Action) -> None:
    """What was answered in one record stands in the other too, which has none yet."""
    rows = source.answers.order_by("position", "id")
    columns = ("field_id", "name", "kind", "values", "position")
    kept: Any = target.answers
    kept.bulk_create(_row(target, *row) for row in rows.values_list(*columns))


def says_the_same(stored: Sequence[dict[str, Any]], answers: Iterable[AnswerGiven]) -> bool:
    """Whether these answers are those that a version keeps."""
    told = {one["field"]: one["values"] for one in stored}
    return told == {str(one.field_id): list(one.values) for one in answers if one.values}


def _row(
    written: Incident | Action, field_id: Any, name: str, kind: str, values: Sequence[str], position: int
) -> IncidentAnswer | ActionAnswer:
    told = {
        "field_id": field_id,
        "name": name,
        "kind": kind,
        "values": list(values),
        "position": position,
    }
    if isinstance(written, Incident):
        return IncidentAnswer(incident=written, **told)
    return ActionAnswer(action=written, **told)
