"""Brings the photographs of an extract to the pupils, as encrypted documents drawn anew from their pixels.

A photograph that is missing, no picture or far too large is a warning on the pupil; the one the pupil has
stays. The same file again changes nothing. Who has none in the extract any more has none in the school.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.access import Access
from tenant_apps.documents.adapters.photo import MOST_BYTES, as_photo
from tenant_apps.documents.adapters.pictures import NotAPictureError
from tenant_apps.documents.enums import PHOTO_OWNER
from tenant_apps.documents.services import discard_input, receive
from tenant_apps.imports.services.reading import DAMAGED, PHOTO
from tenant_apps.students.services import name_photo, named_photos, warn_of_photos

FOLDER = "photos/"


@dataclass(slots=True)
class Photos:
    """The photographs of one extract on their way in: `check` before the pupils are merged, `bring` after."""

    archive: zipfile.ZipFile
    wanted: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    """The pupils whose photograph is another one: the file's name and its SHA-256, empty for none."""

    def check(self) -> None:
        """Find out which photographs are new, and put warnings on pupils whose photograph is no use."""
        present = set(self.archive.namelist())
        warnings = {}
        for one in named_photos():
            if not one.file:
                self.wanted[one.student_id] = "", ""
            elif FOLDER + one.file not in present:
                # A MIS may name it every night and send the file only when it is another.
                if not one.sha256:
                    warnings[one.student_id] = "photo_missing"
            else:
                try:
                    content = self._read(one.file)
                    sha256 = hashlib.sha256(content).hexdigest()
                    if sha256 != one.sha256:
                        as_photo(content)
                        self.wanted[one.student_id] = one.file, sha256
                except NotAPictureError:
                    warnings[one.student_id] = "photo_unreadable"
        warn_of_photos(warnings)

    def bring(self, *, by: Access, at: datetime) -> int:
        """Store what `check` found to be new; how many pupils have another photograph than before."""
        for student_id, (file, sha256) in self.wanted.items():
            discard_input((PHOTO_OWNER, student_id), by=by, at=at)
            document_id = self._store(student_id, file, by, at) if file else None
            name_photo(student_id=student_id, document_id=document_id, sha256=sha256, by=by, at=at)
        return len(self.wanted)

    def left_over(self) -> list[str]:
        """Photographs in the ZIP that no pupil names."""
        named = {FOLDER + one.file for one in named_photos()}
        found = [name for name in self.archive.namelist() if PHOTO.fullmatch(name) and name not in named]
        if len(found) == 1:
            return ["1 photograph in the ZIP is of no pupil in pupils.csv."]
        return [f"{len(found)} photographs in the ZIP are of no pupil in pupils.csv."] if found else []

    def _store(self, student_id: UUID, file: str, by: Access, at: datetime) -> UUID:
        # Drawn a second time rather than kept: a whole school's pictures would fill the memory.
        picture = as_photo(self._read(file))
        owner = PHOTO_OWNER, student_id
        return receive([picture], name="photo.jpg", owner=owner, by=by, at=at).id

    def _read(self, file: str) -> bytes:
        try:
            with self.archive.open(FOLDER + file) as member:
                return member.read(MOST_BYTES + 1)
        except DAMAGED:
            raise NotAPictureError("The picture is damaged. Save it anew and try again.") from None
