"""What the demo's entries say of themselves, checked against the extracts, the set-up sheets and the cast."""

import csv
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from typing import Any

import openpyxl
import pytest

from ops.demo_school import cast
from ops.demo_school.building import SHEETS
from ops.demo_school.calendar import WRITTEN_FOR, SchoolDays
from ops.demo_school.records import ROLES, read_records
from tenant_apps.maps.selectors.places import body_places
from tenant_apps.staff.services.default_permissions import default_rights

SCHOOLS = ("stgeorges", "riverside", "hillview")
RECORDS = read_records(SHEETS / "records")
DAYS = SchoolDays(WRITTEN_FOR.replace(day=WRITTEN_FOR.day + 1))
LONG = "P00215"
# The set pieces come on top of the mix, as the long chronology does.
SET_PIECE = "FM-"
# Ordinary words that some pupil bears as a forename.
ORDINARY = {"Art", "Will", "May", "June"}
SHORT = {"closed."}

# Incidents by first category in a school of the full mix; what is written here keeps these proportions.
FULL_MIX = {
    "stgeorges": {
        "Cause for Concern": 64,
        "Behaviour": 40,
        "Child-on-Child Abuse": 4,
        "Mental Health": 38,
        "Attendance": 34,
        "Parental Contact": 34,
        "Home Issues": 27,
        "Online Safety": 22,
        "Medical": 18,
        "SEND": 17,
        "Child Protection": 14,
        "Child in Need (CIN)": 12,
        "Early Help": 8,
        "Looked After Child": 8,
    },
    "riverside": {
        "Cause for Concern": 32,
        "Behaviour": 18,
        "Attendance": 12,
        "Home Issues": 12,
        "Medical": 18,
        "Child Protection": 4,
        "Child in Need (CIN)": 4,
        "Early Help": 6,
        "Friendship": 14,
    },
    "hillview": {
        "Cause for Concern": 9,
        "Behaviour": 16,
        "Attendance": 2,
        "Parental Contact": 7,
        "Medical": 14,
        "SEND": 6,
        "Child Protection": 1,
        "Child in Need (CIN)": 3,
        "Looked After Child": 2,
    },
}
LONG_MIX = {
    "SEND": 20,
    "Attendance": 15,
    "Cause for Concern": 12,
    "Child in Need (CIN)": 8,
    "Parental Contact": 35,
}


@cache
def extract(school: str) -> dict[str, list[dict[str, str]]]:
    """Pupils and staff as the school's extract has them."""
    with zipfile.ZipFile(SHEETS / f"extracts/{school}-full.zip") as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
            for name in ("pupils", "staff")
        }


@cache
def pupils(school: str) -> dict[str, dict[str, str]]:
    """The pupils on roll, by MIS id."""
    return {
        row["mis_id"]: row
        for row in extract(school)["pupils"]
        if not row["leaving_date"] and row["enrolment_status"] in "CM"
    }


