"""Decide which files become pages: the rows of one chunk of an import, and sentences about skipped files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.db.models import Max

from clustering import store
from clustering.actions.reimport import SCAN_FIELDS
from clustering.files import original_path
from clustering.jobs.stages.taking import FilePart, Taken
from clustering.models import Collection, Job, JobProblem, Page
from clustering.sources.contract import MOST_LETTERS, ScanFile, Skipped
from clustering.sources.folder import is_of_a_system, printable
from clustering.wording import say

MOST_SKIPPED_NAMED = 100
"""Files that aren't images are named up to this number, so that 50,000 text files don't fill the report."""


@dataclass(slots=True)
class Rows:
    """The rows of one chunk, before they are written."""

    pages: list[Page] = field(default_factory=list)
    replaced: list[Page] = field(default_factory=list)
    problems: list[JobProblem] = field(default_factory=list)
    known: int = 0
    refused: int = 0
    late: int = 0

    def refuse(self, job: Job, name: str, sentence: str) -> None:
        """Report a file that is skipped."""
        self.refused += 1
        self.problems.append(JobProblem(job=job, filename=name[-500:], message=sentence))


def known_among(collection: Collection, prints: Iterable[Taken]) -> set[ScanFile]:
    """Return the files whose content and identifier are already on one page of the collection."""
    wanted = list(prints)
    there = pairs_there(collection, [taken.sha256 for taken in wanted])
    return {taken.file for taken in wanted if (taken.sha256, taken.file.identifier) in there}


def lost_among(collection: Collection, prints: Iterable[Taken]) -> list[ScanFile]:
    """Return those known files whose content is missing from the disk: importing them restores it.

    A remote store isn't checked.
    """
    wanted = {taken.sha256: taken.file for taken in prints}
    if store.is_elsewhere():
        return []
    there = collection.pages.filter(sha256__in=wanted).values_list("sha256", "media_type")
    return [wanted[sha256] for sha256, kind in there if not original_path(sha256, kind).exists()]


def pairs_there(collection: Collection, contents: list[str]) -> set[tuple[str, str]]:
    """Return (SHA-256, identifier) of the collection's pages with one of these contents."""
    return set(collection.pages.filter(sha256__in=contents).values_list("sha256", "identifier"))


def enter(
    rows: Rows,
    job: Job,
    parts: list[FilePart],
    *,
    is_late: Callable[[ScanFile], bool],
    replaces: Mapping[int, str],
) -> None:
    """Decide on each page, and add it, or a sentence about it, to the rows.

    `replaces` maps the ids of pages that get new content to its SHA-256.
    """
    pages = job.collection.pages
    position: int = pages.aggregate(last=Max("position"))["last"] or 0
    identifiers = [part.file.identifier for part in parts]
    by_identifier = {page.identifier: page for page in pages.filter(identifier__in=identifiers)}
    contents = [part.taken.sha256 for part in parts if part.taken is not None]
    by_content = {page.sha256: page for page in pages.filter(sha256__in=contents).order_by("-position")}
    for part in parts:
        file, taken = part.file, part.taken
        if taken is None:
            rows.known += 1
            continue
        holder = by_identifier.get(file.identifier)
        if holder is not None and taken.sha256 and replaces.get(holder.pk) == taken.sha256:
            rows.replaced.append(_renewed(holder, taken))
            part.sha256 = taken.sha256
            continue
        refusal = taken.refusal or _clash(file, holder)
        if refusal:
            rows.refuse(job, file.name, refusal)
            continue
        position += 1
        page = _page(job.collection, position, taken)
        rows.pages.append(page)
        rows.problems.extend(_warnings(job, page, taken, by_content.get(taken.sha256)))
        rows.late += is_late(file)
        by_identifier[page.identifier] = page
        by_content.setdefault(page.sha256, page)
        part.sha256 = page.sha256


