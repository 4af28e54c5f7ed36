"""What archives have in common, and how much they differ: where every new collection begins.

One archive is one draw from a family of archives. The family says of each fact how much it speaks for a boundary on
average over archives, how far that varies from one archive to the next, and how often the fact is usually met. A new
collection starts from there (`collection_model`) and moves away as far as its own answers and the spread allow.

The numbers are learned from archives with truth by `bench/family.py`, which also chooses, by archives left out, what is
chosen here. They are shipped in `prior/family.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHIPPED = Path(__file__).parent / "prior" / "family.json"


ALONE = 10.0
"""`Family.elsewhere` where it is not known how archives differ."""


@dataclass(frozen=True, slots=True)
class FactPrior:
    """What the family says of one fact."""

    weight: float
    """Log-odds for a boundary per unit of the fact's value, on average over archives."""
    spread: float
    """Standard deviation of that weight from archive to archive, what is not known of the mean included."""
    typical: float = 0.0
    """Mean of the fact's absolute value over the seams of an archive."""
    ends: float = 0.0
    """The same over the seams between documents."""
    inside: float = 0.0
    """The same over the seams inside documents; 0: not known."""


@dataclass(frozen=True, slots=True)
class Family:
    """The family of archives that a collection is taken to belong to."""

    name: str
    facts: Mapping[str, FactPrior]
    intercept: float
    """Log-odds of a boundary where no fact speaks."""
    intercept_spread: float
    traits_spread: float
    """Standard deviation, in log-odds, of what a page's looks say about its role in a document: 0 leaves looks out."""
    elsewhere: float = ALONE
    """Seams inside other archives' documents that count beside those of a collection, in how often a fact is met
    there."""
    sharpness: float = 1.0
    """By which log-odds are multiplied before any answer: above 1 where archives left out showed that the model is too
    timid."""
    answered_sharpness: float = 1.0
    """The same once the collection has answers of its own."""
    neighbor: float = 0.0
    """Log-odds that each boundary right before or after a seam adds: below 0, since pages seldom stand alone."""
    surprise: float = 0.0
    """How far an answer that nobody would have expected makes doubtful the seams right beside it: errors come in
    pairs."""
    usual_end: float = 0.0
    """Log-odds of a boundary at any seam of a usual archive, whatever the facts say."""
    telling: float = 0.0
    """Standard deviation of the same from archive to archive, as far as the pages tell it before any answer; 0 where
    they are not asked."""
    self_training: float = 0.0
    """Answers that a seam stands for of which the facts are sure, in what it teaches of the looks of pages before any
    answer; 0 where it teaches nothing."""
    usual_strangeness: float = float("inf")
    """Largest strangeness (`collection_model.strangeness`) of a training archive, seen from the others."""
    archives: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Training archives: name, pages, boundaries, SHA-256 over those of the scans."""

    def columns(self, names: Sequence[str]) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return weights, spreads, and usual values (anywhere, between documents, inside them), each (k,), for facts in
        this order.

        A fact that the family does not know weighs nothing and cannot learn: its spread is 0.
        """
        unknown = FactPrior(0.0, 0.0)
        rows = [self.facts.get(name, unknown) for name in names]
        numbers = np.array([astuple(row) for row in rows], dtype=np.float64).reshape(-1, 5)
        return numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3], numbers[:, 4]

    def sized_like(self, other: Family) -> Family:
        """Return the family, how often facts are met between and inside documents taken from another where it tells of
        none: families that were stored before this counted."""
        if any(fact.ends or fact.inside for fact in self.facts.values()):
            return self
        shown = {name: other.facts.get(name, fact) for name, fact in self.facts.items()}
        facts = {
            name: replace(fact, ends=shown[name].ends, inside=shown[name].inside) for name, fact in self.facts.items()
        }
        return replace(self, facts=facts)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, rounded to what matters."""
        return {
            "name": self.name,
            "intercept": round(self.intercept, 4),
            "intercept_spread": round(self.intercept_spread, 4),
            "traits_spread": round(self.traits_spread, 4),
            "elsewhere": round(self.elsewhere, 4),
            "sharpness": round(self.sharpness, 4),
            "answered_sharpness": round(self.answered_sharpness, 4),
            "neighbor": round(self.neighbor, 4),
            "surprise": round(self.surprise, 4),
            "usual_end": round(self.usual_end, 4),
            "telling": round(self.telling, 4),
            "self_training": round(self.self_training, 4),
            "usual_strangeness": round(self.usual_strangeness, 4) if np.isfinite(self.usual_strangeness) else None,
            "archives": [dict(archive) for archive in self.archives],
            "facts": {
                name: {key: round(value, 4) for key, value in asdict(f).items()} for name, f in self.facts.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Family:
        """Read what `to_json` wrote; raises ValueError for anything else."""
        try:
            strangest = stored.get("usual_strangeness")
            return cls(
                name=str(stored["name"]),
                facts={
                    str(name): FactPrior(
                        *(float(f[key]) for key in ("weight", "spread")),
                        *(float(f.get(key, 0.0)) for key in ("typical", "ends", "inside")),
                    )
                    for name, f in stored["facts"].items()
                },
                intercept=float(stored["intercept"]),
                intercept_spread=float(stored["intercept_spread"]),
                traits_spread=float(stored["traits_spread"]),
                elsewhere=float(stored.get("elsewhere", ALONE)),
                sharpness=float(stored.get("sharpness", 1.0)),
                answered_sharpness=float(stored.get("answered_sharpness", stored.get("sharpness", 1.0))),
                neighbor=float(stored.get("neighbor", 0.0)),
                surprise=float(stored.get("surprise", 0.0)),
                usual_end=float(stored.get("usual_end", 0.0)),
                telling=float(stored.get("telling", 0.0)),
                self_training=float(stored.get("self_training", 0.0)),
                usual_strangeness=float("inf") if strangest is None else float(strangest),
                archives=tuple(stored.get("archives", ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                "This is not a family of archives: it needs facts, an intercept and their spreads."
            ) from error


def shipped_family(path: Path = SHIPPED) -> Family:
    """Return the family that comes with the program."""
    return Family.from_json(json.loads(path.read_text(encoding="utf-8")))
