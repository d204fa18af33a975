"""The school's own fields on the forms of incidents and actions: asked, refused, kept and shown."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from core.access import SYSTEM
from tests.pdf_text import words_of
from tests.tenant_apps.incidents.typed import typed_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(in_a):
    """Puts a field on a form, directly beneath another if told so; gives what a post calls it."""
    from tenant_apps.form_builder.adapters import answer_name
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.selectors import standing_form
    from tenant_apps.form_builder.services import publish, save_field, set_order

    def make(name, kind=Kind.TEXT, form=Form.INCIDENT, beneath="", **given):
        field = save_field(form=form, name=name, kind=kind, by=SYSTEM, **given)
        if beneath:
            keys = [item.key for item in standing_form(form).items]
            keys.insert(keys.index(beneath) + 1, str(field))
            set_order(form=form, keys=keys, by=SYSTEM)
        publish(form=form, by=SYSTEM)
        return answer_name(str(field))

    return make


@pytest.fixture
def answered(in_a):
    """An answer as a form has found it."""
    from tenant_apps.form_builder.adapters import AnswerGiven
    from tenant_apps.form_builder.enums import Kind

    return lambda name, *values: AnswerGiven(
        name.removeprefix("answer-"), "Told whom", Kind.TEXT, values, position=20
    )


@pytest.fixture
def act(cast):
    def make(incident, **changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import add_action

        given = {"text": "Rang mum.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.fixture
def typed(in_a, category, students_a):
    return lambda **given: typed_incident(category("Behaviour"), students_a[0].pk, **given)


@pytest.fixture
def save(client_for, cast):
    """Saves the edit page of a record as it stands but for what is given."""

    def make(written, path, **given):
        client = client_for(cast.lead)
        page = client.get(path).content.decode()
        local = timezone.localtime(written.happened_at)
        stands = {
            "seen": page.split('name="seen" value="')[1].split('"')[0],
            "text": written.text,
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
        }
        return page, client.post(path, stands | given)

    return make


def latest():
    from tenant_apps.incidents.models import Incident

    return Incident.objects.latest("recorded_at", "id")


def answers(written):
    return dict(written.answers.order_by("position").values_list("name", "values"))


def box_of(page, name):
    """The field's own part of the page, from its box to the control."""
    before = page.split(f'name="{name}"')[0]
    return before[before.rindex('<div class="own-field') :]


@pytest.mark.spec("FRM-09", "FRM-15", "INC-28", "ACT-17")
def test_every_kind_is_asked_of_everybody_and_kept_as_it_is_read(client_for, cast, ask, typed, add):
    from tenant_apps.form_builder.enums import Form, Kind

    names = [
        ask("Where?", Kind.DROPDOWN, options=["Hall", "Yard"], advice="Nearest place."),
        ask("Who else?", Kind.TEXT),
        ask("People Involved", Kind.MULTILINE, beneath="text"),
        ask("Day told", Kind.DATE),
        ask("Moment told", Kind.DATETIME),
    ]
    page = client_for(cast.support, elevated=False).get("/incidents/add/").content.decode()
    assert all(f'name="{name}"' in page for name in names)
    assert page.index(">Incident<") < page.index("People Involved") < page.index(">Categories<")
    assert page.index('id="agencies"') < page.index("Where?") < page.index("Add Incident</button>")
    assert '<div class="advice"><p>Nearest place.</p></div>' in page
    assert 'type="datetime-local"' in page
    given = dict(
        zip(names, ["Yard", "  A  friend ", "One.\r\nTwo.", "2025-03-04", "2025-07-04T14:05"], strict=True)
    )
    answer = client_for(cast.lead).post("/incidents/add/", typed(**given), follow=True)
    incident = latest()
    assert answers(incident) == {
        "People Involved": ["One.\nTwo."],
        "Where?": ["Yard"],
        "Who else?": ["A friend"],
        "Day told": ["2025-03-04"],
        "Moment told": ["2025-07-04T14:05:00+01:00"],
    }
    log = answer.content.decode()
    entry = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    printed = words_of(b"".join(client_for(cast.lead).get(f"/incidents/{incident.pk}/print/")))
    for told in ("Day told", "04/03/2025", "04/07/2025 14:05", "A friend"):
        assert told in log
        assert told in entry
        assert told.replace(" ", "") in printed
    assert "<p>One.<br>Two.</p>" in log

    rang = ask("Rang whom", form=Form.ACTION)
    path = f"/incidents/{incident.pk}/actions/add/"
    form = typed(text="Rang.", categories=[]) | {rang: "Her aunt"}
    page = client_for(cast.lead).post(path, form, follow=True).content.decode()
    assert "Her aunt" in page
    assert answers(incident.actions.get()) == {"Rang whom": ["Her aunt"]}


