import pytest
from django.db import connection, transaction

from core.tenancy import NoSchoolError, current_school, current_school_or_none, in_public, in_school, session_salt
from shared_apps.people.models import User
from tenants.models import School


def test_query_without_a_school_raises(db):
    with pytest.raises(NoSchoolError, match="no school is set"), transaction.atomic():
        User.objects.count()


def test_school_sees_its_own_people_only(school_a, school_b):
    with in_school(school_a):
        emails = set(User.objects.values_list("email", flat=True))
    assert emails
    assert all(email.endswith("@ashgrove.sch.example") for email in emails)
