"""Writes of the forms: what administrators change stands on nobody's form before "Update Custom form"."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.categories.services import hold_categories
from tenant_apps.form_builder.enums import FIRST, WITH_CATEGORIES, Form, Kind
from tenant_apps.form_builder.models import (
    ADVICE_LENGTH,
    NAME_LENGTH,
    OPTION_LENGTH,
    CustomField,
    FormEdition,
    FormItem,
    FormItemCategory,
)
from tenant_apps.form_builder.selectors import (
    StandingItem,
    WorkingForm,
    standing_form,
    was_published,
    working_form,
)

MOST_OPTIONS = 100
MOST_FIELDS = 100
CHANGED_MEANWHILE = (
    "The form was changed while you had the page open. Nothing was done: look at it as it is now, and try"
    " again."
)


@transaction.atomic
def save_field(
    *,
    form: Form,
    name: str,
    kind: Kind,
    by: Access,
    field_id: UUID | None = None,
    advice: str = "",
    category_ids: Iterable[UUID] = (),
    options: Sequence[str] = (),
    is_enforced: bool = False,
    allows_multiple: bool = False,
    at: datetime | None = None,
) -> UUID:
    """ "Save Custom Field": a new field at the foot of the form, or with `field_id` the whole of an old one;
    its id. Administrators only.

    Only a dropdown has options, may be enforced and may take several. Raises CustomField.DoesNotExist, and
    ValidationError by field: for a name that is empty or taken, a kind that stays, a dropdown of no options.
    """
    _assert_administrator(by)
    wanted = set(category_ids) if form in WITH_CATEGORIES else set()
    edition, working, held = _draft_holding(form, wanted)
    limits = {held[one] for one in wanted if one in held}
    items = list(working.items)
    name, options = " ".join(name.split()), tuple(_clean(options)) if kind == Kind.DROPDOWN else ()
    others = [item for item in items if item.is_custom and item.key != str(field_id)]
    _assert_fits(name, kind, advice, options, others)
    if field_id is None:
        field = CustomField.objects.create(form=form, kind=kind)
    else:
        field = CustomField.objects.select_for_update().get(pk=field_id, form=form, deleted_at=None)
        if not any(item.key == str(field_id) for item in items):
            raise CustomField.DoesNotExist
        _set_kind(field, kind)
    item = StandingItem(
        key=str(field.id),
        is_custom=True,
        name=name,
        kind=kind,
        advice=advice.strip(),
        category_ids=frozenset(limits),
        is_enforced=is_enforced and kind == Kind.DROPDOWN,
        allows_multiple=allows_multiple and kind == Kind.DROPDOWN,
        options=options,
    )
    if field_id is None:
        items.append(item)
    else:
        items = [item if old.key == item.key else old for old in items]
    _store(edition, items)
    record(
        "form.field_added" if field_id is None else "form.field_changed",
        by=by,
        record=("custom-field", field.id),
        detail={"form": form, "kind": kind, "categories": sorted(limits), "enforced": item.is_enforced},
        at=at,
    )
    return field.id


@transaction.atomic
def delete_field(*, form: Form, field_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Take a custom field off the form with the next "Update Custom form"; what was answered stays readable.

    Administrators only. Raises CustomField.DoesNotExist.
    """
    _assert_administrator(by)
    edition, working = _draft(form)
    kept = [item for item in working.items if item.key != str(field_id)]
    if len(kept) == len(working.items):
        raise CustomField.DoesNotExist
    _store(edition, kept)
    record("form.field_deleted", by=by, record=("custom-field", field_id), detail={"form": form}, at=at)


@transaction.atomic
def set_advice(*, form: Form, key: str, advice: str, by: Access, at: datetime | None = None) -> None:
    """The "Advice Message" of any field, built in or custom; empty takes it away. Administrators only.

    Raises CustomField.DoesNotExist for no such field, and ValidationError for a message that is too long.
    """
    _assert_administrator(by)
    advice = advice.strip()
    if len(advice) > ADVICE_LENGTH:
        raise ValidationError({"advice": f"An advice message has at most {ADVICE_LENGTH:,} characters."})
    edition, working = _draft(form)
    if not any(item.key == key for item in working.items):
        raise CustomField.DoesNotExist
    _store(edition, [replace(item, advice=advice) if item.key == key else item for item in working.items])
    record("form.advice_changed", by=by, detail={"form": form, "field": key}, at=at)


@transaction.atomic
def set_order(*, form: Form, keys: Sequence[str], by: Access, at: datetime | None = None) -> None:
    """Put the fields in this order. The student stays first. Administrators only.

    Raises ValidationError when these are not the form's fields: somebody changed it meanwhile.
    """
    _assert_administrator(by)
    edition, working = _draft(form)
    by_key = {item.key: item for item in working.items}
    if sorted(keys) != sorted(by_key):
        raise ValidationError(CHANGED_MEANWHILE)
    _store(edition, sorted((by_key[key] for key in keys), key=lambda item: item.key != FIRST))
    record("form.reordered", by=by, detail={"form": form, "order": list(keys)}, at=at)


