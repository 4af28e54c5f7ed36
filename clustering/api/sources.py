"""Sources of scans, as scripts name them."""

from __future__ import annotations

from django.conf import settings

from clustering.jobs.sourcing import Source, check_source
from clustering.journal.errors import Refused
from clustering.sources.contract import NoSource


def source_named(text: str) -> Source:
    """Check and return a source. Folders must be in those open to imports. Raises Refused."""
    try:
        return check_source(text, roots=settings.IMPORT_ROOTS)
    except NoSource as error:
        raise Refused(str(error)) from error
