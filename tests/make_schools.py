"""Fills a migrated database with the two schools of the tests, through the real provisioning. Runs as the
owner.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from core.db.clock import now
    from core.outbox.models import OutboxEntry
    from core.tenancy import in_school
    from shared_apps.people.models import User
    from tenants.provisioning import provision
    from tenants.setup_sheet import read_setup_sheet
    from tests.data.schools import BOOKS, CAST, PASSWORD, TOTP_KEY, WITH_KEY

    surnames = {last for part, _, _, last, _ in CAST if part in WITH_KEY}
    with tempfile.TemporaryDirectory() as folder:
        for letter, book in BOOKS.items():
            sheet = read_setup_sheet(book.write(Path(folder) / f"{letter}.xlsx"))
            school = provision(sheet).school
            with in_school(school):
                # The welcome mails are sent, so that a test finds only the debts it made.
                OutboxEntry.objects.update(done_at=now())
                User.objects.update(password=make_password(PASSWORD))
                for user in User.objects.filter(last_name__in=surnames):
                    TOTPDevice.objects.create(user=user, name="Phone", key=TOTP_KEY, confirmed=True)


if __name__ == "__main__":
    main()
