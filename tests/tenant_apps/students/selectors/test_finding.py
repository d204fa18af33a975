import pytest

from tests.data.pupils import make_pupil


def names(found):
    return [item.name for item in found]


@pytest.mark.spec("DSH-02")
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("connor", ["Millie O'Connor-Hughes"]),
        ("o’connor hug", ["Millie O'Connor-Hughes"]),
        ("ameli", ["Millie O'Connor-Hughes"]),
        ("milli", ["Millie O'Connor-Hughes"]),
        ("FROST", ["Millie O'Connor-Hughes"]),
        ("lukas", ["Zoë Lukas", "Jakub Łukaszewski"]),
        ("zoe", ["Zoë Lukas"]),
        ("smi", ["New Smith", "Oliver Smith"]),
        ("%", []),
        ("", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_part_of_any_name_finds_the_student(classes, cast, term, found):
    from tenant_apps.students.selectors import search_students

    assert names(search_students(cast.lead.access, term)) == found


@pytest.mark.spec("SAF-38")
@pytest.mark.parametrize("term", ["frost", "ameli", "xavier", "ashdown"])
def test_former_and_legal_names_find_nobody_for_who_does_not_see_the_whole_overview(classes, cast, term):
    """The name in use finds the student for everyone; the others only for those who see all blocks."""
    from dataclasses import replace

    from core.access.enums import OverviewBlock
    from tenant_apps.students.selectors import search_students

    make_pupil(
        "Xavier",
        "Ashdown",
        classes.a,
        preferred_forename="Robin",
        preferred_surname="Birch",
        middle_names="Q",
    )
    lead = cast.lead.access
    assert len(search_students(lead, term)) == 1
    for block in OverviewBlock:
        access = replace(lead, overview_blocks=lead.overview_blocks - {block})
        assert search_students(access, term) == [], block
        assert names(search_students(access, "millie hughes")) == ["Millie O'Connor-Hughes"]
        assert names(search_students(access, "robin bir")) == ["Robin Birch"]
    assert search_students(cast.teacher.access, term) == []


@pytest.mark.spec("DSH-02")
def test_names_stand_as_a_person_would_sort_them(classes, cast):
    """By surname without accents, Smith before Smith-Jones, whatever letter the alphabet ends with."""
    from tenant_apps.students.selectors import search_students

    for forename, surname in (
        ("Minh", "Nguyễn"),
        ("Siân", "Ap Rhys"),
        ("Ana", "Smith-Jones"),
        ("Zuzanna", "Żak"),
        ("Émile", "Zola"),
        ("Ben", "d'Arcy"),
    ):
        make_pupil(forename, surname, classes.a)
    found = names(search_students(cast.lead.access, "a", among=None)) + names(
        search_students(cast.lead.access, "nguyen")
    )
    assert found == [
        "Siân Ap Rhys",
        "Ben d'Arcy",
        "Zoë Lukas",
        "Jakub Łukaszewski",
        "Millie O'Connor-Hughes",
        "Ana Smith-Jones",
        "Zuzanna Żak",
        "Émile Zola",
        "Minh Nguyễn",
    ]


@pytest.mark.spec("DSH-02")
@pytest.mark.parametrize(
    "typed", ["nguyễn", "NGUYEN", "oconnor", "O’Connor", "connor-hughes", "sian", "SIÂN"]
)
def test_accents_apostrophes_and_capitals_are_forgiven(classes, cast, typed):
    from tenant_apps.students.selectors import search_students

    make_pupil("Minh", "Nguyễn", classes.a)
    make_pupil("Siân", "Price", classes.a)
    (found,) = names(search_students(cast.lead.access, typed))
    assert found in ("Minh Nguyễn", "Millie O'Connor-Hughes", "Siân Price")


@pytest.mark.spec("DSH-04")
def test_archived_students_are_found_only_when_asked_for(classes, cast):
    from tenant_apps.students.selectors import search_students

    assert names(search_students(cast.lead.access, "gone")) == []
    (item,) = search_students(cast.lead.access, "gone", include_archived=True)
    assert item.is_archived


@pytest.mark.spec("USR-13")
def test_archived_students_need_the_permission_for_those_without_a_group(classes, cast):
    from dataclasses import replace

    from tenant_apps.students.selectors import search_students

    access = replace(cast.lead.access, sees_ungrouped=False)
    assert search_students(access, "gone", include_archived=True) == []
    assert names(search_students(access, "oliver")) == ["Oliver Smith"]


def test_class_limits_hold_in_the_search(classes, cast, restricted_to):
    from tenant_apps.students.selectors import search_students

    access = restricted_to(cast.lead.access, classes.b)
    assert names(search_students(access, "smi", include_archived=True)) == ["Oliver Smith"]
    assert search_students(access, "amelia") == []


def test_a_session_without_a_key_finds_nobody(classes, cast):
    from tenant_apps.students.selectors import search_students

    assert search_students(cast.lead.plain_access, "smith") == []


def test_a_long_list_goes_on_behind_its_last_student(classes, cast):
    from tenant_apps.students.selectors import search_students

    access = cast.lead.access
    first = search_students(access, "s", limit=2)
    rest = search_students(access, "s", after=first[-1].id)
    assert names(first) == ["Zoë Lukas", "Jakub Łukaszewski"]
    assert names(rest) == ["Millie O'Connor-Hughes", "New Smith", "Oliver Smith"]


@pytest.mark.spec("INC-06")
@pytest.mark.spec("INC-08")
def test_suggestions_are_all_current_and_starting_students_for_whoever_may_add(classes, cast, restricted_to):
    from tenant_apps.students.selectors import suggest_students

    for access in (cast.support.plain_access, restricted_to(cast.teacher.access, classes.b)):
        assert names(suggest_students(access, "smi")) == ["New Smith", "Oliver Smith"]
        (amelia,) = suggest_students(access, "hughes")
        assert (amelia.name, amelia.note) == ("Millie O'Connor-Hughes", "Year 7 · 7A")


def test_suggestions_do_not_tell_former_or_legal_names(classes, cast):
    from tenant_apps.students.selectors import suggest_students

    assert suggest_students(cast.teacher.access, "frost") == []
    assert suggest_students(cast.teacher.access, "amelia") == []


def test_nobody_is_suggested_to_someone_who_may_not_add(classes, cast):
    from core.access import NOBODY
    from tenant_apps.students.selectors import suggest_students

    assert suggest_students(NOBODY, "smith") == []


@pytest.mark.spec("SAF-26")
def test_namesakes_show_year_tutor_group_and_how_many_there_are(classes, cast):
    from tenant_apps.students.selectors import suggest_students

    make_pupil("Oliver", "Smith", classes.a, year_group="7")
    found = suggest_students(cast.support.plain_access, "oliver smith")
    assert sorted(item.note for item in found) == ["Year 7 · 7A · there are 2", "Year 8 · 8B · there are 2"]


@pytest.mark.parametrize("number", [1, 3])
def test_searching_takes_two_queries_however_many_are_found(classes, cast, django_assert_num_queries, number):
    from tenant_apps.students.selectors import search_students, suggest_students

    for _ in range(number - 1):
        make_pupil("Quentin", "Rare", classes.a)
    make_pupil("Quentin", "Rare", classes.a)
    access, plain = cast.lead.access, cast.support.plain_access
    with django_assert_num_queries(2):
        assert len(search_students(access, "rare")) == number
    with django_assert_num_queries(2):
        assert len(suggest_students(plain, "rare")) == number


def test_only_students_on_offer_may_be_chosen(classes, cast):
    from uuid import uuid4

    from tenant_apps.students.selectors import may_be_chosen

    plain = cast.support.plain_access
    assert may_be_chosen(plain, [classes.amelia.pk, classes.starting.pk])
    assert not may_be_chosen(plain, [classes.left.pk])
    assert may_be_chosen(cast.lead.access, [classes.left.pk])
    assert not may_be_chosen(cast.lead.access, [uuid4()])


@pytest.mark.spec("INC-06")
def test_whose_name_begins_with_what_is_typed_comes_first(classes, cast):
    from tenant_apps.students.selectors import suggest_students

    make_pupil("Osian", "Collins", classes.a)
    make_pupil("Siân", "Price", classes.a)
    assert names(suggest_students(cast.support.plain_access, "siân")) == ["Siân Price", "Osian Collins"]
