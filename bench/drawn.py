"""Draw small archives of one kind each, with `images/` and `truth.csv`, for `bench/archives.py` and `bench/family.py`.

    python bench/drawn.py FOLDER [--seed N] [--pages N] [KIND ...]

The same kind and seed give the same scans. Kinds: letters with their envelopes behind or in front, newsletters, forms,
cards, clippings, leaflets, bifolios, minutes, and a mixed folder as `manage.py make_sample` draws it.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clustering.samples.documents import Commission, Document, bound_sides
from clustering.samples.kinds.clippings import draw_clipping
from clustering.samples.kinds.envelopes import envelope_of
from clustering.samples.kinds.flyers import draw_fact_sheet, draw_flyer, draw_leaflet
from clustering.samples.kinds.forms import draw_card, draw_form, draw_petition
from clustering.samples.kinds.letters import draw_letter
from clustering.samples.kinds.newsletters import draw_newsletter
from clustering.samples.kinds.personal import draw_handwritten
from clustering.samples.kinds.typed import draw_release, draw_report
from clustering.samples.organizations import Organization, invent_organization
from clustering.samples.planning import Folder
from clustering.samples.quirks import disturb
from clustering.samples.scanning import BEDS, scan, wear_of

PAGES = 60
ENVELOPED = 0.85
"""Share of letters that kept their envelope."""
Draw = Callable[[Commission], Document]


def _days(rng: Random, org: Organization) -> Iterator[datetime.date]:
    """Yield days, a few weeks apart."""
    day = datetime.date(org.founded, 1, 1) + datetime.timedelta(days=rng.randint(0, 3000))
    while True:
        yield day
        day += datetime.timedelta(days=rng.randint(3, 40))


def _each(*draws: Draw, organizations: int = 2) -> Callable[[int], Iterator[Document]]:
    """Return a function that draws documents of a few organizations, in no order."""

    def documents(seed: int) -> Iterator[Document]:
        rng = Random(f"drawn:{seed}")
        orgs = [invent_organization(rng) for _ in range(organizations)]
        days = _days(rng, orgs[0])
        for number in count():
            yield rng.choice(draws)(Commission(rng.choice(orgs), Random(f"{seed}:{number}"), next(days)))

    return documents


def _letters(*, in_front: bool) -> Callable[[int], Iterator[Document]]:
    """Return a function that draws letters of two correspondents, most with their envelope after or before them."""

    def documents(seed: int) -> Iterator[Document]:
        rng = Random(f"letters:{seed}")
        orgs = [invent_organization(rng) for _ in range(2)]
        by_hand, backs = rng.choice((0.2, 0.5, 0.9)), rng.random() < 0.4
        days = _days(rng, orgs[0])
        for number in count():
            c = Commission(rng.choice(orgs), Random(f"{seed}:{number}"), next(days))
            is_hand = rng.random() < by_hand
            letter = draw_handwritten(c) if is_hand else draw_letter(c, length=rng.choice((2, 4, 6, 9, 14, 20)))
            if rng.random() < ENVELOPED:
                letter = _enveloped(c, letter, in_front=in_front, back=backs)
            yield letter

    return documents


def _enveloped(c: Commission, letter: Document, *, in_front: bool, back: bool) -> Document:
    named = letter.title.rsplit(" to ", 1)[1].rsplit(", ", 2)[0]
    addressee = c.writer.person() if named == "Friend" else named
    printed = (c.organization.name, c.organization.street, c.organization.town)
    sender = () if "by hand" in letter.title and c.rng.random() < 0.6 else printed
    around = envelope_of(c, letter, sender, addressee, back=back)
    return replace(letter, sides=(*around, *letter.sides) if in_front else (*letter.sides, *around))


def _newsletters(*, numbered: bool) -> Callable[[int], Iterator[Document]]:
    """Return a function that draws issues of one to five pages of two serials, one serial after the other."""

    def documents(seed: int) -> Iterator[Document]:
        rng = Random(f"newsletters:{seed}")
        while True:
            org = invent_organization(rng)
            days, first = _days(rng, org), rng.randint(1, 20)
            for i in range(12):
                c = Commission(org, Random(f"{seed}:{org.name}:{i}"), next(days))
                pages = rng.choice((1, 2, 2, 3, 4, 4, 5))
                yield draw_newsletter(c, issue=first + i, pages=pages, numbered=numbered)

    return documents


def _bifolios(seed: int) -> Iterator[Document]:
    """Draw handwritten letters on folded sheets: front, both inner pages at once, back."""
    rng = Random(f"bifolios:{seed}")
    orgs = [invent_organization(rng) for _ in range(2)]
    days = _days(rng, orgs[0])
    for number in count():
        letter = draw_handwritten(Commission(rng.choice(orgs), Random(f"{seed}:{number}"), next(days)))
        faces = [side.panels[0] for side in letter.sides]
        if len(faces) >= 3:
            blank = replace(faces[0], plates=())
            faces = [*faces[:4], *[blank] * (4 - len(faces[:4]))]
            letter = replace(letter, sides=bound_sides(faces, letter.sides[0].stock))
        yield letter


def _mixed(seed: int) -> Iterator[Document]:
    return Folder(seed).documents()


KINDS: dict[str, Callable[[int], Iterator[Document]]] = {
    "letters-behind": _letters(in_front=False),
    "letters-front": _letters(in_front=True),
    "newsletters-numbered": _newsletters(numbered=True),
    "newsletters-plain": _newsletters(numbered=False),
    "forms": _each(draw_form, draw_form, draw_form, draw_petition),
    "cards": _each(draw_card, organizations=3),
    "clippings": _each(draw_clipping),
    "leaflets": _each(draw_flyer, draw_fact_sheet, draw_leaflet, organizations=4),
    "bifolios": _bifolios,
    "minutes": _each(draw_report, draw_release, organizations=1),
    "mixed": _mixed,
}


def draw_archive(folder: Path, kind: str, *, seed: int, pages: int = PAGES) -> None:
    """Draw whole documents of a kind until there are so many pages."""
    images = folder / "images"
    images.mkdir(parents=True)
    rows: list[tuple[str, str, int, str, str]] = []
    bed = Random(f"{seed}:{kind}").choice(BEDS)
    for number, drawn in enumerate(KINDS[kind](seed)):
        chance = Random(f"{seed}:{kind}:{number}")
        document = drawn if kind == "mixed" else disturb(drawn, chance)
        wear = replace(wear_of(document, chance), bed=bed)
        for at, side in enumerate(document.sides):
            name = f"{kind}_{seed}_{len(rows) + 1:04d}"
            scan(side, at, wear, chance, scale=1.0).save(images / f"{name}.jpg", "JPEG", quality=80)
            start = "?" if not at and document.loose else str(int(not at))
            rows.append((name, start, number, document.kind, document.title if not at else ""))
        if len(rows) >= pages:
            break
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(("identifier", "start", "document", "kind", "title"))
        table.writerows(rows)


def main() -> None:
    """Draw the requested archives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), metavar="KIND")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=PAGES)
    args = parser.parse_intermixed_args()
    for kind in args.kinds:
        draw_archive(args.folder / f"{kind}-{args.seed}", kind, seed=args.seed, pages=args.pages)


if __name__ == "__main__":
    main()
