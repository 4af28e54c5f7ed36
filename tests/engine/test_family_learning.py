"""How a family is learned from archives with truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest

from clustering.engine import family_learning
from clustering.engine.collection_prior import foreignness
from clustering.engine.family import ALONE, Family
from clustering.engine.family_learning import (
    ANSWERS,
    DRAWS,
    ELSEWHERE,
    Choice,
    _left_out,
    answered_losses,
    choose,
    learn_family,
    log_losses,
    without_text,
)
from clustering.engine.labeled import LabeledStream
from tests.engine.streams import archive, evidence_of, family_of, labeled

FREE = Choice(start=0.0, looseness=3.0, difference=0.6, unread=0.0)


def learned(streams: Sequence[LabeledStream], choice: Choice = FREE, **start: float) -> Family:
    return learn_family(streams, start=start, intercept=-1.0, name="made up", choice=choice)


def test_archives_that_disagree_meet_between_and_what_they_agree_on_is_kept() -> None:
    streams = [archive({"torn": t, "shared": 2.0}, seed=k, pages=600) for k, t in enumerate((5.0, -5.0))]
    family, alone = learned(streams), [learned([stream]) for stream in streams]
    assert abs(family.facts["torn"].weight) < 0.7
    assert family.facts["shared"].weight > 1.2
    assert alone[0].facts["torn"].weight > 2 > -2 > alone[1].facts["torn"].weight


def test_of_what_one_archive_shows_the_common_weight_takes_its_share_of_the_variance() -> None:
    stream = archive({"loud": 3.0}, pages=300)
    shared = Choice(start=0.0, looseness=3.0, difference=4.0, intercept=1e-3, unread=0.0)
    all_of_it = replace(shared, looseness=5.0, difference=1e-3)
    total = learned([stream], all_of_it).facts["loud"].weight
    assert total > 2
    assert learned([stream], shared).facts["loud"].weight == pytest.approx(total * 9 / 25, abs=0.02)


def test_more_archives_make_the_mean_surer_but_never_surer_than_archives_differ() -> None:
    six = [archive({"loud": 1.0}, seed=seed) for seed in range(6)]
    one, two, all_six = (learned(six[:count]).facts["loud"].spread for count in (1, 2, 6))
    assert one > two > all_six > FREE.difference


@pytest.mark.parametrize("concentration", [4.0, 40.0])
def test_the_less_archives_differ_inside_documents_the_more_their_seams_count(concentration: float) -> None:
    """Inside documents, archives meet the facts in shares with a beta distribution of this concentration."""
    rng, names = np.random.default_rng(5), [f"fact {k}" for k in range(60)]
    usual, streams = rng.uniform(0.05, 0.3, len(names)), []
    for _ in range(5):
        ends = rng.random(400) < 0.3
        here = rng.beta(usual * concentration, (1 - usual) * concentration)
        met = rng.random((400, len(names))) < np.where(ends[:, None], 0.9, here)
        facts = {name: met[:, k].astype(float) for k, name in enumerate(names)}
        streams.append(labeled(evidence_of(facts, signs=dict.fromkeys(names, 1)), ends))
    assert learned(streams).elsewhere == pytest.approx(concentration, rel=0.25)
    assert learned(streams, replace(FREE, elsewhere=50.0)).elsewhere == 50.0
    assert learned(streams[:1]).elsewhere == ALONE


def test_archives_that_are_alike_but_for_chance_count_fully() -> None:
    rng = np.random.default_rng(0)
    streams = []
    for _ in range(3):
        ends = rng.random(300) < 0.3
        met = rng.permutation(np.arange(300) < 150)
        streams.append(labeled(evidence_of({"loud": (met | ends).astype(float)}, signs={"loud": 1}), ends))
    assert 30 < learned(streams).elsewhere <= ELSEWHERE[1]


def test_a_family_of_archives_that_differ_leaves_more_room() -> None:
    streams = [archive({"loud": 1.0}), archive({"loud": 1.0}, seed=1)]
    near, far = (learned(streams, Choice(difference=d, intercept=d)) for d in (0.2, 0.8))
    assert far.facts["loud"].spread > near.facts["loud"].spread + 0.4
    assert far.intercept_spread > near.intercept_spread + 0.4


def test_how_far_archives_seem_to_differ_is_chosen_by_archives_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, difference=(0.1, 0.4, 3.0))
    apart = [archive({"torn": 6.0 * (-1) ** seed}, seed=seed, pages=120) for seed in range(4)]
    alike = [archive({"torn": 1.0}, seed=seed, pages=120) for seed in range(4)]
    wide, narrow = (choose(streams, start={}, intercept=-1.0).difference for streams in (apart, alike))
    assert wide == 3.0 > narrow


def test_common_weights_keep_their_signs() -> None:
    against = archive({"up": -3.0, "down": 3.0, "either": -3.0}, signs={"up": 1, "down": -1}, pages=400)
    weights = {name: fact.weight for name, fact in learned([against, against]).facts.items()}
    assert (weights["up"], weights["down"]) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert weights["either"] < -1


def test_how_often_facts_are_met_is_the_mean_over_archives_whatever_their_size() -> None:
    big, small = (labeled(evidence_of({"loud": np.full(n, value)}), [False] * n) for n, value in ((99, 0.2), (9, 0.6)))
    assert learned([big, small]).facts["loud"].typical == pytest.approx(0.4)


def test_how_often_facts_are_met_between_documents_and_inside_them_is_told_by_the_archives_that_show_it() -> None:
    begins = np.arange(80) % 4 == 0
    facts = {"loud": np.where(begins, 0.9, 0.3), "sure": begins.astype(float), "unmet": np.zeros(80)}
    alone = {name: np.ones(20) for name in facts} | {"unmet": np.zeros(20)}
    streams = [labeled(evidence_of(facts), begins), labeled(evidence_of(alone), [True] * 20)]
    family = learned(streams)
    assert family.columns(["loud", "sure", "unmet"])[3] == pytest.approx([0.95, 1, 0]), "both have ends"
    assert family.columns(["loud", "sure", "unmet"])[4] == pytest.approx([0.3, 0.5 / 60, 0]), "never inside is seldom"


def test_unknown_seams_teach_nothing() -> None:
    stream = archive({"loud": 3.0}, pages=200)
    part = labeled(evidence_of({"loud": stream.evidence.matrix[:80, 0]}), stream.truth[:80] > 0.5)
    some, cut = learned([stream.only(np.arange(199) < 80)]), learned([part])
    assert some.facts["loud"].weight == pytest.approx(cut.facts["loud"].weight, abs=1e-3)
    assert some.intercept == pytest.approx(cut.intercept, abs=1e-3)


def test_usual_strangeness_is_that_of_the_strangest_archive() -> None:
    usual = [archive({"loud": 1.0, "torn": 1.0}, seed=seed) for seed in range(3)]
    odd = labeled(evidence_of({"loud": np.zeros(80), "torn": np.ones(80)}), [False] * 80)
    assert 0 < learned(usual).usual_strangeness < 0.5 < learned([*usual, odd]).usual_strangeness
    assert learned(usual[:1]).usual_strangeness == float("inf")


def test_without_text_all_that_needs_a_reading_is_silent_and_pages_count_as_unread() -> None:
    families = {"said": "text", "number": "numbers", "sparse_next": "kind", "picture_next": "kind", "unread": "kind"}
    names = [*families, "bright"]
    evidence = evidence_of(dict.fromkeys(names, np.full(3, 0.5)), families=families)
    silent = dict(zip(names, without_text(evidence).T.tolist(), strict=True))
    assert silent == {
        "said": [0.0] * 3, "number": [0.0] * 3, "sparse_next": [0.0] * 3,
        "picture_next": [0.5] * 3, "bright": [0.5] * 3, "unread": [1.0] * 3,
    }  # fmt: skip


def test_seams_shown_unread_teach_how_common_boundaries_are_where_nothing_is_read() -> None:
    values = archive({"said": 6.0}, intercept=-4.0, pages=400).evidence.columns[0].values
    evidence = evidence_of({"said": values, "unread": np.zeros(399)}, families={"said": "text", "unread": "kind"})
    stream = labeled(evidence, values > 0)
    read, unread = (learned([stream], Choice(unread=u, intercept=0.5)).facts["unread"].weight for u in (0.0, 1.0))
    assert unread > read + 0.3


def only(monkeypatch: pytest.MonkeyPatch, **options: tuple[float, ...]) -> None:
    """Leave nothing else to choose."""
    usual = {field.name: (getattr(Choice(), field.name),) for field in fields(Choice)}
    monkeypatch.setattr(family_learning, "OPTIONS", {**usual, **options})


@pytest.mark.parametrize(("worth", "counts"), [(3.0, True), (-3.0, False)])
def test_starting_weights_count_as_far_as_they_prove_right(
    monkeypatch: pytest.MonkeyPatch, worth: float, counts: bool
) -> None:
    only(monkeypatch, start=(0.0, 0.4, 0.7, 1.0), looseness=(0.1,), difference=(0.2,))
    monkeypatch.setattr(family_learning, "HESITATION", 0.0)
    streams = [archive({"loud": worth}, seed=seed, pages=80) for seed in range(3)]
    assert (choose(streams, start={"loud": 3.0}, intercept=-1.0).start > 0.5) == counts


@pytest.mark.parametrize("telling", [True, False])
def test_looks_count_only_where_they_tell(monkeypatch: pytest.MonkeyPatch, telling: bool) -> None:
    only(monkeypatch, traits=(0.0, 1.5, 3.0))
    monkeypatch.setattr(family_learning, "HESITATION", 0.0)
    streams = []
    for seed in range(3):
        starts = np.random.default_rng(seed).random(100) < 0.4
        looks = starts if telling else np.random.default_rng(seed + 9).random(100) < 0.4
        silent = evidence_of({"loud": np.zeros(99)}, traits=np.where(looks, 1.0, -1.0)[:, None])
        streams.append(labeled(silent, starts[1:]))
    assert choose(streams, start={}, intercept=-0.5).traits == (3.0 if telling else 0.0)


def test_how_sure_to_be_is_chosen_even_where_little_is_won(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, answered_sharpness=(1.4, 1.8), neighbor=(0.0, -0.5))
    loss = {1.4: 0.2, 1.8: 0.199}
    monkeypatch.setattr(
        family_learning, "left_out_loss",
        lambda _, choice, **__: loss[choice.answered_sharpness] - 0.001 * (choice.neighbor == 0.0),
    )  # fmt: skip
    chosen = choose([archive({"loud": 1.0})] * 2, start={}, intercept=-1.0)
    assert (chosen.answered_sharpness, chosen.neighbor) == (1.8, Choice().neighbor)


def test_how_sure_a_first_proposal_is_is_chosen_by_first_proposals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, sharpness=(1.0, 1.4, 1.8))
    loss = {(True, 1.0): 0.3, (True, 1.4): 0.299, (True, 1.8): 0.4, (False, 1.8): 0.1}
    monkeypatch.setattr(
        family_learning, "left_out_loss", lambda _, choice, *, first, **__: loss.get((first, choice.sharpness), 0.2)
    )
    assert choose([archive({"loud": 1.0})] * 2, start={}, intercept=-1.0).sharpness == 1.4


def test_archives_left_out_are_foretold_by_families_that_know_how_strange_they_are() -> None:
    usual = [archive({"loud": 1.0, "torn": 1.0}, seed=seed) for seed in range(3)]
    odd = labeled(evidence_of({"loud": np.zeros(80), "torn": np.ones(80)}), [False] * 80)
    given = list(_left_out([*usual, odd], FREE, start={}, intercept=-1.0))
    assert [stream for _, stream in given] == [*usual, odd]
    assert [foreignness(family, stream.evidence) > 1 for family, stream in given] == [False] * 3 + [True]


def test_what_sure_pages_teach_is_chosen_by_first_proposals_when_all_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    asked = []

    def loss(_: object, choice: Choice, *, first: bool, **__: object) -> float:
        asked.append((choice.surprise, choice.self_training, first))
        return abs(choice.self_training - 0.3) + abs(choice.surprise - 0.5)

    monkeypatch.setattr(family_learning, "left_out_loss", loss)
    chosen = choose([archive({"loud": 1.0})] * 2, start={}, intercept=-1.0)
    assert (chosen.surprise, chosen.self_training) == (0.5, 0.3)
    assert {(surprise, first) for surprise, trained, first in asked if trained} == {(0.5, True)}


@pytest.mark.parametrize("differ", [True, False])
def test_the_pages_are_asked_where_archives_left_out_end_more_or_less_often(
    monkeypatch: pytest.MonkeyPatch, differ: bool
) -> None:
    only(monkeypatch)
    monkeypatch.setattr(family_learning, "SURPRISE", (0.0,))
    monkeypatch.setattr(family_learning, "TELLING", (0.0, 1.0))
    monkeypatch.setattr(family_learning, "ANSWERS", (0,))
    intercepts = (-4.0, -2.0, 0.5) if differ else (-2.0,) * 3
    streams = [archive({"loud": 4.0}, intercept=b, seed=seed, pages=150) for seed, b in enumerate(intercepts)]
    assert (choose(streams, start={"loud": 4.0}, intercept=-2.0).telling > 0) == differ


def test_answers_lower_the_loss_of_the_seams_that_are_left() -> None:
    stream, wrong = archive({"loud": 5.0}, pages=300), family_of({"loud": 0.0}, spread=2.0)
    losses = answered_losses(wrong, stream)
    assert losses.shape == (DRAWS, len(ANSWERS))
    assert (np.diff(losses.mean(axis=0)) < 0).all()
    assert np.ptp(losses[:, 0]) == 0, "before any answer nothing is drawn"


def test_a_small_archive_is_answered_to_its_end() -> None:
    losses = answered_losses(family_of({"loud": 1.0}), archive({"loud": 3.0}, pages=20))
    assert (losses[:, 2:] == 0).all()
    assert (losses[:, 0] > 0).all()


def test_losses_are_in_nats_and_no_surprise_is_endless() -> None:
    losses = log_losses(np.array([0.0, 99.0, -99.0]), np.array([0.0, 1.0, 1.0]))
    assert losses == pytest.approx([np.log(2), 1e-4, -np.log(1e-4)], rel=1e-3)


def test_one_archive_leaves_nothing_to_choose_and_none_is_refused() -> None:
    assert choose([archive({"loud": 1.0})], start={}, intercept=-1.0) == Choice()
    with pytest.raises(ValueError, match=r"archive\.$"):
        learned([])
