import pytest
from django.db import connection
from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.folded import Folded, fold

# What people type in Europe, in any case and with any accent, and what phones make of it.
TYPED = st.text(
    st.one_of(
        st.characters(min_codepoint=32, max_codepoint=0x17F),
        st.characters(min_codepoint=0x300, max_codepoint=0x36F),
        st.characters(min_codepoint=0x388, max_codepoint=0x44F, categories=["Lu", "Ll"]),
        st.sampled_from("’‘“”–…ŁßØđ％＿＼ﬁ\n"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łukasz’s CAFÉ", "lukasz's cafe"),
        ("Sia\u0302n", "sian"),
        ("STRASSE, Straße", "strasse, strasse"),
        ("plain ASCII 100%", "plain ascii 100%"),
        ("ΣΟΦΟΣ", "σοφοσ"),
    ],
)
def test_fold_is_what_a_person_would_type(text, folded):
    assert fold(text) == folded


@given(typed=TYPED)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_database_folds_as_python_does(in_a, typed):
    from shared_apps.people.models import User

    rows = User.objects.annotate(folded=Folded(Value(typed))).values_list("folded", flat=True)
    assert rows[0] == fold(typed)


def test_database_keeps_no_samples_of_texts(in_a):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attstattarget FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relname IN ('action_text', 'incident_text')"
        )
        assert sorted(cursor.fetchall()) == [("action_text", 0), ("incident_text", 0)]
