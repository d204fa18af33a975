"""The school's own fields of the student form, in "Edit Information" and on the "Overview"."""

import pytest
from django.urls import reverse

from core.access import SYSTEM
from tests.tenant_apps.profile.views.test_edit import as_shown, edit


@pytest.fixture
def ask(in_a):
    from tenant_apps.form_builder.adapters import answer_name
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.services import publish, save_field

    def make(name, kind=Kind.TEXT, **given):
        field = save_field(form=Form.STUDENT, name=name, kind=kind, by=SYSTEM, **given)
        publish(form=Form.STUDENT, by=SYSTEM)
        return answer_name(str(field))

    return make


def overview(browser, student):
    return browser.get(reverse("profile:overview", args=[student.pk])).content.decode()


@pytest.mark.spec("FRM-16", "STU-16")
def test_fields_are_filled_in_under_edit_information_and_stand_on_the_overview(
    classes, cast, client_for, ask
):
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.selectors import standing_form
    from tenant_apps.form_builder.services import delete_field, publish, set_order
    from tenant_apps.students.models import StudentAnswer

    amelia, browser = classes.amelia, client_for(cast.lead)
    travel = ask("Travels by", Kind.DROPDOWN, options=["Bus", "Foot"], advice="Ask each autumn.")
    seen = ask("Last home visit", Kind.DATE)
    keys = [item.key for item in standing_form(Form.STUDENT).items]
    set_order(form=Form.STUDENT, keys=[*keys[-2:], *keys[:-2]], by=SYSTEM)
    publish(form=Form.STUDENT, by=SYSTEM)
    page = browser.get(edit(amelia)).content.decode()
    assert page.index("Travels by") < page.index("Ask each autumn.") < page.index(">Monitoring Options<")
    sent = as_shown(browser, amelia, **{travel: "Bus", seen: "2026-03-04"})
    assert browser.post(edit(amelia), sent).status_code == 302
    shown = overview(browser, amelia)
    assert "<dt>Travels by</dt><dd><p>Bus</p></dd>" in shown
    assert "<dt>Last home visit</dt><dd><p>04/03/2026</p></dd>" in shown
    assert "Travels by" not in overview(client_for(cast.teacher), amelia)
    # Saved as it stands, nothing changes; changed, what stood is kept; deleted, an answer stays readable.
    browser.post(edit(amelia), as_shown(browser, amelia))
    assert StudentAnswer.objects.count() == 2
    browser.post(edit(amelia), as_shown(browser, amelia, **{travel: "Foot"}))
    ended = StudentAnswer.objects.exclude(ended_at=None).get()
    assert (ended.values, ended.ended_by_id) == (["Bus"], cast.lead.user.pk)
    delete_field(form=Form.STUDENT, field_id=ended.field_id, by=SYSTEM)
    publish(form=Form.STUDENT, by=SYSTEM)
    assert travel not in browser.get(edit(amelia)).content.decode()
    assert "<dt>Travels by</dt><dd><p>Foot</p></dd>" in overview(browser, amelia)


@pytest.mark.spec("FRM-11", "FRM-16")
def test_refused_form_keeps_what_was_typed_and_says_what_another_answered(classes, cast, client_for, ask):
    from tenant_apps.form_builder.enums import Kind
    from tenant_apps.students.models import StudentAnswer

    amelia, browser = classes.amelia, client_for(cast.lead)
    travel = ask("Travels by", Kind.DROPDOWN, options=["Bus", "Foot"], is_enforced=True)
    note = ask("Note")
    opened = as_shown(browser, amelia)
    refused = browser.post(edit(amelia), opened | {note: "mine of the lead"})
    assert refused.status_code == 422
    assert "Choose an option." in refused.content.decode()
    assert 'value="mine of the lead"' in refused.content.decode()
    assert not StudentAnswer.objects.exists()
    deputy = client_for(cast.deputy)
    theirs = {travel: "Bus", note: "theirs of the deputy"}
    assert deputy.post(edit(amelia), opened | theirs).status_code == 302
    told = browser.post(edit(amelia), opened | {travel: "Bus", note: "mine of the lead"})
    page = told.content.decode()
    assert told.status_code == 422
    assert "It reads now: theirs of the deputy." in page
    assert 'value="mine of the lead"' in page
    number = page.split(f'name="{note}-seen" value="')[1].split('"')[0]
    again = opened | {travel: "Bus", note: "mine of the lead", f"{note}-seen": number}
    assert browser.post(edit(amelia), again).status_code == 302
    assert "mine of the lead" in overview(browser, amelia)
    assert StudentAnswer.objects.count() == 3


@pytest.mark.spec("STU-16")
def test_who_does_not_see_the_block_neither_reads_nor_writes_answers(classes, cast, client_for, ask):
    from tenant_apps.students.models import StudentAnswer

    note, amelia = ask("Note"), classes.amelia
    browser = client_for(cast.teacher)
    assert note not in browser.get(edit(amelia)).content.decode()
    browser.post(edit(amelia), as_shown(browser, amelia) | {note: "slipped in"})
    assert not StudentAnswer.objects.exists()
