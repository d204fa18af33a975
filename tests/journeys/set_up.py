"""Makes the copied schools ready for journeys: whole passwords, pupils, and a teacher who starts afresh."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PUPILS = {
    "a": [
        ("Amelia", "O'Connor-Hughes"),
        ("Jakub", "Łukaszewski"),
        ("Oliver", "Smith"),
        ("Siân", "St. John"),
        ("Minh", "Nguyễn"),
        ("Yusuf", "Ahmed"),
    ],
    "b": [("Beatrix", "Quillfeather")],
}


def extract_for(letter: str, **more: object) -> object:
    """A sound extract of the school, with contacts and marks of its first pupil."""
    from tests.data.extracts import pupil, small_extract, upn
    from tests.data.schools import BOOKS

    book = small_extract(urn=BOOKS[letter].school["URN"], **more)
    names = PUPILS[letter]
    book.files["pupils.csv"] = [
        pupil(number, forename, surname, upn=upn(number))
        for number, (forename, surname) in enumerate(names, 1)
    ]
    book.files["memberships.csv"] = [
        {"group_mis_id": group, "pupil_mis_id": f"P{number}", "start_date": "2026-09-01", "end_date": ""}
        for number in range(1, len(names) + 1)
        for group in ("G1", "G2")
    ]
    if len(names) < 2:
        book.files["links.csv"] = []
    return book


def main() -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from core.access import SYSTEM
    from core.tenancy import in_school
    from shared_apps.people.models import User
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import apply_import, receive_extract
    from tenants.selectors import get_school_by_subdomain
    from tests.data.schools import BOOKS, PASSWORD

    for letter, book in BOOKS.items():
        with in_school(get_school_by_subdomain(book.school["Subdomain"])):
            User.objects.update(password=make_password(PASSWORD))
            if letter == "b":
                newcomer = User.objects.get(last_name="Ellery")
                TOTPDevice.objects.filter(user=newcomer).delete()
                newcomer.set_unusable_password()
                newcomer.save()
            packed = extract_for(letter).pack()
            import_id = receive_extract([packed], file_name="extract.zip", source="command", by=SYSTEM)
            apply_import(import_id=import_id)
            done = Import.objects.get(pk=import_id)
            if done.state != "applied":
                raise SystemExit(f"The extract was not applied: {done.faults} {done.warnings}")


if __name__ == "__main__":
    main()
