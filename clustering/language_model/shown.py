"""Pages as a language model sees them: their text and, if images are sent, a JPEG of moderate size."""

from __future__ import annotations

from io import BytesIO

from clustering.engine.language_model import Endpoint, PageShown
from clustering.files import LARGE, ensure_thumbnail
from clustering.models import Page, Reading

LONG_EDGE = 1024
"""Pixels of the picture's long edge: print of a letter page can still be read, and it takes some 100 kB."""
_QUALITY = 80


def page_shown(page: Page) -> PageShown:
    """Return a page, whose image is made on demand. Its reading must be loaded if it has one."""
    reading: Reading | None = getattr(page, "reading", None)
    return PageShown(reading.text if reading else "", page.sha256, lambda: _picture(page))


def can_be_judged(shown: PageShown, endpoint: Endpoint) -> bool:
    """Whether anything of the page would be sent: without pictures a page that has no text shows nothing."""
    return endpoint.sends_pictures or bool(shown.text.strip())


def _picture(page: Page) -> bytes:
    """Return the image. Raises BadScan or OSError if the scan can't be opened."""
    from PIL import Image

    with Image.open(ensure_thumbnail(page, LARGE)) as image:
        small = image.convert("RGB")
        small.thumbnail((LONG_EDGE, LONG_EDGE))
        out = BytesIO()
        small.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