@cache
def users(school: str) -> dict[str, tuple[date, str]]:
    """Day of joining and user group of everyone who will be a user, by address before the @ and token."""
    sheet = openpyxl.load_workbook(SHEETS / f"setup/{school}.xlsx")["Staff"]
    groups = {str(row[3]).split("@")[0]: str(row[4]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    found = {name: (date(2019, 9, 2), group) for name, group in groups.items()}
    for row in extract(school)["staff"]:
        name = row["email"].split("@")[0]
        if name and not row["end_date"] and row["start_date"] <= WRITTEN_FOR.isoformat():
            group = groups.get(name) or cast.group_for(row["job_title"])
            found[name] = (date.fromisoformat(row["start_date"]), group)
    for name, leaver in cast.LEAVERS[school].items():
        found[name] = (date(2022, 9, 1), cast.group_for(leaver.job_title))
    return found | {token: found[name] for token, name in cast.TOKENS[school].items()}


@cache
def categories(school: str) -> dict[str, tuple[str, bool]]:
    """Parent and whether Restricting of each category of the set-up sheet."""
    sheet = openpyxl.load_workbook(SHEETS / f"setup/{school}.xlsx")["Categories"]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return {str(row[0]): (str(row[1] or ""), row[3] == "Y") for row in rows}


@cache
def agencies(school: str) -> set[str]:
    """The agencies of the set-up sheet."""
    sheet = openpyxl.load_workbook(SHEETS / f"setup/{school}.xlsx")["Agencies"]
    return {str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)}


def left_in_july(row: dict[str, Any]) -> dict[str, str]:
    """A pupil who has left, about whom one entry was written before and one after."""
    assert row["id"] in {"FM-106", "FM-107"}
    pupil = next(p for p in extract(row["school"])["pupils"] if p["mis_id"] == row["student"]["mis_id"])
    assert (pupil["leaving_date"] > DAYS.day(row["day"]).isoformat()) is (row["id"] == "FM-106")
    return pupil


def said(row: dict[str, Any]) -> Iterator[str]:
    """Every text of an entry."""
    yield row["text"]
    yield row.get("told") or ""
    yield from (action["text"] for action in row["actions"])


def may_add(school: str, author: str, category: str) -> bool:
    parent, is_restricting = categories(school)[category]
    rights, _ = default_rights(name=category, parent_name=parent, is_restricting=is_restricting)
    group = users(school)[author][1]
    return group in rights and rights[group].add_incidents


def at(day: int, clock: str) -> tuple[date, time]:
    """A moment that can be compared; fails on a time that is none."""
    return DAYS.day(day), time.fromisoformat(clock)


def test_every_entry_has_an_id_of_its_own() -> None:
    assert [name for name, count in Counter(row["id"] for row in RECORDS).items() if count > 1] == []


def test_pupils_are_on_roll_with_the_sex_and_year_of_the_entry() -> None:
    for row in RECORDS:
        there = pupils(row["school"])
        pupil = there.get(row["student"]["mis_id"]) or left_in_july(row)
        wanted = (row["student"]["sex"], str(row["student"]["year"]))
        assert (pupil["sex"], pupil["year_group"]) == wanted, row["id"]
        assert DAYS.day(row["day"]).isoformat() >= pupil["start_date"], row["id"]
        for link in row.get("linked") or []:
            assert link["mis_id"] in there, row["id"]
            assert link["role"] in ROLES, row["id"]


def test_every_token_stands_for_somebody() -> None:
    for row in RECORDS:
        linked = {f"L{number}" for number in range(1, len(row.get("linked") or []) + 1)}
        ids = {f"ID:{other['id']}" for other in RECORDS if other["school"] == row["school"]}
        known = {"S", *linked, *users(row["school"]), *ids}
        for text in said(row):
            assert set(re.findall(r"\{([^}]*)\}", text)) <= known, row["id"]
            assert "{" not in re.sub(r"\{[\w.: -]+\}", "", text), row["id"]


def test_categories_are_on_the_sheet_with_their_parents() -> None:
    for row in RECORDS:
        known = categories(row["school"])
        for names in [row["categories"], *(action.get("add_categories", []) for action in row["actions"])]:
            assert set(names) <= set(known), row["id"]
            assert {known[name][0] for name in names} - {""} <= {*row["categories"], *names}, row["id"]
        for action in row["actions"]:
            assert set(action.get("agencies", [])) <= agencies(row["school"]), row["id"]
            assert set(action.get("ends_monitoring", [])) <= set(known), row["id"]


def test_authors_were_there_and_may_add() -> None:
    for row in RECORDS:
        there = users(row["school"])
        if not row["author"].startswith("integration:"):
            assert DAYS.day(row["day"]) >= there[row["author"]][0], row["id"]
            assert all(may_add(row["school"], row["author"], name) for name in row["categories"]), row["id"]
        for action in row["actions"]:
            assert DAYS.day(action["day"]) >= there[action["author"]][0], row["id"]
            added = action.get("add_categories", [])
            assert all(may_add(row["school"], action["author"], name) for name in added), row["id"]


def test_alerts_and_assignees_are_known() -> None:
    for row in RECORDS:
        there = users(row["school"])
        groups = {"Safeguarding team", *cast.ALERT_GROUPS[row["school"]]}
        told = [*row.get("alerts", []), *itertools.chain(*(a.get("alerts", []) for a in row["actions"]))]
        assert set(told) <= {*there, *groups}, row["id"]
        if assignee := row.get("assign"):
            holders = {"Admin", "DSL/SLT", "Pastoral leads"}
            # A head of year at Hillview is a teacher to whom the demo gives a key.
            assert there[assignee][1] in holders or assignee.startswith("hoy"), row["id"]


def test_times_are_in_order_and_the_closing_action_is_the_last() -> None:
    for row in RECORDS:
        happened = at(row.get("happened_day", row["day"]), row["happened"])
        recorded = at(row["day"], row["recorded"])
        assert happened <= recorded, row["id"]
        by_a_machine = row["author"].startswith("integration:")
        for _, clock in (happened, recorded):
            assert by_a_machine or time(7, 30) <= clock <= time(18, 30), row["id"]
        moments = [at(action["day"], action["at"]) for action in row["actions"]]
        assert moments == sorted(moments), row["id"]
        assert all(moment > recorded for moment in moments), row["id"]
        assert all(time(7, 30) <= clock <= time(18, 30) for _, clock in moments), row["id"]
        assert all(action["day"] <= 0 for action in row["actions"]), row["id"]
        closing = [number for number, action in enumerate(row["actions"], start=1) if action.get("closes")]
        assert closing in ([], [len(row["actions"])]), row["id"]
        assert not (closing and row["status"] == "Active"), row["id"]


def test_no_pupil_is_named_outside_the_tokens() -> None:
    for row in RECORDS:
        forenames = {
            name
            for pupil in extract(row["school"])["pupils"]
            for name in (pupil["legal_forename"], pupil["preferred_forename"])
            if name
        }
        for text in said(row):
            spoken = re.sub(r"\{[^}]*\}|\b(?:Dr|Mr|Mrs|Ms|Miss) \w+", "", text)
            assert set(re.findall(r"\b[A-Z]\w+", spoken)) & forenames <= ORDINARY, row["id"]


def test_no_sentence_stands_in_more_than_three_entries() -> None:
    entries: dict[str, set[str]] = {}
    for row in RECORDS:
        for text in said(row):
            for sentence in re.split(r"(?<=[.!?])[\"”]?\s+", text):
                entries.setdefault(sentence.strip().casefold(), set()).add(row["id"])
    often = {
        sentence: ids for sentence, ids in entries.items() if len(ids) > 3 and sentence not in {"", *SHORT}
    }
    assert often == {}


@pytest.mark.parametrize("school", SCHOOLS)
def test_the_mix_is_near_the_one_of_a_whole_school(school: str) -> None:
    mix = [row for row in RECORDS if row["school"] == school and row["student"]["mis_id"] != LONG]
    mix = [row for row in mix if not row["id"].startswith(SET_PIECE)]
    counts = Counter(row["categories"][0] for row in mix)
    wanted = FULL_MIX[school]
    assert set(counts) <= set(wanted)
    for name, whole in wanted.items():
        expected = whole * len(mix) / sum(wanted.values())
        assert abs(counts[name] - expected) <= max(2, expected / 3), (name, counts[name], expected)
    closed = sum(row["status"] == "Closed" for row in mix) / len(mix)
    assert 0.6 <= closed <= 0.8


def test_the_long_chronology_is_a_life() -> None:
    rows = [row for row in RECORDS if row["student"]["mis_id"] == LONG]
    counts = Counter(
        "Missing" if "Missing from lessons" in row["categories"] else row["categories"][0] for row in rows
    )
    assert len(rows) == 200
    assert counts.pop("Behaviour") + counts.pop("Missing") == 110
    assert counts == LONG_MIX
    tokens = cast.TOKENS["stgeorges"]
    assert len({tokens.get(row["author"], row["author"]) for row in rows}) == 31
    # Counted in school years back from day 0, of about 190 days.
    years = Counter((-row["day"] + 190 - 52) // 190 for row in rows)
    assert max(years, key=lambda year: years[year]) == 2
    assert sorted(years) == [0, 1, 2, 3, 4]


def test_sixty_dull_entries_over_three_years_by_some_who_have_left() -> None:
    rows = [row for row in RECORDS if row["student"]["mis_id"] == "P00151"]
    assert len(rows) == 60
    assert {DAYS.day(row["day"]).year for row in rows} == {2024, 2025, 2026}
    assert {*cast.LEAVERS["stgeorges"]} <= {row["author"] for row in rows}
    for row in RECORDS:
        for step in [row, *row["actions"]]:
            if leaver := cast.LEAVERS[row["school"]].get(step["author"]):
                assert step["day"] < leaver.left, row["id"]
    ended = [name for row in rows for action in row["actions"] for name in action.get("ends_monitoring", [])]
    assert ended == ["Early Help", "Child in Need (CIN)"]


def test_every_mark_is_at_a_place_of_the_body_map():
    places = {place.name for place in body_places()}
    marked = [one for row in RECORDS for one in row.get("map") or []]
    assert {f"{one['where']}, {one['side']}" for one in marked} <= places
    assert len(marked) > 2
