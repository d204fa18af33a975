from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def change(in_a: Any, client_for: Any, cast: Any) -> Callable[..., Any]:
    """Changes settings as the head does, through the page; what is not named stays as it stands."""

    def post(*, page: str = "/admin/settings/", ok: bool = True, **changes: Any) -> Any:
        from tenant_apps.school_settings.forms import SettingsForm

        form = SettingsForm()
        values = {name: form[name].value() for name in form.fields} | changes
        sent = {
            name: "on" if value is True else value for name, value in values.items() if value is not False
        }
        response = client_for(cast.head).post(page, sent)
        assert response.status_code == (302 if ok else 422), response.content.decode()
        return response

    return post