@pytest.mark.spec("FRM-07")
def test_limited_field_belongs_to_its_categories_alone(client_for, cast, ask, typed, category):
    """The page holds it unseen, and names the categories that bring it; the server decides anew."""
    behaviour, bullying = category("Behaviour"), category("Bullying")
    limited = ask("Where did it happen?", category_ids=[bullying])
    hidden = ask("What of the plan?", category_ids=[category("Child Protection")])
    client = client_for(cast.lead)
    box = box_of(client.get("/incidents/add/").content.decode(), limited)
    assert 'class="own-field unasked"' in box
    assert f'data-asked-for="{bullying}"' in box
    # Who may not add to a category learns nothing of its fields.
    assert hidden not in client_for(cast.support).get("/incidents/add/").content.decode()

    client.post("/incidents/add/", typed(**{limited: "not-for-this", "categories": [str(behaviour)]}))
    assert answers(latest()) == {}
    shown = client.post("/incidents/add/", typed(text="", categories=[str(bullying)]))
    assert 'class="own-field"' in box_of(shown.content.decode(), limited)
    client.post("/incidents/add/", typed(**{limited: "By the gate", "categories": [str(bullying)]}))
    assert answers(latest()) == {"Where did it happen?": ["By the gate"]}


@pytest.mark.spec("FRM-07")
def test_limited_field_of_an_action_belongs_to_the_categories_it_adds(
    client_for, cast, ask, add, typed, category
):
    from tenant_apps.form_builder.enums import Form

    limited = ask("Rang whom", form=Form.ACTION, category_ids=[category("Behaviour")])
    incident = add("Cause for Concern")
    path, client = f"/incidents/{incident.pk}/actions/add/", client_for(cast.lead)
    assert 'class="own-field unasked"' in box_of(client.get(path).content.decode(), limited)
    # The parent of what is ticked is chosen with it.
    given = {"categories": [str(category("Bullying"))], "confirm_readers": "on", limited: "Her aunt"}
    client.post(path, typed(categories=[], **{limited: "not-for-this"}))
    client.post(path, typed(**given))
    kept = [answers(action) for action in incident.actions.order_by("recorded_at", "id")]
    assert kept == [{}, {"Rang whom": ["Her aunt"]}]


@pytest.mark.spec("FRM-11", "FRM-12")
def test_enforced_field_refuses_without_a_choice_and_keeps_what_was_typed(
    client_for, cast, ask, typed, category
):
    from tenant_apps.form_builder.enums import Kind
    from tenant_apps.incidents.models import Incident

    shared = {"options": ["One", "Two", "Three"], "is_enforced": True}
    told = ask("Who was told?", Kind.DROPDOWN, **shared)
    several = ask("Which of them?", Kind.DROPDOWN, allows_multiple=True, **shared)
    limited = ask("Only there", Kind.DROPDOWN, category_ids=[category("Bullying")], **shared)
    free = ask("Said how?")
    client = client_for(cast.lead)
    refused = client.post("/incidents/add/", typed(**{several: ["One", "Three"], free: "In a whisper"}))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert Incident.objects.count() == 0
    assert "Who was told?: Choose an option." in page
    assert "Which of them?: Choose an option." not in page
    assert "Only there: " not in page
    assert 'value="In a whisper"' in page
    assert page.count('type="checkbox" name="' + several) == 3
    assert box_of(page, told).count("(optional)") == 0
    wrong = client.post("/incidents/add/", typed(**{told: "Four", several: ["One"]}))
    assert "Who was told?: This option is not offered. Choose again." in wrong.content.decode()
    assert (
        client.post("/incidents/add/", typed(**{told: ["One", "Two"], several: ["Three", "One"]})).status_code
        == 302
    )
    assert answers(latest()) == {"Who was told?": ["Two"], "Which of them?": ["Three", "One"]}
    demanded = client.post(
        "/incidents/add/", typed(**{told: "One", several: ["One"], "categories": [str(category("Bullying"))]})
    )
    assert "Only there: Choose an option." in demanded.content.decode()
    assert limited in demanded.content.decode()


