from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def bring(in_a: Any) -> Callable[..., Any]:
    """Hands an extract in and applies it, all in Ashgrove School; the Import as it then stands."""
    from core.access import SYSTEM
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import apply_import, receive_extract

    def bring(packed: Any, *, at: Any = None) -> Import:
        content = packed if isinstance(packed, bytes) else packed.pack()
        import_id = receive_extract([content], file_name="extract.zip", source="command", by=SYSTEM)
        apply_import(import_id=import_id, at=at)
        return Import.objects.get(pk=import_id)

    return bring
