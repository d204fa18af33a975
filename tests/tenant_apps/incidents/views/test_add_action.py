import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(in_a, moment):
    from core.db.keys import uuid7

    local = timezone.localtime(moment)

    def make(**changes):
        return {
            "draft": str(uuid7()),
            "text": "Rang mum, she will come in tomorrow.",
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
        } | changes

    return make


@pytest.mark.spec("ACT-01", "ACT-03", "ACT-12")
def test_form_has_its_fields(client_for, cast, add, students_a):
    from tenant_apps.incidents.services import LinkedStudent

    incident = add(linked=[LinkedStudent(students_a[1].pk)])
    page = client_for(cast.lead).get(f"/incidents/{incident.pk}/actions/add/").content.decode()
    for label in (
        "Action Taken",
        "Add Categories",
        "Add action to linked students",
        "Share documents?",
        "Agency Involved",
        "Date/Time",
        "Files",
        "Alert Staff Members",
        "Add incident alert recipients",
        "Add Action",
    ):
        assert label in page


@pytest.mark.spec("ACT-01", "ACT-05")
def test_action_stands_under_its_incident(client_for, cast, add, typed, students_a):
    incident = add()
    client = client_for(cast.lead)
    refused = client.post(f"/incidents/{incident.pk}/actions/add/", typed(text=" "))
    assert refused.status_code == 422
    assert "Write what was done." in refused.content.decode()
    client.post(f"/incidents/{incident.pk}/actions/add/", typed())
    page = client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert "Rang mum, she will come in tomorrow." in page


@pytest.mark.spec("ACT-02", "ACT-04")
def test_non_key_user_adds_only_to_what_is_alerted_and_unread(client_for, cast, add, typed):
    from tenant_apps.incidents.models import Action

    incident = add("Child Protection", alert_user_ids=[cast.support.user.pk])
    client = client_for(cast.support)
    assert "Add to planner" not in client.get(f"/incidents/{incident.pk}/actions/add/").content.decode()
    client.post(f"/incidents/{incident.pk}/actions/add/", typed())
    assert Action.objects.count() == 1
    client.post(f"/incidents/{incident.pk}/read/")
    assert client.post(f"/incidents/{incident.pk}/actions/add/", typed()).status_code == 404
    assert Action.objects.count() == 1


@pytest.mark.spec("ACT-06")
def test_categories_are_added_to_the_incident_and_none_is_removed(client_for, cast, add, typed, category):
    incident = add("Behaviour")
    added = typed(categories=[str(category("Child Protection"))], confirm_readers="on")
    client_for(cast.lead).post(f"/incidents/{incident.pk}/actions/add/", added)
    carried = set(incident.carried.values_list("category", flat=True))
    assert carried == {category("Behaviour"), category("Child Protection")}