@pytest.mark.spec("FRM-03")
def test_advice_stands_beneath_a_built_in_field(client_for, cast, ask):
    from tenant_apps.form_builder.enums import Form
    from tenant_apps.form_builder.services import publish, set_advice

    set_advice(form=Form.INCIDENT, key="agencies", advice="Ask first.\n\n<b>Then</b> tick.", by=SYSTEM)
    publish(form=Form.INCIDENT, by=SYSTEM)
    page = client_for(cast.support, elevated=False).get("/incidents/add/").content.decode()
    advice = '<div class="advice"><p>Ask first.</p>\n\n<p>&lt;b&gt;Then&lt;/b&gt; tick.</p></div>'
    assert page.index(">Agency Involved") < page.index(advice) < page.index("Add Incident</button>")


@pytest.mark.spec("FRM-15")
def test_draft_keeps_answers_and_a_second_sending_makes_no_second_record(client_for, cast, ask, typed):
    from tenant_apps.incidents.models import Incident

    free = ask("Said how?")
    client = client_for(cast.support, elevated=False)
    form = typed(text="", student="", **{free: "In a whisper", "answer-x": "no field", "other": "x"})
    assert client.post(f"/incidents/drafts/{form['draft']}/", form).status_code == 200
    begun = client.get(f"/incidents/add/?draft={form['draft']}").content.decode()
    assert 'value="In a whisper"' in begun
    again = typed(draft=form["draft"], **{free: "In a whisper"})
    for sent in (again, again, again | {free: "Out loud"}):
        assert client.post("/incidents/add/", sent).status_code == 302
    kept = [answers(incident)["Said how?"] for incident in Incident.objects.order_by("recorded_at")]
    assert sorted(kept) == [["In a whisper"], ["Out loud"]]


@pytest.mark.spec("FRM-19")
def test_words_in_a_field_that_is_taken_off_meanwhile_are_not_lost(client_for, cast, ask, typed):
    from tenant_apps.form_builder.enums import Form
    from tenant_apps.form_builder.services import delete_field, publish
    from tenant_apps.incidents.models import Incident

    free = ask("Said how?")
    client, form = client_for(cast.support, elevated=False), typed(**{free: "In a whisper"})
    client.post(f"/incidents/drafts/{form['draft']}/", form)
    delete_field(form=Form.INCIDENT, field_id=UUID(free.removeprefix("answer-")), by=SYSTEM)
    publish(form=Form.INCIDENT, by=SYSTEM)
    refused = client.post("/incidents/add/", form)
    begun = client.get(f"/incidents/add/?draft={form['draft']}").content.decode()
    assert refused.status_code == 422
    for page in (refused.content.decode(), begun):
        assert '<div class="record-text"><p>In a whisper</p></div>' in page
        assert free not in page
    assert Incident.objects.count() == 0


