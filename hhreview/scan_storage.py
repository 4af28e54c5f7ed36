"""Settings of an S3-compatible store for scans, in place of the media folder."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from hhreview.layout import install

CONNECT_SECONDS = 5
READ_SECONDS = 60
TRIES = 3
CONNECTIONS = 32
"""Kept open by one process: more than its threads."""
_IN_MEMORY = 1 << 24


def scan_storage(*, bucket: str, prefix: str, endpoint: str, region: str, key: str, secret: str) -> dict[str, Any]:
    """Return the entry of STORAGES for this bucket. Raises ImproperlyConfigured if its packages aren't installed."""
    try:
        import storages.backends.s3  # noqa: F401 - only to see that it is there, with boto3
        from botocore.config import Config
    except ImportError as error:
        raise ImproperlyConfigured(
            f"HHREVIEW_STORE_BUCKET is set, but the packages for S3 are missing. Run `{install('s3')}`."
        ) from error
    if bool(key) != bool(secret):
        raise ImproperlyConfigured("Set HHREVIEW_STORE_KEY and HHREVIEW_STORE_SECRET together, or neither.")
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "max_attempts": TRIES},
        max_pool_connections=CONNECTIONS,
        # Servers other than Amazon's may not support checksums that clients send by default.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    options = {
        "bucket_name": bucket,
        "location": prefix.strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "access_key": key or None,
        "secret_key": secret or None,
        "client_config": config,
        "file_overwrite": True,
        "querystring_auth": True,
        "max_memory_size": _IN_MEMORY,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
