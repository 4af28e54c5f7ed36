"""Whether an export is possible, and whether at once or as a job."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from clustering.exports.checking import Finding, can_be_blocked, check
from clustering.exports.contract import Included, Material
from clustering.exports.format import ExportFormat
from clustering.exports.settings import WrongSettings
from clustering.models import Collection, Group
from clustering.models.page import PageQuerySet
from clustering.sentences import Sentence
from clustering.wording import say, say_of, translated

MOST_PAGES_AT_ONCE = 20_000
"""Pages up to which a format without scans is sent while it is made; larger exports take minutes and become a job."""
MOST_SCANS_AT_ONCE = 1_000


def pages_in(collection: Collection, included: Included) -> int:
    """Return how many pages an export would contain."""
    return _of_documents(collection.pages.all() if included.restricted else collection.pages.unrestricted(), included)


def restricted_in(collection: Collection, included: Included) -> int:
    """Return how many pages of the documents in an export are restricted."""
    return _of_documents(collection.pages.restricted(), included)


def _of_documents(pages: PageQuerySet, included: Included) -> int:
    """Count the pages in documents that are included."""
    pages = pages.filter(group__isnull=False)
    return (pages if included.everything else pages.filter(group__state=Group.State.CONFIRMED)).count()


def at_once(chosen: ExportFormat, pages: int) -> bool:
    """Whether the format is text, which is sent while it is read from the database, at any size."""
    if chosen.write is not None:
        return True
    return pages <= (MOST_SCANS_AT_ONCE if chosen.is_heavy else MOST_PAGES_AT_ONCE)


def blocked(material: Material, chosen: ExportFormat) -> str:
    """Return why no file can be made, or empty; called before the first byte, after which it is too late."""
    if not can_be_blocked(chosen):
        return ""
    report = check(material, [chosen.name], schemas=settings.SCHEMA_FOLDER)[chosen.name]
    stopped = [finding for finding in report.errors if finding.blocks]
    if not stopped:
        return ""
    template = _("%(label)s can’t be exported. %(message)s %(remedy)s")
    message, remedy = translated(finding_message(stopped[0])), _(stopped[0].remedy)
    return template % {"label": _(chosen.label), "message": message, "remedy": remedy}


def finding_message(finding: Finding) -> Sentence:
    """Return the findings as a sentence, translated when shown."""
    message = say_of(finding.template, finding.count) if finding.template else say(finding.message)
    return (
        say("%(said)s The first: %(example)s.", said=message, example=finding.example) if finding.example else message
    )


def wrong_said(error: WrongSettings) -> str:
    """Return what is wrong with a setting, in the current language."""
    return _(error.text) % error.values if error.values else _(error.text)