@pytest.mark.spec("EDT-03", "EDT-06", "EDT-07")
def test_edit_keeps_what_stood_and_history_tells_the_difference(client_for, cast, ask, typed, save, category):
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.selectors import standing_form
    from tenant_apps.form_builder.services import delete_field, publish

    behaviour = {"categories": [str(category("Behaviour"))]}
    where = ask("Where?", Kind.DROPDOWN, options=["Hall", "Yard"])
    gone = ask("Asked once?")
    kept = ask("Bruises?", category_ids=[category("Bullying")])
    categories = [str(category("Behaviour")), str(category("Bullying"))]
    form = typed(**{where: "Yard", gone: "yes-once", kept: "none-seen", "categories": categories})
    client_for(cast.lead).post("/incidents/add/", form)
    incident = latest()
    field = next(item.key for item in standing_form(Form.INCIDENT).custom if item.name == "Asked once?")
    delete_field(form=Form.INCIDENT, field_id=field, by=SYSTEM)
    publish(form=Form.INCIDENT, by=SYSTEM)
    ask("Newly enforced", Kind.DROPDOWN, options=["A"], is_enforced=True)

    path = f"/incidents/{incident.pk}/edit/"
    page, answer = save(incident, path, **{where: "Hall", kept: "none-seen"}, **behaviour)
    assert gone not in page
    assert '<option value="Yard" selected>' in page
    assert answer.status_code == 302, answer.content.decode()
    expected = {"Where?": ["Hall"], "Asked once?": ["yes-once"], "Bruises?": ["none-seen"]}
    assert answers(incident) == expected
    # Nothing changed keeps no version; taken out, it stands in the history.
    versions = incident.versions.count()
    save(incident, path, **{where: "Hall", kept: "none-seen"}, **behaviour)
    assert incident.versions.count() == versions
    save(incident, path, **{where: "Hall", kept: ""}, **behaviour)
    assert "Bruises?" not in answers(incident)
    history = client_for(cast.lead).get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "<dt>Where?</dt><dd><del>Yard</del> <ins>Hall</ins>" in history
    assert '<dt>Bruises?</dt><dd><del>none-seen</del> <span class="muted">nothing now</span>' in history
    log = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert "yes-once" in log
    assert "none-seen" not in log


@pytest.mark.spec("EDT-03")
def test_option_that_is_gone_stays_on_offer_where_it_was_chosen(client_for, cast, ask, typed, save, category):
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.services import publish, save_field

    where = ask("Where?", Kind.DROPDOWN, options=["Hall", "Yard"], allows_multiple=True)
    client_for(cast.lead).post("/incidents/add/", typed(**{where: ["Hall", "Yard"]}))
    save_field(
        form=Form.INCIDENT,
        field_id=UUID(where.removeprefix("answer-")),
        name="Which place?",
        kind=Kind.DROPDOWN,
        options=["Hall", "Roof"],
        by=SYSTEM,
    )
    publish(form=Form.INCIDENT, by=SYSTEM)
    incident = latest()
    given = {where: ["Hall", "Yard"], "text": "Other words.", "categories": [str(category("Behaviour"))]}
    page, answer = save(incident, f"/incidents/{incident.pk}/edit/", **given)
    assert "Which place?" in page
    assert answer.status_code == 302
    # What was asked then stands beside what was answered then.
    assert answers(incident) == {"Where?": ["Hall", "Yard"]}
    refused = client_for(cast.lead).post("/incidents/add/", typed(**{where: "Yard"}))
    assert refused.status_code == 422


@pytest.mark.spec("ACT-17")
def test_action_keeps_its_answers_through_an_edit(client_for, cast, ask, add, act, save):
    from tenant_apps.form_builder.enums import Form

    rang = ask("Rang whom", form=Form.ACTION)
    action = act(add("Behaviour"))
    path = f"/incidents/actions/{action.pk}/edit/"
    page, answer = save(action, path, **{rang: "Her aunt"})
    assert rang in page
    assert answer.status_code == 302
    save(action, path, **{rang: "Her uncle"})
    history = client_for(cast.lead).get(f"/incidents/actions/{action.pk}/history/").content.decode()
    assert "<dt>Rang whom</dt><dd><del>Her aunt</del> <ins>Her uncle</ins>" in history


