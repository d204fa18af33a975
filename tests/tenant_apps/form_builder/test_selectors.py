import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.categories.selectors import all_categories
from tenant_apps.form_builder.enums import BUILT_IN, Form, Kind
from tenant_apps.form_builder.models import FormItem
from tenant_apps.form_builder.selectors import standing_form


@pytest.mark.spec("SAF-28")
def test_new_school_asks_who_reported_it_and_whether_the_team_was_told(in_a):
    standing = standing_form(Form.INCIDENT)
    told, whom, reported_by = standing.custom
    assert told.name == "Have you told the safeguarding team in person or by phone?"
    assert (told.kind, told.options) == (Kind.DROPDOWN, ("Yes", "Not yet, I am about to", "Not needed today"))
    assert (whom.name, whom.kind) == ("Told whom, and when", Kind.TEXT)
    assert (reported_by.name, reported_by.kind) == ("Reported by, if not you", Kind.TEXT)
    assert not any(item.is_enforced for item in standing.custom)
    serious = {one.id for one in all_categories() if one.is_restricting or one.name == "Cause for Concern"}
    assert told.category_ids == whom.category_ids == serious
    assert reported_by.category_ids == frozenset()
    names = [item.name for item in standing.items]
    assert names.index(told.name) == names.index("Categories") + 1
    assert [item.key for item in standing.items if not item.is_custom] == list(BUILT_IN[Form.INCIDENT])
    for form in (Form.ACTION, Form.STUDENT):
        assert [item.key for item in standing_form(form).items] == list(BUILT_IN[form])


def test_a_form_is_one_query(in_a):
    with CaptureQueriesContext(connection) as queries:
        standing_form(Form.INCIDENT)
    assert len(queries) == 1


def test_edition_that_knows_a_built_in_field_less_or_more_has_them_all(in_a):
    FormItem.objects.filter(edition__form=Form.INCIDENT, built_in="maps").delete()
    FormItem.objects.filter(edition__form=Form.INCIDENT, built_in="planner").update(built_in="gone")
    FormItem.objects.filter(edition__form=Form.INCIDENT, built_in="student").delete()
    keys = [item.key for item in standing_form(Form.INCIDENT).items if not item.is_custom]
    assert keys == list(BUILT_IN[Form.INCIDENT])
