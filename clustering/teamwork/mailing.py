"""Mail notifications. A mail server that is away, slow, or refuses stops nothing else, and is tried again for a day."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest, Least, Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clustering.models import Notification, Preference, User
from clustering.teamwork.notifying import send_task, shown_to
from clustering.wording import translated

log = logging.getLogger(__name__)

MAIL_AGAIN = timedelta(minutes=10)
"""Time until the second try. Each later one waits as long as all before it together, at most MAIL_AGAIN_AT_MOST."""
MAIL_AGAIN_AT_MOST = timedelta(hours=1)
MAIL_TOGETHER = timedelta(hours=1)
"""Longest time that mail about a job waits for the other jobs of the same person, to tell of all at once."""
MAIL_GIVEN_UP = timedelta(days=1)
MOST_AT_ONCE = 50
MOST_LISTED = 50
"""Most jobs that one mail lists."""
_AWAY = "mail-server-away"
REST_SECONDS = 60
"""So long nothing is sent after the mail server did not answer: each try may keep a worker for EMAIL_TIMEOUT."""
_CLAIMED = timedelta(minutes=2)
"""A mail tried more recently may be on its way from another worker."""


def mail_again() -> int:
    """Send tasks for mail that waits: its message was lost, or the mail server was away. Return how many."""
    if not settings.MAIL:
        return 0
    now = timezone.now()
    waiting = Notification.objects.filter(mail=Notification.Mail.WAITING)
    over = waiting.filter(created__lt=now - MAIL_GIVEN_UP)
    over.filter(kind=Notification.Kind.ACCOUNT).update(address="")  # it allows anyone to choose the password
    over.update(mail="")
    pause = ExpressionWrapper(
        Least(Greatest(F("mail_tried") - F("created"), Value(MAIL_AGAIN)), Value(MAIL_AGAIN_AT_MOST)),
        output_field=DurationField(),
    )
    wait = Q(kind=Notification.Kind.JOB, created__lt=now - MAIL_TOGETHER)
    wait |= ~Q(kind=Notification.Kind.JOB) & Q(created__lt=now - MAIL_AGAIN)
    silent = Q(mail_tried=None) & wait | Q(mail_tried__lt=now - F("pause"))
    due = list(waiting.alias(pause=pause).filter(silent).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in due:
        send_task(pk)
    return len(due)


def mail(pk: int) -> bool:
    """Mail a notification that waits; return whether it went out. What went wrong is in the row, for staff.

    All that waits about jobs of the same person goes out with the first. What the person may not see anymore is not
    mailed.
    """
    if not settings.MAIL or cache.get(_AWAY):
        return False
    claimed = _claim(pk)
    rows = [row for row in claimed if _may_go(row)]
    dropped = {row.pk for row in claimed} - {row.pk for row in rows}
    Notification.objects.filter(pk__in=dropped).update(mail="")
    if not rows:
        return False
    waiting = Notification.objects.filter(pk__in=[row.pk for row in rows], mail=Notification.Mail.WAITING)
    try:
        _message(rows).send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("Notification %s could not be mailed: %s", pk, error)
        waiting.update(mail_problem=_reason(error)[:300])
        if _is_away(error):
            cache.set(_AWAY, "away", REST_SECONDS)
        return False
    done: dict[str, Any] = {"mail": Notification.Mail.SENT, "mail_problem": ""}
    if rows[0].kind == Notification.Kind.ACCOUNT:
        done["address"] = ""  # it allows anyone to choose the password
    waiting.update(**done)
    return True


def _is_away(error: Exception) -> bool:
    """Whether the server would not take another mail either, as when it does not answer or knows no such account."""
    return isinstance(error, OSError) and not isinstance(error, SMTPRecipientsRefused | SMTPDataError)


def _reason(error: Exception) -> str:
    """Return what the server answered; if it did not, what went wrong."""
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, SMTPRecipientsRefused):
        answers += error.recipients.values()
    elif isinstance(error, SMTPResponseException):
        answers.append((error.smtp_code, error.smtp_error))
    for code, text in answers:
        return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return f"{type(error).__name__}: {error}"


def _claim(pk: int) -> list[Notification]:
    """Return the rows that this worker mails as one. Empty if another worker has them: a message may arrive twice."""
    waiting = Notification.objects.filter(mail=Notification.Mail.WAITING)
    with transaction.atomic():
        free = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("person", "collection")
        row = free.filter(pk=pk).first()
        if row is None:
            return []
        rows = [row]
        if row.kind == Notification.Kind.JOB:
            idle = Q(mail_tried=None) | Q(mail_tried__lt=timezone.now() - _CLAIMED)
            rows += free.filter(idle, person=row.person, kind=row.kind).exclude(pk=pk)
        waiting.filter(pk__in=[one.pk for one in rows]).update(mail_tried=Now())
    return rows


def _may_go(row: Notification) -> bool:
    """Whether this person still wants it and may see it: mail can wait for hours."""
    person = row.person
    if not person.is_active or not person.email:
        return False
    if row.kind == Notification.Kind.ACCOUNT:
        return True
    is_deaf = Preference.objects.filter(user=person, mail=False).exists()
    return not is_deaf and shown_to(person).filter(pk=row.pk).exists()


def _message(rows: Sequence[Notification]) -> EmailMessage:
    person = rows[0].person
    kept = Preference.objects.filter(user=person).values_list("language", flat=True).first()
    with translation.override(kept or settings.LANGUAGE_CODE):
        subject, context = _of_jobs(rows) if len(rows) > 1 else _of_one(rows[0])
        context |= {"person": person, "settings_address": _own_page()}
        text = render_to_string(f"mail/{'jobs' if len(rows) > 1 else 'notification'}.html", context)
    headers = {"Auto-Submitted": "auto-generated"}  # no out-of-office replies
    return EmailMessage(f"hhreview: {subject}", text, to=[person.email], headers=headers)


def _of_one(row: Notification) -> tuple[str, dict[str, Any]]:
    sentence = " ".join(translated(row.message).split())
    subject = sentence
    if row.kind == Notification.Kind.ACCOUNT:
        subject = _("Choose a new password") if row.person.has_usable_password() else _("Your new account")
    title = row.collection.title if row.collection else ""
    return subject.removesuffix("."), {
        "row": row,
        "sentence": sentence,
        "place": "" if title in sentence else title,
        "address": _full(row.address),
        "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }


def _of_jobs(rows: Sequence[Notification]) -> tuple[str, dict[str, Any]]:
    """Failed ones first: they quote the reason."""
    ordered = sorted(rows, key=lambda row: (not row.quote, row.pk))
    failed = sum(bool(row.quote) for row in rows)
    done = len(rows) - failed
    parts = [ngettext("%(count)s job done", "%(count)s jobs done", done) % {"count": done}] if done else []
    if failed:
        parts.append(ngettext("%(count)s job failed", "%(count)s jobs failed", failed) % {"count": failed})
    return ", ".join(parts), {
        "rows": [(row, _full(row.address)) for row in ordered[:MOST_LISTED]],
        "more": max(0, len(rows) - MOST_LISTED),
    }


def _full(address: str) -> str:
    if address.startswith("/"):
        return f"{settings.ADDRESS}{address}" if settings.ADDRESS else ""
    return address


def _own_page() -> str:
    return f"{settings.ADDRESS}/notifications/" if settings.ADDRESS else _("Notifications in hhreview")


def mail_problems() -> tuple[int, str]:
    """Return how many mails wait because the server refused them, and its last error."""
    stuck = Notification.objects.filter(mail=Notification.Mail.WAITING).exclude(mail_problem="")
    last = stuck.order_by(F("mail_tried").desc(nulls_last=True)).values_list("mail_problem", flat=True).first()
    return stuck.count(), last or ""


def with_mail_problem(people: QuerySet[User]) -> QuerySet[User]:
    """Add why the last mail to each person did not go out as `mail_problem`: empty if it did, None without mail."""
    tried = Notification.objects.filter(person=OuterRef("pk")).filter(
        Q(mail=Notification.Mail.SENT) | ~Q(mail_problem="")
    )
    return people.annotate(mail_problem=Subquery(tried.order_by("-pk").values("mail_problem")[:1]))
