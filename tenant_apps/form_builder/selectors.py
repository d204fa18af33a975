"""Reads of the forms as they stand, and as administrators work on them.

How a form is built is no secret of anybody who may open it; whom a field is shown to follows from the
categories chosen, which is for the form itself.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from tenant_apps.form_builder.enums import BUILT_IN, FIRST, Form, Kind
from tenant_apps.form_builder.models import CustomField, FormEdition, FormItem, FormItemCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingItem:
    """A field in its place. `key` is that of a built-in field ("text"), or a custom field's id as text.

    A built-in field has its label as `name`, and beyond that only an advice message.
    """

    key: str
    is_custom: bool
    name: str
    kind: Kind | None = None
    advice: str = ""
    category_ids: frozenset[UUID] = frozenset()
    is_enforced: bool = False
    allows_multiple: bool = False
    options: tuple[str, ...] = ()

    def is_asked(self, category_ids: Collection[UUID]) -> bool:
        """Whether the field is on the form while these categories are chosen, parents included."""
        return not self.category_ids or not self.category_ids.isdisjoint(category_ids)


@dataclass(frozen=True, slots=True)
class StandingForm:
    """A form's fields in order, built-in ones always all among them."""

    form: Form
    items: tuple[StandingItem, ...]

    @property
    def custom(self) -> tuple[StandingItem, ...]:
        """The school's own fields, in order."""
        return tuple(item for item in self.items if item.is_custom)

    @property
    def advice(self) -> dict[str, str]:
        """The advice message of each field that has one, by key."""
        return {item.key: item.advice for item in self.items if item.advice}

    @property
    def token(self) -> str:
        """A short name of exactly this state."""
        state = [(replace(item, category_ids=frozenset()), sorted(item.category_ids)) for item in self.items]
        return sha256(repr(state).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class WorkingForm:
    """A form as administrators work on it. `is_changed`: it is not what stands."""

    items: tuple[StandingItem, ...]
    standing: StandingForm
    published_at: datetime | None

    @property
    def is_changed(self) -> bool:
        """Whether "Update Custom form" would change anything."""
        return self.items != self.standing.items

    @property
    def token(self) -> str:
        """A short name of exactly this state."""
        return StandingForm(self.standing.form, self.items).token


def standing_form(form: Form) -> StandingForm:
    """The form as everybody has it. One query; a school that never shaped it has the built-in fields."""
    return StandingForm(form, _complete(form, _items(_newest(form))))


def working_form(form: Form) -> WorkingForm:
    """The form with what administrators changed since it was published. At most four queries."""
    newest = FormEdition.objects.filter(id=_newest(form)).values_list("published_at", flat=True).first()
    draft = FormEdition.objects.filter(form=form, published_at=None).values_list("id", flat=True).first()
    standing = standing_form(form)
    items = _complete(form, _items(draft)) if draft else standing.items
    return WorkingForm(items, standing, newest)


def changed_forms() -> set[Form]:
    """The forms that administrators work on and have not published so."""
    return {form for form in Form if working_form(form).is_changed}


@dataclass(frozen=True, slots=True)
class FieldView:
    """A custom field as administrators work on it. Where `is_kind_fixed`, it has been on the form."""

    id: UUID
    form: Form
    item: StandingItem
    is_kind_fixed: bool


def get_field(field_id: UUID) -> FieldView:
    """A field of one of the forms that administrators work on; Http404 for none."""
    form = CustomField.objects.filter(id=field_id).values_list("form", flat=True).first()
    if form is None:
        raise Http404("no such field")
    return FieldView(field_id, Form(form), get_item(Form(form), str(field_id)), was_published(field_id))


def get_item(form: Form, key: str) -> StandingItem:
    """A field of a form that administrators work on, by its key; Http404 for none."""
    for item in working_form(form).items:
        if item.key == key:
            return item
    raise Http404("no such field")


def was_published(field_id: UUID) -> bool:
    """Whether the field is, or was, on everybody's form."""
    items = FormItem.objects.filter(field=field_id, edition__published_at__isnull=False)
    return items.exists()


def _newest(form: Form) -> Subquery:
    editions = FormEdition.objects.filter(form=form, published_at__isnull=False)
    return Subquery(editions.order_by("-published_at", "-id").values("id")[:1])


def _items(edition: Any) -> list[StandingItem]:
    limits = (
        FormItemCategory.objects.filter(item=OuterRef("pk")).order_by("category_id").values("category_id")
    )
    rows: QuerySet[Any, Any] = (
        FormItem.objects.filter(edition_id=edition)
        .annotate(limits_of=ArraySubquery(limits))
        .order_by("position")
        .values_list(
            "built_in",
            "field_id",
            "field__kind",
            "name",
            "advice",
            "is_enforced",
            "allows_multiple",
            "options",
            "limits_of",
        )
    )
    return [
        StandingItem(
            key=built_in or str(field_id),
            is_custom=not built_in,
            name=name,
            kind=Kind(kind) if kind else None,
            advice=advice,
            category_ids=frozenset(limits_of),
            is_enforced=is_enforced,
            allows_multiple=allows_multiple,
            options=tuple(options),
        )
        for built_in, field_id, kind, name, advice, is_enforced, allows_multiple, options, limits_of in rows
    ]


def _complete(form: Form, stored: Iterable[StandingItem]) -> tuple[StandingItem, ...]:
    """The stored items with the labels of today. A built-in field that the edition does not know stands after
    the one it follows at the start; one that is no more is left out.
    """
    items = [item for item in stored if item.is_custom or item.key in BUILT_IN[form]]
    before = None
    for key, label in BUILT_IN[form].items():
        keys = [item.key for item in items]
        if key in keys:
            place = keys.index(key)
            items[place] = StandingItem(key=key, is_custom=False, name=label, advice=items[place].advice)
        else:
            place = keys.index(before) + 1 if before else 0
            items.insert(place, StandingItem(key=key, is_custom=False, name=label))
        before = key
    return tuple(sorted(items, key=lambda item: item.key != FIRST))


def only_limits(ids: Collection[UUID]) -> set[UUID]:
    """Those of these categories that are the only one a field is limited to, on the form or in the making.

    Without it the field would be asked whatever is chosen.
    """
    newest = [_newest(form) for form in Form]
    current = FormEdition.objects.filter(Q(published_at=None) | Q(id__in=newest))
    alone = (
        FormItemCategory.objects.filter(item__edition__in=current)
        .values("item")
        .annotate(how_many=Count("id"), only=ArrayAgg("category"))
        .filter(how_many=1)
    )
    return {row["only"][0] for row in alone} & set(ids)
