import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.audit.models import AuditEvent
from core.tenancy import in_school
from tenant_apps.classes.models import RestrictedKind


def run(school, *args):
    call_command("restrict_classes", "--school", school.schema_name, *args)


@pytest.mark.spec("GRP-11")
def test_operator_restricts_on_request_and_a_worker_carries_it_out(
    school_a, cast, client_for, run_outbox, capsys
):
    run(school_a, "--request", "R-1042", "--kind", "tutor", "--kind", "year")
    with in_school(school_a):
        assert not RestrictedKind.objects.exists()
    run_outbox(school_a)
    with in_school(school_a):
        assert set(RestrictedKind.objects.values_list("kind", flat=True)) == {"tutor", "year"}
        event = AuditEvent.objects.get(event="class_restrictions.changed")
        assert (event.user_id, event.detail["by_provider"]) == (None, True)
    page = client_for(cast.head).get(reverse("classes:restrictions", urlconf="config.urls_school"))
    assert "by the provider, on the school&#x27;s written request" in page.content.decode().replace(
        "school's", "school&#x27;s"
    )
    said = capsys.readouterr().out
    assert cast.head.last_name not in said


@pytest.mark.spec("GRP-11")
def test_same_request_is_carried_out_once(school_a, cast, run_outbox):
    from tenant_apps.classes.services import set_restricted_kinds

    run(school_a, "--request", "R-1042", "--kind", "tutor")
    run_outbox(school_a)
    with in_school(school_a):
        set_restricted_kinds(kinds=[], by=cast.head.access)
    run(school_a, "--request", "R-1042", "--kind", "tutor")
    run_outbox(school_a)
    with in_school(school_a):
        assert not RestrictedKind.objects.exists()


def test_faults_of_the_command_are_said(school_a):
    with pytest.raises(CommandError, match="no school"):
        call_command("restrict_classes", "--school", "nowhere", "--request", "R-1")
    with pytest.raises(CommandError, match="letters, digits"):
        run(school_a, "--request", "Dear Sir")