@pytest.mark.spec("SAF-07")
def test_whom_an_alert_let_in_sees_answers_as_they_stood(client_for, cast, ask, add, moment, answered):
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    told = ask("Told whom")
    incident = add(
        "Child Protection",
        alert_user_ids=[cast.teacher.user.pk],
        at=moment,
        answers=[answered(told, "first-answer")],
    )
    edit_incident(
        incident_id=incident.pk,
        seen=latest_version(incident),
        text=incident.text,
        happened_at=incident.happened_at,
        category_ids=[one.category_id for one in incident.carried.all()],
        answers=[answered(told, "zebra-lantern")],
        by=cast.lead.access,
        at=moment + timedelta(minutes=30),
    )
    page = client_for(cast.teacher).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert "first-answer" in page
    assert "zebra-lantern" not in page


@pytest.mark.spec("EDT-18", "EDT-21")
def test_answers_go_along_when_incidents_are_merged_and_split(client_for, cast, ask, add, answered, category):
    from tenant_apps.incidents.services import merge_incidents, split_action

    told = ask("Told whom")
    main = add("Behaviour", answers=[answered(told, "main-answer")])
    surplus = add("Behaviour", text="Again.", answers=[answered(told, "surplus-answer")])
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    action = main.actions.get(merged_from=surplus)
    assert answers(action) == {"Told whom": ["surplus-answer"]}
    page = client_for(cast.lead).get(f"/incidents/{main.pk}/", follow=True).content.decode()
    assert page.count("surplus-answer") == 1
    again = split_action(action_id=action.pk, category_ids=[category("Behaviour")], by=cast.lead.access)
    assert answers(again) == {"Told whom": ["surplus-answer"]}
    page = client_for(cast.lead).get(f"/incidents/{again.pk}/", follow=True).content.decode()
    assert "surplus-answer" in page


@pytest.mark.spec("EDT-09", "EDT-11")
def test_deleted_shows_no_answer_and_restored_shows_it_again(
    client_for, cast, ask, add, answered, students_a
):
    from tenant_apps.incidents.services import delete_incident, restore_incident

    incident = add("Behaviour", answers=[answered(ask("Told whom"), "quiet-answer")])
    log = f"/students/{students_a[0].pk}/incidents/"
    client = client_for(cast.lead)
    assert "quiet-answer" in client.get(log).content.decode()
    delete_incident(incident_id=incident.pk, reason="Twice.", by=cast.lead.access)
    assert "quiet-answer" not in client.get(log).content.decode()
    restore_incident(incident_id=incident.pk, by=cast.lead.access)
    assert "quiet-answer" in client.get(log).content.decode()


@pytest.mark.spec("INC-15")
def test_reference_shows_no_answer(client_for, cast, ask, add, answered, students_a):
    from tenant_apps.incidents.services import LinkedStudent

    linked = [LinkedStudent(students_a[1].pk, shows_full=False), LinkedStudent(students_a[2].pk)]
    add("Behaviour", linked=linked, answers=[answered(ask("Told whom"), "quiet-answer")])
    pages = [
        client_for(cast.lead).get(f"/students/{student.pk}/incidents/").content.decode()
        for student in students_a[:3]
    ]
    assert ["quiet-answer" in page for page in pages] == [True, False, True]


@pytest.mark.spec("INC-28")
def test_answers_of_a_whole_log_take_one_query(client_for, cast, ask, add, act, answered, students_a):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    told = ask("Told whom")
    client, log = client_for(cast.lead), f"/students/{students_a[0].pk}/incidents/"

    def queries():
        client.get(log)
        with CaptureQueriesContext(connection) as found:
            assert client.get(log).status_code == 200
        return len(found)

    act(add("Behaviour", answers=[answered(told, "one")]), answers=[])
    with_one = queries()
    for number in range(3):
        act(add("Behaviour", text=f"Text {number}.", answers=[answered(told, f"answer {number}")]))
    assert queries() == with_one
