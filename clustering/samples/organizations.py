"""Invented organizations, each with its own letterhead, typewriter, color, and serial."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from clustering.samples.face import Ink
from clustering.samples.language import Writer
from clustering.samples.vocabulary import OFFICES, STREETS, THEMES, TOWNS, Theme

COLORS: tuple[Ink, ...] = (
    (178, 34, 44), (34, 66, 140), (28, 98, 62), (208, 92, 28), (92, 44, 110), (22, 112, 142), (122, 72, 34),
)  # fmt: skip
TYPEWRITERS: tuple[str, ...] = ("pica", "pica", "pica", "elite")
TEXT_FACES: tuple[str, ...] = ("roman", "roman", "baskerville", "grotesque", "slab")
DISPLAY_FACES: tuple[str, ...] = ("gothic", "poster", "grotesque-bold", "baskerville-bold", "slab-bold", "roman-bold")


@dataclass(frozen=True, slots=True)
class Organization:
    """Who makes a document, with habits of paper and type that identify it."""

    name: str
    theme: Theme
    town: str
    street: str
    phone: str
    founded: int
    officers: tuple[tuple[str, str], ...]
    """(name, office) pairs."""
    color: Ink
    typewriter: str
    text_face: str
    display_face: str
    serial: str
    letterhead: int
    """Which letterhead layout it uses, 0 … 3."""
    emblem: int
    """Which drawn emblem it uses, 0 … 5."""

    @property
    def initials(self) -> str:
        """The initials of the name."""
        return "".join(word[0] for word in self.name.split() if word[0].isupper() and word != "The")[:4]

    def writer(self, rng: Random, year: int) -> Writer:
        """Return someone who writes for it in a year."""
        return Writer(self.theme, rng, year=year, town=self.town)


def invent_organization(rng: Random) -> Organization:
    """Make up an organization."""
    theme = rng.choice(THEMES)
    town = rng.choice(TOWNS)
    number = rng.randint(4, 640)
    scribe = Writer(theme, rng, year=1960, town=town)
    offices = rng.sample(OFFICES, 6)
    exchange = rng.choice(("LArkin", "CAnal", "HArbor", "ELgin", "WEntworth"))
    return Organization(
        name=rng.choice(theme.bodies).format(place=town, number=number),
        theme=theme,
        town=town,
        street=f"{rng.randint(3, 480)} {rng.choice(STREETS)}",
        phone=f"{exchange} {rng.randint(2, 9)}-{rng.randint(1000, 9999)}",
        founded=rng.randint(1948, 1979),
        officers=tuple((scribe.person(), office) for office in offices),
        color=rng.choice(COLORS),
        typewriter=rng.choice(TYPEWRITERS),
        text_face=rng.choice(TEXT_FACES),
        display_face=rng.choice(DISPLAY_FACES),
        serial=rng.choice(theme.serials).format(place=town, number=number),
        letterhead=rng.randrange(4),
        emblem=rng.randrange(6),
    )
