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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHIPPED = Path(__file__).parent / "prior" / "family.json"


@dataclass(frozen=True, slots=True)
class FactPrior:
    """What the family says of one fact."""

    weight: float
    """Log-odds for a boundary per unit of the fact's value, on average over archives."""
    spread: float
    """Standard deviation of that weight from archive to archive, what is not known of the mean included."""
    typical: float = 0.0
    """Mean of the fact's absolute value over the seams of an archive."""


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
    commonness: float = 1.0
    """How far a fact that is met more often here than elsewhere loses its word: its weight counts (typical / mean here)
    to this power."""
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

    def columns(self, names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """Return weights, spreads and typical values, each (k,), for facts in this order.

        A fact that the family does not know weighs nothing and cannot learn: its spread is 0.
        """
        unknown = FactPrior(0.0, 0.0)
        rows = [self.facts.get(name, unknown) for name in names]
        return (
            np.array([row.weight for row in rows], dtype=np.float64),
            np.array([row.spread for row in rows], dtype=np.float64),
            np.array([row.typical for row in rows], dtype=np.float64),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, rounded to what matters."""
        return {
            "name": self.name,
            "intercept": round(self.intercept, 4),
            "intercept_spread": round(self.intercept_spread, 4),
            "traits_spread": round(self.traits_spread, 4),
            "commonness": round(self.commonness, 4),
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
                name: {"weight": round(f.weight, 4), "spread": round(f.spread, 4), "typical": round(f.typical, 4)}
                for name, f in self.facts.items()
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
                    str(name): FactPrior(float(f["weight"]), float(f["spread"]), float(f.get("typical", 0.0)))
                    for name, f in stored["facts"].items()
                },
                intercept=float(stored["intercept"]),
                intercept_spread=float(stored["intercept_spread"]),
                traits_spread=float(stored["traits_spread"]),
                commonness=float(stored.get("commonness", 1.0)),
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