@transaction.atomic
def publish(*, form: Form, by: Access, seen: str | None = None, at: datetime | None = None) -> None:
    """ "Update Custom form": what administrators made of the form is everybody's from now on.

    With `seen`, only if it is still the state of that token. Administrators only. Raises ValidationError when
    it is not.
    """
    _assert_administrator(by)
    moment = at or now()
    edition, working = _draft(form)
    if seen is not None and seen != working.token:
        raise ValidationError(CHANGED_MEANWHILE)
    edition.published_at, edition.published_by_id = moment, by.user_id
    edition.save(update_fields=["published_at", "published_by"])
    kept = {UUID(item.key) for item in working.items if item.is_custom}
    gone = CustomField.objects.filter(form=form, deleted_at=None).exclude(id__in=kept)
    gone_ids = list(gone.order_by("id").values_list("id", flat=True))
    gone.update(deleted_at=moment, deleted_by=by.user_id)
    record(
        "form.published",
        by=by,
        record=("form-edition", edition.id),
        detail={"form": form, "order": [item.key for item in working.items], "gone": gone_ids},
        at=at,
    )


@transaction.atomic
def drop_changes(*, form: Form, by: Access, at: datetime | None = None) -> None:
    """Take back all that was not published: the form is worked on as it stands. Administrators only."""
    _assert_administrator(by)
    edition, working = _draft(form)
    _store(edition, working.standing.items)
    record("form.changes_dropped", by=by, detail={"form": form}, at=at)


@transaction.atomic
def refile_limits(
    *, touching: Collection[UUID], moves: Mapping[UUID, UUID], by: Access, at: datetime | None = None
) -> int:
    """Let fields limited to merged categories be limited to what these became; how many. A field limited to
    both has it once. The caller holds the tree.
    """
    changed = 0
    for old, new in moves.items():
        limits = FormItemCategory.objects.filter(category=old)
        changed += limits.count()
        limits.filter(item__limits__category=new).delete()
        limits.update(category=new)
    if changed:
        record("form.limits_changed", by=by, detail={"limits": changed}, at=at)
    return changed


@transaction.atomic
def forget_limit(record_id: UUID, *, by: Access, at: datetime | None = None) -> None:
    """Take a category that goes out of the limits. It is never a field's only one on the form: such a
    category counts as named, since a field without limits would be asked of everybody.
    """
    changed, _ = FormItemCategory.objects.filter(category=record_id).delete()
    if changed:
        record("form.limits_changed", by=by, detail={"limits": changed}, at=at)


def _draft(form: Form) -> tuple[FormEdition, WorkingForm]:
    """The edition that is worked on, held, with what it says; made of what stands if there is none."""
    edition, working, _ = _draft_holding(form, ())
    return edition, working


def _draft_holding(
    form: Form, category_ids: Iterable[UUID]
) -> tuple[FormEdition, WorkingForm, dict[UUID, UUID]]:
    """The same, with what each of these categories is by now."""
    # All at once and before anything else: whoever changes the tree holds it by id, and then our rows.
    limits = FormItemCategory.objects.filter(item__edition__form=form)
    held = hold_categories({*category_ids, *limits.values_list("category_id", flat=True)})
    edition = None
    while edition is None:
        FormEdition.objects.get_or_create(form=form, published_at=None)
        # None if it was published in between.
        edition = FormEdition.objects.select_for_update().filter(form=form, published_at=None).first()
    if not edition.items.exists():
        _store(edition, standing_form(form).items)
    return edition, working_form(form), held


def _store(edition: FormEdition, items: Iterable[StandingItem]) -> None:
    FormItem.objects.filter(edition=edition).delete()
    rows, limits = [], []
    for position, item in enumerate(items):
        row = FormItem(
            edition=edition,
            position=position,
            built_in="" if item.is_custom else item.key,
            field_id=UUID(item.key) if item.is_custom else None,
            name=item.name if item.is_custom else "",
            advice=item.advice,
            is_enforced=item.is_enforced,
            allows_multiple=item.allows_multiple,
            options=list(item.options),
        )
        rows.append(row)
        limits += [FormItemCategory(item=row, category_id=one) for one in sorted(item.category_ids)]
    FormItem.objects.bulk_create(rows)
    FormItemCategory.objects.bulk_create(limits)


def _set_kind(field: CustomField, kind: Kind) -> None:
    if field.kind == kind:
        return
    if was_published(field.id):
        raise ValidationError(
            {"kind": "The kind stays once the field has been on the form. Add a new field."}
        )
    field.kind = kind
    field.save(update_fields=["kind"])


def _clean(options: Iterable[str]) -> Iterable[str]:
    return (cleaned for option in options if (cleaned := " ".join(option.split())))


def _assert_fits(
    name: str, kind: Kind, advice: str, options: Sequence[str], others: Collection[StandingItem]
) -> None:
    faults: dict[str, str] = {}
    if not name:
        faults["name"] = "Give the field a name."
    elif len(name) > NAME_LENGTH:
        faults["name"] = f"A name has at most {NAME_LENGTH} characters."
    elif any(item.name.casefold() == name.casefold() for item in others):
        faults["name"] = "There is a field of this name on the form already."
    elif len(others) >= MOST_FIELDS:
        faults["name"] = f"A form has at most {MOST_FIELDS} fields of your own."
    if len(advice.strip()) > ADVICE_LENGTH:
        faults["advice"] = f"An advice message has at most {ADVICE_LENGTH:,} characters."
    if kind == Kind.DROPDOWN:
        if not options:
            faults["options"] = "A dropdown needs at least one option."
        elif len(options) > MOST_OPTIONS:
            faults["options"] = f"A dropdown has at most {MOST_OPTIONS} options."
        elif any(len(option) > OPTION_LENGTH for option in options):
            faults["options"] = f"An option has at most {OPTION_LENGTH} characters."
        elif len({option.casefold() for option in options}) < len(options):
            faults["options"] = "An option stands there twice."
    if faults:
        raise ValidationError(faults)


def _assert_administrator(by: Access) -> None:
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
