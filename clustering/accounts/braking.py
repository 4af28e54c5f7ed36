"""The brake on guessing: a try is counted before the password is checked, and given back if it was right."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as in_form
from django.utils.translation import ngettext

from clustering.models import Brake

logger = logging.getLogger(__name__)

_KEPT = timedelta(days=1)
"""After so long every bucket is empty."""
_MOST_LETTERS = 150


class Braked(Exception):
    """Too many tries failed; no other is made before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"No sign-in before {until.isoformat()}")
        self.until = until

    @property
    def seconds(self) -> int:
        """How long to wait from now, at least one second."""
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)

    @property
    def sentence(self) -> str:
        """For the person who waits. The time of day is that of the minute after, so that it is never too early."""
        minutes = -(-self.seconds // 60)
        at = timezone.localtime(self.until + timedelta(seconds=59))
        return ngettext(
            "Too many failed sign-ins. Try again in %(count)s minute, at %(at)s, or ask an administrator to unlock "
            "your account.",
            "Too many failed sign-ins. Try again in %(count)s minutes, at %(at)s, or ask an administrator to unlock "
            "your account.",
            minutes,
        ) % {"count": minutes, "at": in_form(at, "H:i")}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries a password."""

    account: str
    """The username as typed, which may not exist."""
    address: str
    browser: str = ""
    """Of a browser in which this account signed in before."""

    def brakes(self) -> list[Brake]:
        """Return the buckets that it is counted in."""
        account = in_one_line(self.account)[:_MOST_LETTERS]
        if self.browser:
            return [Brake(kind=Brake.Kind.PAIR, account=account, address=f"browser {self.browser}")]
        return [
            Brake(kind=Brake.Kind.PAIR, account=account, address=self.address),
            Brake(kind=Brake.Kind.ADDRESS, address=self.address),
            Brake(kind=Brake.Kind.ACCOUNT, account=account),
        ]

    def __str__(self) -> str:
        browser = " in a browser that it knows" if self.browser else ""
        return f"account “{in_one_line(self.account)[:_MOST_LETTERS]}” from {self.address or 'nowhere'}{browser}"


def in_one_line(text: str) -> str:
    """Return a text of strangers as the log and the database can take it."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def take_try(attempt: Attempt) -> list[Brake]:
    """Count a try before the password is checked. Raises Braked, without counting, if too many failed."""
    return _take(attempt.brakes())


def try_failed(attempt: Attempt, counted: list[Brake]) -> None:
    """Note that the password was wrong: into the log, with the account's name."""
    logger.warning("Sign-in failed: %s.%s", attempt, _locked(counted))


def try_succeeded(counted: list[Brake]) -> None:
    """Note that the password was right: this account is as before, and the others that were counted have their try
    back."""
    theirs = Brake.objects.filter(pk__in=[brake.pk for brake in counted])
    theirs.update(level=F("level") - 1.0)
    theirs.filter(Q(kind=Brake.Kind.PAIR) | Q(level__lte=0.0)).delete()


def count_wrong_token(address: str, *, about: str) -> None:
    """Count and log an unusable token. Raises Braked if too many came from this address.

    Right ones are not asked about: nobody guesses one of 256 random bits, and nobody can have a script locked out.
    """
    counted = _take([Brake(kind=Brake.Kind.TOKEN, address=address)])
    logger.warning("Token refused: %s from %s.%s", about, address or "nowhere", _locked(counted))


def count_request(address: str) -> None:
    """Count a request for a link, as a try from this address. Raises Braked if there were too many."""
    _take([Brake(kind=Brake.Kind.ADDRESS, address=address)])


def unlock(brakes: Iterable[Brake], *, by: str) -> int:
    """Forget the failed tries at these accounts and from these addresses; how many counts were dropped."""
    wanted = Q(pk__in=[])
    for brake in brakes:
        logger.warning("Sign-in unlocked by %s: %s.", by, brake)
        if brake.account:
            wanted |= Q(account=brake.account)
        if brake.address:
            wanted |= Q(address=brake.address) & ~Q(kind=Brake.Kind.PAIR)
    dropped, _ = Brake.objects.filter(wanted).delete()
    return dropped


def unlock_account(account: str, *, by: str) -> int:
    """Return the same for an account by name, with the addresses from which it was tried."""
    return unlock(Brake.objects.filter(account=account), by=by)


def forget_tries(account: str) -> None:
    """Forget the failed tries at an account whose person has just chosen a password with a link."""
    Brake.objects.filter(account=account).delete()


def _take(brakes: list[Brake]) -> list[Brake]:
    _make_missing(brakes)
    with transaction.atomic():
        # Locked until they are counted, so that eight tries at once count like eight in a row.
        rows = list(_those(brakes).select_for_update().order_by("pk"))
        now = timezone.now()
        closed = [until for row in rows if (until := row.closed_until(now))]
        if closed:
            raise Braked(max(closed))
        for row in rows:
            row.level, row.counted = row.level_at(now) + 1, now
        Brake.objects.bulk_update(rows, ["level", "counted"])
    return rows


def _make_missing(brakes: list[Brake]) -> None:
    if _those(brakes).count() == len(brakes):
        return
    now = timezone.now()
    Brake.objects.filter(counted__lt=now - _KEPT).delete()
    for brake in brakes:
        brake.counted = now
    Brake.objects.bulk_create(brakes, ignore_conflicts=True)


def _those(brakes: list[Brake]) -> QuerySet[Brake]:
    wanted = Q(pk__in=[])
    for brake in brakes:
        wanted |= Q(kind=brake.kind, account=brake.account, address=brake.address)
    return Brake.objects.filter(wanted)


def _locked(counted: list[Brake]) -> str:
    """Return what the last try has blocked, for the log."""
    now = timezone.now()
    closed = [(until, brake) for brake in counted if (until := brake.closed_until(now))]
    return "".join(
        f" Locked until {timezone.localtime(until).isoformat(timespec='seconds')} ({brake.get_kind_display()})."
        for until, brake in closed
    )
