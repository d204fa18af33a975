"""The web process: proves its way to the database, then serves."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from core.tenancy.proof import prove_search_path  # noqa: E402 -- needs the apps, which the line above loads

# Refuses to serve when two connections see each other's school (a pooler in transaction mode does that).
prove_search_path()
