"""The order of documents in a folder: organizations recur, mailings and series are together."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random

from clustering.samples.documents import Commission, Document
from clustering.samples.kinds.booklets import draw_booklet
from clustering.samples.kinds.clippings import draw_clipping
from clustering.samples.kinds.flyers import draw_fact_sheet, draw_flyer, draw_leaflet
from clustering.samples.kinds.forms import draw_card, draw_form, draw_petition
from clustering.samples.kinds.letters import draw_letter, draw_notice
from clustering.samples.kinds.newsletters import draw_newsletter
from clustering.samples.kinds.personal import draw_handwritten, draw_photograph
from clustering.samples.kinds.reprints import draw_programme, draw_reprint
from clustering.samples.kinds.typed import draw_release, draw_report, draw_speech
from clustering.samples.language import title_case
from clustering.samples.organizations import Organization, invent_organization
from clustering.samples.quirks import disturb

Order = Callable[[], Document]
"""One document, drawn when needed."""


class Folder:
    """Plans the documents of one folder, one after another, endlessly."""

    def __init__(self, seed: int, *, scale: float = 1.0) -> None:
        self.seed = seed
        self.scale = scale
        self._rng = Random(f"folder:{seed}")
        self._pool = [invent_organization(self._rng) for _ in range(5)]
        self._drawn = 0

    def _commission(self, org: Organization, day: datetime.date) -> Commission:
        self._drawn += 1
        return Commission(org, Random(f"{self.seed}:{self._drawn}"), day, self.scale)

    def _organization(self) -> Organization:
        """Choose mostly one of the few that fill this folder, sometimes a new one."""
        if self._rng.random() < 0.06:
            self._pool[self._rng.randrange(len(self._pool))] = invent_organization(self._rng)
        return self._rng.choice(self._pool)

    def _day(self, org: Organization) -> datetime.date:
        first = datetime.date(org.founded, 1, 1)
        return first + datetime.timedelta(days=self._rng.randint(0, 12 * 365))

    def _single(self, draw: Callable[[Commission], Document]) -> Iterator[Order]:
        org = self._organization()
        order = self._commission(org, self._day(org))
        yield partial(draw, order)

    def _issues(self) -> Iterator[Order]:
        """Yield several issues of one serial."""
        org = self._organization()
        day, number = self._day(org), self._rng.randint(1, 20)
        for i in range(self._rng.choice((1, 2, 2, 3, 4))):
            order = self._commission(org, day + datetime.timedelta(days=14 * i))
            yield partial(draw_newsletter, order, issue=number + i)

    def _facts(self) -> Iterator[Order]:
        """Yield fact sheets of one series."""
        org = self._organization()
        day = self._day(org)
        programme = self._rng.choice(("A Positive Program", "Facts to Act On", "A Plan", "Legislative Notes"))
        series = title_case(f"{programme} for {org.town}")
        numbers = self._rng.sample(range(1, 15), self._rng.choice((2, 3, 4, 6)))
        for number in numbers:
            order = self._commission(org, day)
            yield partial(draw_fact_sheet, order, series=series, number=number, stock_seed=f"{series}:{org.name}")

    def _correspondence(self) -> Iterator[Order]:
        """Yield letters under one letterhead and carbons of the answers."""
        org = self._organization()
        day = self._day(org)
        for i in range(self._rng.choice((1, 2, 3, 4))):
            order, carbon = self._commission(org, day + datetime.timedelta(days=9 * i)), self._rng.random() < 0.3
            yield partial(draw_letter, order, carbon=carbon)

    def _mailing(self) -> Iterator[Order]:
        """Yield a letter with loose enclosures."""
        org = self._organization()
        day = self._day(org)
        first = self._commission(org, day)
        yield partial(draw_letter, first, length=3)
        for draw in self._rng.sample((draw_form, draw_fact_sheet, draw_card, draw_flyer), self._rng.choice((1, 2))):
            order = self._commission(org, day)
            yield partial(_enclosed, draw, order)

    def _copies(self) -> Iterator[Order]:
        """Yield duplicate copies, scanned twice."""
        org = self._organization()
        draw = self._rng.choice((draw_flyer, draw_release, draw_fact_sheet, draw_card, draw_notice))
        order = self._commission(org, self._day(org))
        state = order.rng.getstate()

        def again() -> Document:
            order.rng.setstate(state)
            return draw(order)

        for _ in range(self._rng.choice((2, 2, 3))):
            yield again

    def _bundles(self) -> Iterator[Order]:
        """Yield documents that belong together, forever."""
        singles: tuple[tuple[Callable[[Commission], Document], int], ...] = (
            (draw_flyer, 12), (draw_leaflet, 5), (draw_booklet, 15), (draw_speech, 8), (draw_report, 6),
            (draw_reprint, 4), (draw_release, 6), (draw_form, 4), (draw_petition, 3), (draw_card, 4),
            (draw_clipping, 6), (draw_notice, 3), (draw_handwritten, 3), (draw_photograph, 1), (draw_programme, 2),
        )  # fmt: skip
        draws, weights = zip(*singles, strict=True)
        bundles = (self._issues, self._facts, self._correspondence, self._mailing, self._copies)
        while True:
            if self._rng.random() < 0.74:
                yield from self._single(self._rng.choices(draws, weights)[0])
            else:
                yield from self._rng.choices(bundles, (5, 3, 4, 3, 1.5))[0]()

    def orders(self) -> Iterator[Order]:
        """Yield orders for all documents in scan order; planning draws nothing, so a process can start anywhere."""
        for order in self._bundles():
            yield partial(_laid, order, Random(f"{self.seed}:lay:{self._rng.random()}"))

    def documents(self) -> Iterator[Document]:
        """Yield all documents in scan order; the first n don't depend on how many follow."""
        return (order() for order in self.orders())


def _enclosed(draw: Callable[[Commission], Document], order: Commission) -> Document:
    """Return a loose enclosure of the mailing before it."""
    return replace(draw(order), loose=True)


def _laid(order: Order, chance: Random) -> Document:
    """Return the document as it lay on the scanner."""
    return disturb(order(), chance)
