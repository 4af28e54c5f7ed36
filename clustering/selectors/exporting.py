"""Whether an export can be had, and whether at once or as a job."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from clustering.exports.checking import Finding, can_be_blocked, check
from clustering.exports.contract import Material
from clustering.exports.format import ExportFormat
from clustering.exports.settings import WrongSettings
from clustering.models import Collection
from clustering.sentences import Sentence
from clustering.wording import say, say_of, translated

MOST_PAGES_AT_ONCE = 20_000
"""Pages up to which a format without scans is sent as it is made; more take minutes, and become a job."""
MOST_SCANS_AT_ONCE = 1_000


def pages_in(collection: Collection, *, everything: bool, restricted: bool = False) -> int:
    """How many pages an export would hold."""
    pages = collection.pages.all() if restricted else collection.pages.unrestricted()
    pages = pages.filter(group__isnull=False)
    return (pages if everything else pages.filter(group__state="confirmed")).count()


def left_out(collection: Collection, *, everything: bool) -> int:
    """How many pages an export leaves out because they are restricted."""
    pages = collection.pages.restricted().filter(group__isnull=False)
    return (pages if everything else pages.filter(group__state="confirmed")).count()


def at_once(chosen: ExportFormat, pages: int) -> bool:
    """Text is sent as it is read from the database, at any size."""
    if chosen.write is not None:
        return True
    return pages <= (MOST_SCANS_AT_ONCE if chosen.is_heavy else MOST_PAGES_AT_ONCE)


def blocked(material: Material, chosen: ExportFormat) -> str:
    """Why no file can be made, or empty; asked before the first byte, for after it there is no more turning back."""
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
    """Return what was found, as a sentence for readers of every language."""
    message = say_of(finding.template, finding.count) if finding.template else say(finding.message)
    return (
        say("%(said)s The first: %(example)s.", said=message, example=finding.example) if finding.example else message
    )


def wrong_said(error: WrongSettings) -> str:
    """Return what is wrong with a setting, in the language of now."""
    return _(error.text) % error.values if error.values else _(error.text)
