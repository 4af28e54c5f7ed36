"""What a collection, or several, teach is judged on what was held out, and taken only where it is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.learning import (
    FEWEST_SEAMS,
    MOST_BLOCKS,
    Learned,
    LearningFigures,
    TooLittle,
    decisions,
    joined,
    learn,
    spread_by,
    tuned,
)
from tests.engine.streams import archive, evidence_of, family_of, labeled

PRIOR = family_of({"loud": 3.0, "quiet": 0.0}, spread=0.3, traits=0.5)
LIKE = archive({"loud": 3.0, "quiet": 0.0}, pages=300)
OWN = archive({"loud": 0.0, "quiet": 4.0}, pages=400)


def test_a_collection_like_all_others_stays_with_its_family_and_is_refused_as_no_better() -> None:
    learned = learn([LIKE], prior=PRIOR, name="own")
    assert not learned.is_better
    assert learned.before == learned.after
    assert "not used" in learned.verdict
    assert (learned.family.name, learned.family.facts) == ("own", PRIOR.facts)


def test_a_collection_of_its_own_kind_may_move_farther() -> None:
    learned = learn([OWN], prior=PRIOR, name="own")
    assert learned.is_better
    assert learned.after.log_loss < learned.before.log_loss
    assert learned.after.wrong <= learned.before.wrong
    assert learned.verdict.endswith(": in use.")
    assert all(learned.family.facts[name].spread > PRIOR.facts[name].spread for name in PRIOR.facts)
    assert [learned.family.facts[name].weight for name in PRIOR.facts] == [3.0, 0.0], "means come from the family"


def test_every_decided_seam_is_judged_once_and_in_a_few_stretches() -> None:
    stream = archive({"loud": 3.0, "quiet": 0.0}, pages=450)
    some = stream.only(np.random.default_rng(0).random(449) < 0.5)
    blocks = []
    for judged in (stream, some):
        learned = learn([judged], prior=PRIOR, name="own")
        assert learned.before.seams == learned.after.seams == judged.known.sum()
        blocks.append(learned.blocks)
    assert blocks[1] <= MOST_BLOCKS == blocks[0]


def test_what_is_held_out_is_not_learned_from() -> None:
    rng = np.random.default_rng(5)
    chance = rng.random(120) < 0.5
    looks = np.eye(121)  # by its looks every page is known again
    stream = labeled(evidence_of({"loud": np.zeros(120)}, traits=looks), chance)
    family = family_of({"loud": 0.0}, intercept=0.0, traits=3.0)
    learned = learn([stream], prior=family, name="own")
    for figures in (learned.before, learned.after):
        assert figures.log_loss > 0.65, "nobody foretells a coin"
        assert 0.35 < figures.wrong / figures.seams < 0.65


def test_looks_are_given_more_or_less_to_say_by_what_they_foretold() -> None:
    starts = np.random.default_rng(1).random(300) < 0.4
    silent = evidence_of({"loud": np.zeros(299)}, traits=np.where(starts, 1.0, -1.0)[:, None])
    family = family_of({"loud": 0.0}, intercept=-0.4, traits=0.4)
    assert tuned(family, labeled(silent, starts[1:])).traits_spread == 0.8
    each = np.random.default_rng(2).normal(0, 1, (300, 40))
    noise = evidence_of({"loud": np.zeros(299)}, traits=each)
    assert tuned(family, labeled(noise, starts[1:])).traits_spread == 0.0


def test_several_collections_teach_what_they_have_in_common() -> None:
    streams = [archive({"loud": -3.0, "quiet": 4.0}, seed=seed) for seed in range(4)]
    learned = learn(streams, prior=PRIOR, name="ours")
    assert learned.is_better
    assert learned.blocks == 4
    assert learned.after.seams == sum(stream.known.sum() for stream in streams)
    assert learned.family.facts["quiet"].weight > 0.5
    assert learned.family.facts["loud"].weight < 2.5
    assert learned.family.name == "ours"


def test_a_collection_held_out_teaches_nothing_about_itself() -> None:
    streams = [archive({"loud": worth}, seed=seed, pages=600) for seed, worth in enumerate((5.0, -5.0))]
    learned = learn(streams, prior=family_of({"loud": 0.0}), name="ours")
    assert learned.after.log_loss > learned.before.log_loss, "each is foretold by its opposite"
    assert not learned.is_better


def test_a_joined_family_keeps_the_settings_and_the_cards_of_its_prior() -> None:
    usual = family_of({"loud": 3.0, "quiet": 0.0}, traits=0.7, sharpness=1.4, elsewhere=50.0)
    prior = replace(usual, neighbor=-0.2, surprise=0.7, telling=0.6, self_training=0.3)
    learned = joined(prior, [LIKE, OWN])
    assert (learned.traits_spread, learned.sharpness, learned.elsewhere) == (0.7, 1.4, 50.0)
    assert (learned.neighbor, learned.surprise, learned.telling, learned.self_training) == (-0.2, 0.7, 0.6, 0.3)
    assert (learned.archives, learned.usual_strangeness) == (prior.archives, prior.usual_strangeness)


def test_collections_of_a_house_move_the_weights_alone_and_keep_their_signs() -> None:
    prior = family_of({"loud": 2.0, "quiet": 0.0}, typical=0.2)
    few = [
        archive({"loud": -2.0, "quiet": 3.0}, seed=seed, pages=60, intercept=1.0, signs={"loud": 1}) for seed in (1, 2)
    ]
    learned = joined(prior, few)
    assert 0.0 <= learned.facts["loud"].weight < 1.5
    assert learned.facts["quiet"].weight > 0.3
    kept = {name: replace(fact, weight=prior.facts[name].weight) for name, fact in learned.facts.items()}
    assert replace(learned, facts=kept) == prior, "how often documents end, each collection tells itself"


def test_several_collections_that_agree_with_the_family_change_it_little() -> None:
    streams = [archive({"loud": 3.0, "quiet": 0.0}, seed=seed) for seed in range(3)]
    learned = joined(PRIOR, streams)
    assert learned.facts["loud"].weight == pytest.approx(3.0, abs=0.5)
    assert learned.facts["quiet"].weight == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("known", [0, 1, FEWEST_SEAMS - 1, FEWEST_SEAMS])
def test_too_little_is_refused_with_what_is_missing(known: int) -> None:
    few = LIKE.only(np.isin(np.arange(299), np.arange(known) * 299 // max(known, 1)))
    if known == FEWEST_SEAMS:
        assert learn([few], prior=PRIOR, name="own").before.seams == known
        return
    with pytest.raises(TooLittle, match=rf"Too few page breaks are reviewed: {known}, "):
        learn([few], prior=PRIOR, name="own")


def test_one_stretch_or_one_collection_with_answers_cannot_be_judged() -> None:
    whole = labeled(evidence_of({"loud": np.zeros(60)}), [False] * 60)
    silent = LIKE.only(np.zeros(299, dtype=bool))
    for streams in ([whole], [LIKE, silent], []):
        with pytest.raises(TooLittle):
            learn(streams, prior=PRIOR, name="own")


def test_better_is_surer_and_wrong_no_more_often() -> None:
    def verdict(wrong: int, loss: float) -> bool:
        return Learned(PRIOR, LearningFigures(50, 5, 0.4), LearningFigures(50, wrong, loss), 3).is_better

    assert [verdict(5, 0.3), verdict(4, 0.3), verdict(6, 0.3), verdict(5, 0.4), verdict(4, 0.5)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_figures_count_the_likelier_answer_and_nats() -> None:
    undecided = spread_by(family_of({"loud": 0.0}, intercept=0.0), 0.0, 0.0)
    learned = learn([OWN], prior=undecided, name="own")
    assert learned.before.log_loss == pytest.approx(np.log(2))
    assert learned.before.wrong == OWN.truth.sum(), "where both are as likely, pages stay together"


def test_spreads_are_multiplied_and_decisions_are_the_known_seams() -> None:
    wide = spread_by(PRIOR, 2.0, 0.5)
    assert (wide.facts["loud"].spread, wide.facts["loud"].weight) == (0.6, 3.0)
    assert (wide.intercept_spread, wide.traits_spread) == (2.0, 0.25)
    stream = labeled(evidence_of({"loud": np.zeros(3)}), [True, False, True])
    assert decisions(stream.only(np.array([True, True, False]))) == {0: True, 1: False}
