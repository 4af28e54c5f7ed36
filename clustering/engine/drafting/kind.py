"""Draft the kind of a document with a small linear model over readable cues.

The score of a kind is its `START` plus the weight of each cue times its strength; the softmax over all kinds is the
confidence. The weights are log-odds set by hand from what defines a genre, then tested on real scans. They are few and
round on purpose, so that they fit other archives too and can be discussed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from clustering.engine.drafting.cues import SHAPE, Cues, observe
from clustering.engine.drafting.layout import SeenPage
from clustering.engine.records import Drafted

KINDS = (
    "flyer", "letter", "memorandum", "telegram", "press release", "newsletter", "report", "booklet", "speech",
    "clipping", "form", "card", "manuscript", "other",
)  # fmt: skip

AAT = "http://vocab.getty.edu/aat/"
KIND_TERMS: Mapping[str, str] = {
    "flyer": AAT + "300224742",
    "letter": AAT + "300026879",
    "memorandum": AAT + "300026906",
    "telegram": AAT + "300026909",
    "press release": AAT + "300026437",
    "newsletter": AAT + "300026652",
    "report": AAT + "300027267",
    "booklet": AAT + "300311670",
    "speech": AAT + "300026671",
    "clipping": AAT + "300026867",
    "form": AAT + "300049060",
    "card": AAT + "300026756",
    "manuscript": AAT + "300028569",
    "other": "",
}
"""Getty Art & Architecture Thesaurus: fliers (printed matter), letters (correspondence), memorandums, telegrams, press
releases, newsletters, reports, booklets, speeches (documents), clippings (information artifacts), forms (documents),
cards (information artifacts), manuscripts (document genre)."""

START: Mapping[str, float] = {
    "flyer": 0.3, "letter": -1.5, "press release": -2.5, "newsletter": -1.5, "report": -1.5, "booklet": -1.0,
    "speech": -2.5, "clipping": -2.5, "form": -1.8, "card": -2.5, "other": -0.5, "memorandum": -2.0, "telegram": -2.8,
    "manuscript": -2.0,
}  # fmt: skip
"""How common each kind is in archives, in log-odds, before any cue."""

WORTH = 4.0
"""How many described documents START counts as. Set by hand to a power of two: with less, kinds in a mixed collection
are drafted wrong; with more, a collection of one kind is learned more slowly."""
SHAPE_ALONE = 0.45
"""Greatest probability of a kind for which only the shape of the pages speaks: less than even odds, since such
documents are often of a kind that none of these names."""
LEAST_KEPT = 0.001
"""Least probability of a kind that is stored with a draft; thousands of drafts are stored."""
_AND_HERE = "; "

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "flyer": {
        "one leaf": 0.8, "three images": 0.6, "display type": 0.8, "an appeal": 1.2, "a fact sheet": 2.6,
        "a cover": 0.3, "spreads": 0.4, "a narrow format": 0.5, "four pages and more": -2.0, "a salutation": -1.0,
        "a publication number or price": 0.4, "no words": -0.5, "an issue number and date at the head": -2.0,
        "continued on another page": -1.5, "a date at the very top": -0.8, "newspaper columns to the edge": -1.0,
        "a byline": -0.6, "signatures asked for": -1.0,
    },
    "letter": {
        "a salutation": 3.0, "a closing and signature": 2.2, "a letterhead with officers": 1.6, "one leaf": 0.5,
        "a date line of a letter": 1.5, "one typed column": 0.5, "calls itself a letter": 1.5, "columns": -1.8,
        "four pages and more": -1.5, "blanks to fill in": -0.6, "display type": -0.4, "an agenda or list": -0.6,
        "a blank in the salutation": -2.0, "few words": -0.6, "the head of a memorandum": -1.0,
        "calls itself a memorandum": -1.5,
    },
    "memorandum": {
        "calls itself a memorandum": 3.4, "the head of a memorandum": 2.4, "one typed column": 0.5, "one leaf": 0.3,
        "a salutation": -1.5, "columns": -1.0, "display type": -0.4, "a serial's name": -0.4,
        "an issue number and date at the head": -2.0, "a release line": -1.0,
    },
    "telegram": {"calls itself a telegram": 4.5, "one leaf": 0.5, "a salutation": -0.5, "columns": -1.0},
    "press release": {"a release line": 4.5, "an end mark": 1.0, "one typed column": 0.5},
    "newsletter": {
        "an issue number and date at the head": 3.4, "a date at the very top": 1.6, "a serial's name": 1.2,
        "continued on another page": 1.2, "columns": 0.6, "a page full of text": 0.6, "a salutation": -1.0,
        "a fact sheet": -2.5, "many pages": -1.5, "a narrow format": -0.8,
    },
    "report": {
        "a byline": 1.2, "a reprint": 1.4, "the words of a report": 1.5, "columns": 0.8, "a page full of text": 0.6,
        "letter format": 0.6, "four pages and more": 0.8, "three images": 0.4, "many pages": 0.4, "one leaf": -1.0,
        "an issue number and date at the head": -2.0, "a cover": -0.6, "a fact sheet": -1.0,
        "a date at the very top": -1.0, "continued on another page": -1.0,
    },
    "booklet": {
        "four pages and more": 2.4, "spreads": 0.6, "many pages": 1.2, "a cover": 1.0, "a narrow format": 0.5,
        "a publication number or price": 1.0, "one leaf": -3.0, "three images": -1.0,
        "an issue number and date at the head": -1.2, "a date at the very top": -1.0,
        "continued on another page": -1.0, "a page full of text": -0.6, "letter format": -0.6,
        "the words of a report": -1.2,
    },
    "speech": {
        "a statement or address": 3.0, "an audience": 1.2, "a speaker's words": 1.2, "one typed column": 0.8,
        "many pages": 0.6, "a cover": -1.0, "columns": -1.0,
    },
    "clipping": {
        "newspaper columns to the edge": 3.4, "an odd shape": 2.4, "a byline": 0.6, "one leaf": 0.6,
        "letter format": -0.8, "three images": -2.0, "four pages and more": -3.0,
    },
    "form": {
        "labels to fill in": 2.6, "blanks to fill in": 1.4, "the words of a form": 2.0, "one leaf": 0.4,
        "a blank in the salutation": 2.5, "signatures asked for": 1.5, "four pages and more": -1.5,
        "three images": -0.8,
        "a page full of text": -0.6,
    },
    "card": {"a card's shape": 3.0, "few words": 0.8, "a candidate's card": 1.0, "labels to fill in": -1.5},
    "manuscript": {
        "written by hand": 4.5, "a salutation": -1.5, "a closing and signature": -0.6, "labels to fill in": -1.0,
        "a date line of a letter": -0.6, "no words": -1.0,
    },
    "other": {"no words": 2.5, "an agenda or list": 2.0, "few words": 0.5},
}  # fmt: skip
"""Log-odds that each cue adds to a kind; a missing cue adds 0."""


def draft_kind(pages: Sequence[SeenPage]) -> Drafted | None:
    """Return the most probable kind and the cues for it; None if no page of the group was read yet."""
    if not any(page.read for page in pages):
        return None
    cues = observe(pages)
    chances = kind_chances(cues)
    kind = max(KINDS, key=lambda name: chances[name])
    speaking = {cue for cue, weight in WEIGHTS[kind].items() if weight * cues.get(cue, 0.0) > 0}
    if speaking <= SHAPE:
        chances = {name: min(chance, SHAPE_ALONE) for name, chance in chances.items()}
    telling = sorted(
        (cue for cue, weight in WEIGHTS[kind].items() if weight * cues.get(cue, 0.0) > 0.2),
        key=lambda cue: -WEIGHTS[kind][cue] * cues[cue],
    )
    evidence = ", ".join(telling[:4]) or "nothing that speaks for another kind"
    shown = {name: round(chance, 3) for name, chance in chances.items() if chance >= LEAST_KEPT}
    return Drafted(kind, round(chances[kind], 2), evidence, chances=shown)


@dataclass(frozen=True, slots=True)
class DescribedKinds:
    """Kinds that people entered in a collection."""

    counts: Mapping[str, int]
    """Number of documents by kind."""
    profiles: Mapping[str, Mapping[str, float]]
    """For each kind outside of KINDS, the probabilities of KINDS, averaged over documents of that kind."""

    @classmethod
    def of(cls, counts: Mapping[str, int], drafted: Iterable[tuple[str, Mapping[str, float]]]) -> DescribedKinds:
        """Build from the number of documents by kind, and from kind and `chances` of each document outside of KINDS."""
        usual = _softmax(START)
        seen: dict[str, list[Mapping[str, float]]] = {kind: [usual] for kind in counts if kind not in usual}
        for kind, chances in drafted:
            if kind in seen:
                seen[kind].append(chances)
        return cls(
            counts,
            {
                kind: {name: fmean(chances.get(name, 0.0) for chances in several) for name in KINDS}
                for kind, several in seen.items()
            },
        )


def kind_here(draft: Drafted, described: DescribedKinds) -> Drafted:
    """Return the draft of a kind, adapted to the documents described in the same collection.

    Adjusts the probabilities from the pages for how frequent kinds are here (Saerens, Latinne, and Decaestecker 2002).
    A kind outside of KINDS is expected to look like the documents that people gave it.
    """
    if not draft.chances:
        return draft
    usual, counts = _softmax(START), described.counts
    likelihoods = {kind: draft.chances.get(kind, 0.0) / usual[kind] for kind in KINDS}
    weights = {kind: likelihoods[kind] * (counts.get(kind, 0) + WORTH * usual[kind]) for kind in KINDS}
    for kind, profile in described.profiles.items():
        weights[kind] = counts[kind] * sum(profile[name] * likelihoods[name] for name in KINDS)
    kind = max(weights, key=lambda name: weights[name])
    unknown = WORTH * max(0.0, 1.0 - sum(draft.chances.values()))
    confidence = round(weights[kind] / (sum(weights.values()) + unknown), 2)
    evidence = draft.evidence.partition(_AND_HERE)[0]
    if kind != max(KINDS, key=lambda name: draft.chances.get(name, 0.0)):
        evidence += f"{_AND_HERE}{counts.get(kind, 0)} of {sum(counts.values())} documents described here"
    return replace(draft, value=kind, confidence=confidence, evidence=evidence)


def kind_by_pages(draft: Drafted | None) -> str:
    """Return the likeliest kind by the pages alone, whatever people entered; empty where none was drafted."""
    if draft is None or not draft.chances:
        return draft.value if draft else ""
    return max(draft.chances, key=lambda name: draft.chances[name])


def kind_chances(cues: Cues) -> dict[str, float]:
    """Return the probability of each kind, given the cues; they add up to 1."""
    scores = {
        kind: START[kind] + sum(weight * cues.get(cue, 0.0) for cue, weight in WEIGHTS[kind].items()) for kind in KINDS
    }
    return _softmax(scores)


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    top = max(scores.values())
    powers = {kind: math.exp(score - top) for kind, score in scores.items()}
    total = sum(powers.values())
    return {kind: power / total for kind, power in powers.items()}
