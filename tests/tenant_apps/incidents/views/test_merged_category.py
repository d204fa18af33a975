import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.services import merge_categories
from tenant_apps.incidents.models import Incident, IncidentCategory
from tenant_apps.incidents.services import save_draft


@pytest.fixture
def typed(students_a, cast, category):
    """The form of an incident under Parental Contact, as somebody has it open."""
    moment = timezone.localtime(now())
    return {
        "draft": str(uuid7()),
        "text": "Mum rang about the trip.",
        "student": str(students_a[0].pk),
        "categories": [str(category("Parental Contact"))],
        "happened_on": f"{moment:%Y-%m-%d}",
        "happened_time": f"{moment:%H:%M}",
        "status": "active",
        "alert_staff": [str(cast.deputy.user.pk)],
    }


@pytest.mark.spec("CAT-14")
def test_form_that_was_open_during_a_merge_files_under_the_category_that_remained(
    in_a, client_for, cast, category, typed
):
    merge_categories(source_id=category("Parental Contact"), target_id=category("Attendance"), by=SYSTEM)
    assert client_for(cast.lead).post("/incidents/add/", typed).status_code == 302
    carried = IncidentCategory.objects.filter(incident=typed["draft"])
    assert set(carried.values_list("category", flat=True)) == {category("Attendance")}


@pytest.mark.spec("CAT-14")
def test_form_is_asked_again_where_the_remaining_category_is_not_open_to_the_person(
    in_a, client_for, cast, category, typed
):
    merge_categories(
        source_id=category("Parental Contact"), target_id=category("Child Protection"), by=SYSTEM
    )
    answer = client_for(cast.teacher).post("/incidents/add/", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "One of the categories is not open to you for adding. Choose again." in page
    assert "Child Protection" not in page
    assert "Mum rang about the trip." in page
    assert not Incident.objects.filter(pk=typed["draft"]).exists()


@pytest.mark.spec("CAT-14")
def test_draft_that_named_the_merged_category_has_the_remaining_one_ticked(in_a, client_for, cast, category):
    draft = uuid7()
    content = {"text": ["Rang."], "categories": [str(category("Parental Contact"))]}
    save_draft(draft_id=draft, content=content, by=cast.lead.access)
    merge_categories(source_id=category("Parental Contact"), target_id=category("Attendance"), by=SYSTEM)
    page = client_for(cast.lead).get(f"/incidents/add/?draft={draft}").content.decode()
    box = page[page.index(f'value="{category("Attendance")}"') :]
    assert "checked" in box[: box.index(">")]
