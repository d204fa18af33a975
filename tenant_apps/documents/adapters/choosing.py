"""Which store an installation uses: the settings say it."""

from functools import lru_cache

from django.conf import settings

from tenant_apps.documents.adapters.folder import FolderStore
from tenant_apps.documents.adapters.storage import Store, StoreUnavailable


def get_store() -> Store:
    """The store that the settings name: S3 when S3_BUCKET is set, else the folder."""
    if settings.S3_BUCKET:
        return _s3(
            settings.S3_BUCKET,
            settings.S3_ENDPOINT_URL or None,
            settings.S3_REGION,
            settings.S3_ACCESS_KEY_ID or None,
            settings.S3_SECRET_ACCESS_KEY or None,
        )
    if settings.DOCUMENTS_FOLDER:
        return _folder(str(settings.DOCUMENTS_FOLDER))
    raise StoreUnavailable("Neither S3_BUCKET nor DOCUMENTS_FOLDER is set.")


@lru_cache(maxsize=4)
def _folder(path: str) -> Store:
    return FolderStore(path)


@lru_cache(maxsize=4)
def _s3(
    bucket: str, endpoint_url: str | None, region: str, access_key_id: str | None, secret: str | None
) -> Store:
    # boto3 takes long to import, and an installation on a folder never needs it.
    from tenant_apps.documents.adapters.s3 import S3Store

    return S3Store(
        bucket,
        endpoint_url=endpoint_url,
        region=region,
        access_key_id=access_key_id,
        secret_access_key=secret,
    )
