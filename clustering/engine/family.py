"""The prior that archives share, and how much archives differ: the start of every new collection.

Each archive is a draw from a family of archives. For each fact, the family has the mean weight over archives, how much
the weight varies between them, and how common the fact usually is. A new collection starts there (`collection_prior`)
and moves away as far as its own answers and the spread allow.

`bench/family.py` learns these numbers from archives with known documents, and chooses settings by leaving archives out.
They are shipped in `prior/family.json`.
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
"""`Family.elsewhere` if differences between archives are unknown."""


@dataclass(frozen=True, slots=True)
class FactPrior:
    """The family's knowledge of one fact."""

    weight: float
    """Log-odds of a boundary per unit of the fact's value, mean over archives."""
    spread: float
    """Standard deviation of the weight between archives, including the uncertainty of the mean."""
    typical: float = 0.0
    """Mean absolute value of the fact over the seams of an archive."""
    ends: float = 0.0
    """The same over the seams between documents."""
    inside: float = 0.0
    """The same over the seams inside documents; 0: unknown."""


@dataclass(frozen=True, slots=True)
class Family:
    """The family of archives that a collection is assumed to belong to."""

    name: str
    facts: Mapping[str, FactPrior]
    intercept: float
    """Log-odds of a boundary if all facts are 0."""
    intercept_spread: float
    traits_spread: float
    """Standard deviation, in log-odds, of what a page's looks say about its place in a document; 0 ignores looks."""
    elsewhere: float = ALONE
    """Weight, in seams, of the other archives when estimating how common a fact is inside this collection's
    documents."""
    sharpness: float = 1.0
    """Factor on log-odds before any answer; above 1 if the model was too timid on archives left out."""
    answered_sharpness: float = 1.0
    """The same once the collection has answers."""
    neighbor: float = 0.0
    """Log-odds that each boundary right before or after a seam adds; negative, since pages are seldom alone."""
    surprise: float = 0.0
    """How much an unexpected answer makes the seams next to it doubtful, since errors come in pairs."""
    usual_end: float = 0.0
    """Log-odds of a boundary at any seam of a usual archive."""
    telling: float = 0.0
    """Standard deviation of `usual_end` between archives; 0 doesn't estimate it from the pages."""
    self_training: float = 0.0
    """Answers that a certain seam counts for when the looks of pages are learned before any answer; 0 doesn't learn
    them."""
    usual_strangeness: float = float("inf")
    """Largest strangeness (`collection_prior.strangeness`) of a training archive, relative to the others."""
    archives: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Training archives: name, pages, boundaries, SHA-256 over the hashes of their scans."""

    def columns(self, names: Sequence[str]) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return weights, spreads, and usual sizes (anywhere, between documents, inside them), each (k,), of these
        facts.

        A fact that the family doesn't know has weight and spread 0, so it counts nothing and can't learn.
        """
        unknown = FactPrior(0.0, 0.0)
        rows = [self.facts.get(name, unknown) for name in names]
        numbers = np.array([astuple(row) for row in rows], dtype=np.float64).reshape(-1, 5)
        return numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3], numbers[:, 4]

    def sized_like(self, other: Family) -> Family:
        """Return the family with sizes between and inside documents from another one if it has none, as older ones
        do."""
        if any(fact.ends or fact.inside for fact in self.facts.values()):
            return self
        shown = {name: other.facts.get(name, fact) for name, fact in self.facts.items()}
        facts = {
            name: replace(fact, ends=shown[name].ends, inside=shown[name].inside) for name, fact in self.facts.items()
        }
        return replace(self, facts=facts)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, rounded."""
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
        """Read what `to_json` wrote. Raises ValueError for anything else."""
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
    """Return the family that comes with hhreview."""
    return Family.from_json(json.loads(path.read_text(encoding="utf-8")))
