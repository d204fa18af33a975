"""The two kinds of store, each a real one."""

import pytest

from ops.supervisor.servers import S3Server
from tenant_apps.documents.adapters.folder import FolderStore
from tenant_apps.documents.adapters.s3 import S3Store


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def folder_store(tmp_path):
    return FolderStore(str(tmp_path / "documents"))


@pytest.fixture
def s3_store(s3_server):
    return S3Store(
        s3_server.bucket,
        endpoint_url=s3_server.endpoint,
        region="us-east-1",
        access_key_id=s3_server.access_key,
        secret_access_key=s3_server.secret_key,
    )


@pytest.fixture(params=["folder", "s3"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