def _clash(file: ScanFile, holder: Page | None) -> str:
    if holder is None:
        return ""
    remedy = (
        say("Import it into a separate collection.")
        if file.address
        else say("Rename the file, or import its folder into a separate collection.")
    )
    return say(
        "%(file)s has the identifier %(identifier)s, which page %(position)s (%(holder)s) already has with other "
        "content. %(remedy)s",
        file=file.name,
        identifier=file.identifier,
        position=holder.position,
        holder=holder.filename,
        remedy=remedy,
    )


def _renewed(page: Page, taken: Taken) -> Page:
    for name in SCAN_FIELDS:
        if name != "filename":
            setattr(page, name, getattr(taken, name))
    page.filename = taken.file.name[-500:]
    return page


def _page(collection: Collection, position: int, taken: Taken) -> Page:
    return Page(
        collection=collection,
        position=position,
        identifier=taken.file.identifier,
        pid=printable(taken.file.pid)[:MOST_LETTERS],
        label=printable(" ".join(taken.file.label.split()))[:MOST_LETTERS],
        filename=taken.file.name[-500:],
        sha256=taken.sha256,
        size_bytes=taken.size_bytes,
        media_type=taken.media_type,
        width=taken.width,
        height=taken.height,
        paper=taken.paper,
        placeholder=taken.placeholder,
    )


def _warnings(job: Job, page: Page, taken: Taken, twin: Page | None) -> list[JobProblem]:
    sentences: list[str] = []
    if twin is not None:
        sentences.append(
            say(
                "%(file)s has the same content as %(twin)s (page %(position)s). Both were imported. If one is there by "
                "mistake, mark it as not a document.",
                file=page.filename,
                twin=twin.filename,
                position=twin.position,
            )
        )
    if taken.warning:
        sentences.append(taken.warning)
    if taken.file.is_shortened:
        sentences.append(
            say(
                "The name of %(file)s is longer than an identifier can be. The page was imported as %(identifier)s.",
                file=page.filename,
                identifier=page.identifier,
            )
        )
    if taken.file.is_escaped:
        sentences.append(
            say(
                "The name of %(file)s has characters that can’t be shown. The page was imported under this spelling, "
                "with a code such as \\xe9 for each of them. Its content is complete.",
                file=page.filename,
            )
        )
    # A camera's JPEG contains its preview, and a TIFF smaller copies; the pages of a TIFF are separate by now.
    if taken.frames > 1 and taken.media_type not in {"image/mpo", "image/tiff"}:
        sentences.append(
            say(
                "%(file)s holds %(count)s images; only the first was imported. Split the file into one image per page "
                "to import them all.",
                file=page.filename,
                count=taken.frames,
            )
        )
    return [JobProblem(job=job, page=page, filename=page.filename, message=s, is_warning=True) for s in sentences]


def reasons_of(skipped: Iterable[Skipped]) -> Iterator[tuple[str, str]]:
    """Yield (name, sentence) for what a source skipped: each by its name, or the first and last of very many.

    Files that operating systems create, such as .DS_Store, are only counted.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    visible = [skip for skip in skipped if not is_of_a_system(skip.name.rsplit("/", 1)[-1])]
    for skip in visible[:MOST_SKIPPED_NAMED]:
        yield skip.name, _skipped(skip.name, skip.reason)
    for skip in visible[MOST_SKIPPED_NAMED:]:
        kinds.setdefault((PurePosixPath(skip.name).suffix.lower(), skip.reason), []).append(skip.name)
    for (suffix, reason), names in kinds.items():
        span = {"first": names[0], "last": names[-1], "reason": reason}
        if len(names) == 1:
            yield names[0], _skipped(names[0], reason)
        elif suffix:
            yield (
                "",
                say(
                    "%(count)s more %(kind)s files were skipped, from %(first)s to %(last)s. %(reason)s",
                    count=len(names),
                    kind=suffix,
                    **span,
                ),
            )
        else:
            yield (
                "",
                say(
                    "%(count)s more files were skipped, from %(first)s to %(last)s. %(reason)s",
                    count=len(names),
                    **span,
                ),
            )


def _skipped(name: str, reason: str) -> str:
    return say("%(file)s was skipped. %(reason)s", file=name, reason=reason)