@pytest.mark.spec("ACT-06")
def test_change_of_readers_is_named_and_asked_before_anything_is_stored(
    client_for, cast, add, typed, category
):
    from tenant_apps.incidents.models import Action

    incident = add("Behaviour")
    answer = client_for(cast.lead).post(
        f"/incidents/{incident.pk}/actions/add/", typed(categories=[str(category("Child Protection"))])
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Will no longer be able to read it" in page
    assert "Teachers" in page
    assert not Action.objects.exists()


@pytest.mark.spec("ACT-06")
def test_category_from_someone_without_a_key_that_widens_waits_for_a_key_user(
    client_for, cast, add, typed, category
):
    from tenant_apps.incidents.models import ActionCategory

    incident = add("Early Help", alert_user_ids=[cast.support.user.pk])
    client_for(cast.support).post(
        f"/incidents/{incident.pk}/actions/add/", typed(categories=[str(category("Behaviour"))])
    )
    waiting = ActionCategory.objects.get()
    assert waiting.state == "waiting"
    assert not incident.carried.filter(category=category("Behaviour")).exists()
    assert (
        client_for(cast.support)
        .post(f"/incidents/categories/{waiting.pk}/", {"decision": "confirm"})
        .status_code
        == 403
    )
    client_for(cast.lead).post(f"/incidents/categories/{waiting.pk}/", {"decision": "confirm"})
    assert incident.carried.filter(category=category("Behaviour")).exists()


@pytest.mark.spec("ACT-08")
def test_action_is_copied_to_linked_students_only_when_ticked(client_for, cast, add, typed, students_a):
    from tenant_apps.incidents.models import ActionStudent
    from tenant_apps.incidents.services import LinkedStudent

    incident = add(linked=[LinkedStudent(students_a[1].pk, "sibling")])
    client = client_for(cast.lead)
    client.post(f"/incidents/{incident.pk}/actions/add/", typed())
    assert not ActionStudent.objects.exists()
    client.post(f"/incidents/{incident.pk}/actions/add/", typed(copy_to_linked="on"))
    assert [row.student_id for row in ActionStudent.objects.all()] == [students_a[1].pk]


@pytest.mark.spec("ACT-11")
def test_agencies_are_tagged_on_the_action(client_for, cast, add, typed):
    from tenant_apps.agencies.selectors import enabled_agencies

    incident = add()
    agency = enabled_agencies()[0]
    client_for(cast.lead).post(f"/incidents/{incident.pk}/actions/add/", typed(agencies=[str(agency.id)]))
    assert (
        agency.name in client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    )


@pytest.mark.spec("ACT-14", "ACT-15", "ACT-16")
def test_action_alerts_those_alerted_to_the_incident_by_mail_without_content(
    client_for, cast, add, typed, mailbox, run_outbox
):
    incident = add(alert_user_ids=[cast.deputy.user.pk])
    run_outbox()
    mailbox.clear()
    client_for(cast.lead).post(f"/incidents/{incident.pk}/actions/add/", typed(like_incident="on"))
    run_outbox()
    mail = next(mail.message for mail in mailbox.messages() if mail.recipient == cast.deputy.user.email)
    assert "you have an alert at" in mail["Subject"]
    assert "Rang mum" not in mail.as_string()


@pytest.mark.spec("ACT-15")
def test_author_of_an_action_is_not_alerted_to_it_with_the_others(client_for, cast, add, typed):
    from tenant_apps.alerts.models import Alert

    incident = add(alert_user_ids=[cast.deputy.user.pk, cast.head.user.pk])
    client_for(cast.deputy).post(f"/incidents/{incident.pk}/actions/add/", typed(like_incident="on"))
    alerted = Alert.objects.filter(kind="action", root_id=incident.pk).values_list("recipient", flat=True)
    assert list(alerted) == [cast.head.user.pk]


@pytest.fixture
def forgotten(in_a, add, cast, students_a, moment):
    """An action with a file that was not copied to the linked student."""
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, add_action

    def make(*categories, shows_full=True):
        incident = add(
            *categories, linked=[LinkedStudent(students_a[1].pk, "sibling", shows_full=shows_full)]
        )
        draft = uuid7()
        owner = ("draft", draft)
        receive([b"A letter."], name="quillfeather-letter.txt", owner=owner, by=cast.lead.access)
        return add_action(
            action_id=draft,
            incident_id=incident.pk,
            text="Rang mum about Quillfeather.",
            happened_at=moment,
            by=cast.lead.access,
        )

    return make


@pytest.mark.spec("ACT-10")
def test_forgotten_copy_is_made_later_from_the_options(client_for, cast, forgotten, students_a):
    from tenant_apps.incidents.models import ActionVersion

    action = forgotten("Behaviour")
    client = client_for(cast.lead)
    log = f"/students/{students_a[1].pk}/incidents/"
    page = client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    address = f"/incidents/actions/{action.pk}/linked/"
    assert "Add to linked incidents" in page
    assert address in page
    assert "Rang mum about Quillfeather." not in client.get(log).content.decode()
    client.get(address)
    answer = client.post(address, {"students": [str(students_a[1].pk)]})
    assert answer.status_code == 302
    linked = client.get(log).content.decode()
    assert "Rang mum about Quillfeather." in linked
    assert "quillfeather-letter.txt" not in linked
    assert ActionVersion.objects.filter(action=action).count() == 2
    assert ActionVersion.objects.latest("id").snapshot["students"] == [str(students_a[1].pk)]
    # Nobody is left to copy it to.
    assert address not in client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()


@pytest.mark.spec("ACT-09", "ACT-10")
def test_later_copy_shares_documents_only_when_asked(client_for, cast, forgotten, students_a):
    from tenant_apps.documents.models import DocumentStudent

    action = forgotten("Behaviour")
    client = client_for(cast.lead)
    sent = {"students": [str(students_a[1].pk)], "share_documents": "on"}
    client.post(f"/incidents/actions/{action.pk}/linked/", sent)
    assert (
        "quillfeather-letter.txt" in client.get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    )
    assert DocumentStudent.objects.filter(student=students_a[1]).count() == 1
    # The same form sent twice changes nothing more.
    assert client.post(f"/incidents/actions/{action.pk}/linked/", sent).status_code == 422
    assert DocumentStudent.objects.filter(student=students_a[1]).count() == 1


@pytest.mark.spec("ACT-10")
def test_later_copy_is_for_key_users_who_may_read_and_students_with_the_full_text(
    client_for, cast, forgotten, students_a
):
    from tenant_apps.incidents.models import ActionStudent

    hidden = forgotten("Child Protection")
    sent = {"students": [str(students_a[1].pk)]}
    for client, status in ((client_for(cast.teacher), 404), (client_for(cast.lead, elevated=False), 403)):
        for answer in (
            client.get(f"/incidents/actions/{hidden.pk}/linked/"),
            client.post(f"/incidents/actions/{hidden.pk}/linked/", sent),
        ):
            assert answer.status_code == status
            assert "Quillfeather" not in answer.content.decode()
    by_reference = forgotten("Behaviour", shows_full=False)
    address = f"/incidents/actions/{by_reference.pk}/linked/"
    assert "has the action already" in client_for(cast.lead).get(address).content.decode()
    assert client_for(cast.lead).post(address, sent).status_code == 422
    nobody = client_for(cast.lead).post(f"/incidents/actions/{hidden.pk}/linked/", {})
    assert "Choose at least one linked student" in nobody.content.decode()
    assert not ActionStudent.objects.exists()
