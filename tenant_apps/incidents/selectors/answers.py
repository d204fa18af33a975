"""What was answered in the school's own fields of the forms: as it is kept, and as it is read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from core.db.among import among
from core.db.prepared import PreparedQuery
from tenant_apps.form_builder.adapters import in_words
from tenant_apps.incidents.models import ActionAnswer, IncidentAnswer


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A field as it read when it was answered, and the answer in words."""

    name: str
    words: str


def answers_of(
    incident_ids: Collection[UUID], action_ids: Collection[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """What was answered in these incidents and actions, as a version keeps it, in the order of the form.

    One query.
    """
    rows = ANSWERS.rows(incidents=incident_ids, actions=action_ids)
    found: dict[UUID, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    for owner, field, name, kind, values, position in rows:
        kept = {"field": str(field), "name": name, "kind": kind, "values": values}
        found[owner].append((position, str(field), kept))
    return {owner: [kept for _, _, kept in sorted(answers)] for owner, answers in found.items()}


def _answers(incidents: UUID, actions: UUID) -> QuerySet[Any, Any]:
    columns = ("field", "name", Cast("kind", TextField()), "values", "position")
    of_incidents = IncidentAnswer.objects.filter(among("incident", [incidents]))
    of_actions = ActionAnswer.objects.filter(among("action", [actions]))
    return of_incidents.values_list("incident", *columns).union(
        of_actions.values_list("action", *columns), all=True
    )


ANSWERS = PreparedQuery(_answers, "incidents", "actions", is_planned_once=True)


def read_as(answers: Iterable[Mapping[str, Any]], hidden: Callable[[str], str]) -> list[AnswerLine]:
    """Answers, as a version keeps them, as they are read; `hidden` is what hides names."""
    return [AnswerLine(one["name"], hidden(in_words(one["kind"], one["values"]))) for one in answers]
