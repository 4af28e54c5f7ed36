"""The budget of a job that asks a language model, in questions, seconds, and money, and what it has spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Sum

from clustering.language_model.opinions import Asked
from clustering.models import Collection, Opinion
from clustering.wording import say, say_n

QUESTIONS, SECONDS = 50, 900
"""Default budget of a job."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits; None for none."""

    questions: int = QUESTIONS
    seconds: int = SECONDS
    money: Decimal | None = None

    @classmethod
    def of(cls, questions: int | None, seconds: int | None, money: str) -> Budget:
        """Return the budget in a job's parameters, with defaults."""
        return cls(questions or QUESTIONS, seconds or SECONDS, _amount(money) if money else None)


@dataclass(slots=True)
class Spent:
    """What a job has spent so far; stored in `Job.result`."""

    answered: int = 0
    """Questions with a new answer: those that count."""
    reused: int = 0
    """Questions whose answer was there."""
    unanswered: int = 0
    """Timeouts, errors and nonsense: they count for their seconds and their money, not as questions."""
    in_a_row: int = 0
    """How many of these came one after the other."""
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
    cost: Decimal = field(default_factory=Decimal)

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Spent:
        """As it was kept."""
        kept = result.get("spent")
        if not isinstance(kept, dict):
            return cls()
        return cls(**{**kept, "cost": _amount(kept["cost"])})

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        names = ("answered", "reused", "unanswered", "in_a_row", "sent", "received")
        counts = {name: getattr(self, name) for name in names}
        return {**counts, "seconds": round(self.seconds, 2), "cost": str(self.cost)}

    def count(self, asked: Asked, *, seconds: float) -> None:
        """Add a question that took `seconds`."""
        if asked.opinion is None:
            self.unanswered += 1
            self.in_a_row += 1
        else:
            self.reused += asked.opinion.reused
            self.answered += not asked.opinion.reused
            self.in_a_row = 0
        self.sent += asked.sent
        self.received += asked.received
        self.seconds += seconds
        self.cost += asked.cost

    def used_up(self, budget: Budget) -> str:
        """Return why the job may ask no more, in a sentence; empty if it may."""
        if self.answered >= budget.questions:
            return say_n(
                "The budget of %(count)s question is used up.",
                "The budget of %(count)s questions is used up.",
                budget.questions,
            )
        if self.seconds >= budget.seconds:
            return say_n(
                "The budget of %(count)s second is used up.",
                "The budget of %(count)s seconds is used up.",
                budget.seconds,
            )
        if budget.money is not None and self.cost >= budget.money:
            return say("The budget of %(money)s is used up.", money=budget.money)
        return ""


def spent_in(collection: Collection) -> dict[str, Any]:
    """Return the totals of all questions about a collection: number, tokens, seconds, money."""
    asked = Opinion.objects.filter(collection=collection, reused=False)
    sums = asked.aggregate(sent=Sum("sent"), received=Sum("received"), seconds=Sum("seconds"), cost=Sum("cost"))
    return {"questions": asked.count(), **{name: value or 0 for name, value in sums.items()}}


def _amount(value: object) -> Decimal:
    """Return the amount. Raises ValueError if it isn't one."""
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(say("“%(value)s” is not an amount of money.", value=value)) from error
