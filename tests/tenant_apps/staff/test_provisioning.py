"""What a new school's staff looks like, made by the real command from a sheet of the test's own."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.data.schools import CATEGORIES, book

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.spec("USR-17", "SAF-15")
def test_sheet_makes_groups_people_and_the_default_alert_group(own_database, product_environment, tmp_path):
    sheet = book("cedar", "Cedar School", "910003")
    sheet.staff.append(("Ms", "Ola", "Bell", "o.bell@cedar.sch.example", "Midday supervisors"))
    sheet.categories = [*CATEGORIES, ("Transport", "", "#b3261e", "", "Y")]
    path = sheet.write(tmp_path / "cedar.xlsx")

    done = subprocess.run(
        [sys.executable, "manage.py", "provision_school", path],
        cwd=ROOT,
        env=product_environment | {"DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (
        "Note: The category “Transport” is not on the default list: Admin and DSL/SLT have all rights in it,"
        " nobody else has any." in done.stdout
    )
    assert "“Bullying”" not in done.stdout
    with psycopg.connect(own_database.url("owner")) as connection:
        (schema,) = connection.execute(
            "SELECT schema_name FROM tenants_school WHERE subdomain = 'cedar'"
        ).fetchone()
        connection.execute(f'SET search_path = "{schema}"')
        passwords = connection.execute("SELECT password FROM people_user").fetchall()
        rights = connection.execute(
            "SELECT g.name FROM staff_categorypermission p JOIN staff_usergroup g ON g.id = p.group_id"
            " JOIN categories_category c ON c.id = p.category_id WHERE c.name = 'Transport'"
        ).fetchall()
        new_group = connection.execute(
            "SELECT system_permissions, is_key_group FROM staff_usergroup WHERE name = 'Midday supervisors'"
        ).fetchall()
        team = connection.execute(
            "SELECT a.name, u.last_name FROM staff_alertgroup a"
            " JOIN staff_alertgroupmember m ON m.group_id = a.id"
            " JOIN people_user u ON u.id = m.user_id WHERE a.is_default ORDER BY u.sort_key"
        ).fetchall()
    assert len(passwords) == len(sheet.staff)
    assert all(password.startswith("!") for (password,) in passwords)
    assert sorted(rights) == [("Admin",), ("DSL/SLT",)]
    assert new_group == [([], False)]
    assert team == [("Safeguarding team", "Nair"), ("Safeguarding team", "Okafor")]
