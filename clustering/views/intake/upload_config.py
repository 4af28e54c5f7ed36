"""The configuration of the upload page for browser scripts: addresses, limits, and which files are scans."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from clustering.models import Upload
from clustering.sources.folder import IMAGE_SUFFIXES, PACKED

FIRST_CHUNK = 1 << 20
"""Bytes of the first chunk; later ones grow while the line is quick, so that each takes a second or two."""
LARGEST_CHUNK = 16 << 20


def upload_config(upload: Upload | None) -> dict[str, Any]:
    """Return the configuration, with the addresses of an upload if there is one already."""
    config: dict[str, Any] = {
        "suffixes": sorted(IMAGE_SUFFIXES),
        "packed": list(PACKED),
        "mostBytes": settings.MAX_UPLOAD_BYTES,
        "mostFiles": settings.MAX_UPLOAD_FILES,
        "firstChunk": FIRST_CHUNK,
        "largestChunk": LARGEST_CHUNK,
        "shortName": reverse("short-name"),
        "icons": static("img/icons.svg"),
    }
    if upload is not None:
        config |= {
            "page": reverse("upload", args=[upload.key]),
            "files": reverse("upload-files", args=[upload.key]),
            "tus": static("vendor/tus-js-client-4.3.1/tus.min.js"),
            "finish": reverse("upload-finish", args=[upload.key]),
            "abandon": reverse("upload-abandon", args=[upload.key]),
        }
    return config
