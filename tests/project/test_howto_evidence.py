"""The guide to new evidence is followed: the fact is gathered, weighs what the family says, and is told to people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clustering.engine import evidence, seaming
from clustering.engine.evidence import Evidence
from clustering.engine.family import FactPrior, Family, shipped_family
from clustering.engine.proposing import METHODS
from clustering.engine.records import Constraints, PageRecord, ScoredSeam
from tests.engine.evidence.making import body, line, page
from tests.project.test_howto_export import FILE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/howto/add-evidence.md"
TOLD = {path: block for _, path, _, block in FILE.findall(GUIDE.read_text(encoding="utf-8"))}
MODULE, ROOM = "clustering/engine/evidence/postscript.py", "clustering/engine/evidence/__init__.py"
START, LEARNED = "bench/expectations.json", "clustering/engine/prior/family.json"
PAGES = [page((930, 1200), *body()), page((930, 1200), *body("and we psst"), line("P. S.", 0.9)), page()]
LETTER = [*PAGES, page((930, 1200), *body()), page((930, 1200), line("P.S. Greet the others.", 0.05), *body())]

Gather = Callable[[Sequence[PageRecord]], Evidence]


@pytest.fixture
def gather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gather]:
    """`gather` as it is once the lines of the guide are in it."""
    (tmp_path / Path(MODULE).name).write_text(TOLD[MODULE], encoding="utf-8")
    monkeypatch.setattr(evidence, "__path__", [*evidence.__path__, str(tmp_path)])
    imported, called = TOLD[ROOM].splitlines()
    source = (ROOT / ROOM).read_text(encoding="utf-8")
    for there, new in (("from clustering.engine.evidence.prose ", imported), ("        *opinion_columns", called)):
        assert source.count(there) == 1
        source = source.replace(there, f"{new}\n{there}")
    namespace = {"__name__": evidence.__name__, "__package__": evidence.__name__}
    exec(compile(source, ROOM, "exec"), namespace)
    gathered: Gather = namespace["gather"]  # type: ignore[assignment]  # a namespace knows no types
    yield gathered
    sys.modules.pop("clustering.engine.evidence.postscript", None)


def family_told() -> Family:
    """The shipped family with the entry of the guide."""
    ((name, entry),) = json.loads(TOLD[LEARNED]).items()
    shipped = shipped_family()
    return replace(shipped, facts={**shipped.facts, name: FactPrior(**entry)})


def test_a_fact_touches_its_module_the_room_and_its_data() -> None:
    assert list(TOLD) == [MODULE, ROOM, START, LEARNED]
    expected = json.loads((ROOT / START).read_text(encoding="utf-8"))["weights"]
    new = family_told().facts.keys() - shipped_family().facts.keys()
    assert json.loads(TOLD[START]).keys() == new and not new & expected.keys()


def test_it_speaks_where_the_next_page_begins_with_a_postscript(gather: Gather) -> None:
    evidence = gather(LETTER)
    (fact,) = [column for column in evidence.columns if column.name == "postscript"]
    assert fact.values.tolist() == [0, 0, 0, 1] and fact.sign == -1
    assert fact.say(3) == "The next page begins with a postscript."
    silent = evidence.without_source("reading").columns[evidence.names.index("postscript")]
    assert not silent.values.any()


def test_it_weighs_what_the_family_says_and_nothing_without(gather: Gather) -> None:
    names = gather(LETTER).names
    assert set(names) == set(family_told().facts), "the test of the shipped family would pass"
    place = names.index("postscript")
    assert [part[place] for part in shipped_family().columns(names)] == [0, 0, 0, 0, 0]
    assert [part[place] for part in family_told().columns(names)] == [-1.5, 0.56, 0, 0, 0]


def test_people_are_told_and_the_break_is_less_likely(gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _seams(shipped_family())
    monkeypatch.setattr(seaming, "gather", gather)
    after = _seams(family_told())
    (shown,) = [fact for fact in after[3].facts if fact.name == "postscript"]
    assert shown.contribution < 0 and shown.sentence == "The next page begins with a postscript."
    assert after[3].probability < before[3].probability
    assert np.allclose([s.probability for s in after[:2]], [s.probability for s in before[:2]], atol=0.05)


def _seams(family: Family) -> Sequence[ScoredSeam]:
    stream = seaming.SeamStream(LETTER, family=family)
    return stream.propose(METHODS["seams"].filled({}), Constraints()).seams
