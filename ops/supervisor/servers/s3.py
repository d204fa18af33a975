"""The S3 store."""

import contextlib
import functools
import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from ops.supervisor.network import LOOPBACK, accepts, free_ports
from ops.supervisor.servers.server import Server


class S3Server(Server):
    """An S3 store with one bucket and one pair of keys."""

    name = "s3"

    def __init__(
        self,
        data_dir: Path,
        *,
        bucket: str = "documents",
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        self.data_dir = data_dir.absolute()
        self.bucket = bucket
        self.access_key = secrets.token_hex(10)
        self.secret_key = secrets.token_urlsafe(30)
        self.ports = dict(
            zip(
                (
                    "s3.port",
                    "s3.port.grpc",
                    "s3.port.iceberg",
                    "s3.port.lance",
                    "master.port",
                    "master.port.grpc",
                    "volume.port",
                    "volume.port.grpc",
                    "filer.port",
                    "filer.port.grpc",
                    "admin.port",
                    "admin.port.grpc",
                    "metricsPort",
                ),
                free_ports(13),
                strict=True,
            )
        )

    @property
    def endpoint(self) -> str:
        """Return the address for S3_ENDPOINT_URL."""
        return f"http://{LOOPBACK}:{self.ports['s3.port']}"

    @property
    def _keys_file(self) -> Path:
        return self.data_dir / "keys.json"

    def prepare(self) -> None:
        """Write the keys into a file that only its owner reads."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._keys_file.unlink(missing_ok=True)
        self._keys_file.touch(mode=0o600)
        identity = {
            "name": "product",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        self._keys_file.write_text(json.dumps({"identities": [identity]}))

    def command(self) -> list[str]:
        """Return the store's command line."""
        binary = Path(sys.executable).parent / "weed"
        return [
            str(binary),
            "mini",
            f"-dir={self.data_dir / 'store'}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            f"-s3.config={self._keys_file}",
            "-admin.ui=false",
            "-webdav=false",
            *(f"-{name}={port}" for name, port in self.ports.items()),
        ]

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for its answer."""
        (self.data_dir / "store").mkdir(parents=True, exist_ok=True)
        return super().launch()

    def client(self) -> Any:
        """Return a boto3 client that does not retry."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5),
        )

    @functools.cached_property
    def _probe(self) -> Any:
        # One for all questions: making a client reads megabytes of service descriptions.
        return self.client()

    def answers(self) -> bool:
        """Tell whether an object can be stored: the store listens a little before it can."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not accepts(self.ports["s3.port"]):
            return False
        client = self._probe
        try:
            client.put_object(Bucket=self.bucket, Key="ready", Body=b"ready")
            client.delete_object(Bucket=self.bucket, Key="ready")
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                with contextlib.suppress(BotoCoreError, ClientError):
                    client.create_bucket(Bucket=self.bucket)
            return False
        except BotoCoreError:
            return False
        return True

    def stop(self, seconds: float = 0.5) -> None:
        """Stop; its own orderly stop takes long and saves nothing that an answered request has not saved."""
        super().stop(seconds)
