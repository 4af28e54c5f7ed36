"""Notify people: with rows for the bell, and by mail after commit. If mail fails, nothing else does."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from smtplib import SMTPException
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clustering.access import access_collections, hidden_pages
from clustering.models import Assignment, Collection, Job, Notification, Preference, Team, User
from clustering.sentences import Sentence
from clustering.wording import as_data, say, translated

log = logging.getLogger(__name__)

MAIL_TASK = "clustering.tasks.mail_notification"
DAYS_BEFORE = 2
"""So long before the due date people are reminded."""
MAIL_AGAIN = timedelta(minutes=10)
MAIL_GIVEN_UP = timedelta(days=1)
MOST_AT_ONCE = 50


def notify(
    people: Iterable[User],
    sentence: Sentence,
    *,
    kind: str,
    collection: Collection | None = None,
    address: str = "",
    actor: User | None = None,
    quote: str = "",
    key: str | None = None,
) -> list[Notification]:
    """Notify these people, except the actor, and mail those who want mail. With a `key`, each is notified only once."""
    wanted = {one.pk: one for one in people if one.is_active and (actor is None or one.pk != actor.pk)}
    deaf = set(Preference.objects.filter(user__in=list(wanted), mail=False).values_list("user", flat=True))
    if kind == Notification.Kind.ACCOUNT:
        deaf = set()  # people asked for it, and can't get in without it
    rows = [
        Notification(
            person=one,
            collection=collection,
            kind=kind,
            message=as_data(sentence),
            quote=quote,
            address=address[:500],
            key=key,
            mail=Notification.Mail.WAITING if settings.MAIL and one.email and pk not in deaf else "",
        )
        for pk, one in wanted.items()
    ]
    made = []
    for row in rows:
        if key is not None and Notification.objects.filter(person=row.person, key=key).exists():
            continue
        row.save(force_insert=True)
        made.append(row)
        if row.mail:
            transaction.on_commit(partial(send_task, row.pk), robust=True)
    return made


def send_task(pk: int) -> None:
    """Let a worker mail it, by the name of the task, because tasks are above this layer."""
    current_app.send_task(MAIL_TASK, args=[pk], queue=settings.CELERY_TASK_DEFAULT_QUEUE)


def members_of(holder: User | Team) -> list[User]:
    """Return the person, or the people of the team."""
    return list(holder.members.all()) if isinstance(holder, Team) else [holder]


def shown_to(person: User) -> QuerySet[Notification]:
    """Return the notifications of this person, newest first, without collections that they can no longer see."""
    visible = Q(collection=None) | Q(collection__in=access_collections(person))
    rows = Notification.objects.filter(visible, person=person).exclude(kind=Notification.Kind.ACCOUNT)
    # A mention quotes a comment, which may speak of a page that was restricted since.
    partly_hidden = hidden_pages(person).values("collection")
    return rows.exclude(kind=Notification.Kind.MENTION, collection__in=partly_hidden)


def tell_of_job(job: Job, *, failed: str = "") -> None:
    """Notify the person who launched a job that it has ended; `failed` is the reason if it failed."""
    if job.actor is None:
        return
    values: dict[str, Any] = {"job": Job.Kind(job.kind).label, "collection": job.collection.title}
    if failed:
        message = say("%(job)s of “%(collection)s” failed.", **values)
    else:
        message = say("%(job)s of “%(collection)s” is done.", **values)
    notify(
        [job.actor],
        message,
        kind=Notification.Kind.JOB,
        collection=job.collection,
        address=f"/jobs/{job.pk}/",
        quote=failed,
    )


def remind_of_dates() -> int:
    """Notify people of assignments that are due soon, once per date. Return how many were notified."""
    near = timezone.localdate() + timedelta(days=DAYS_BEFORE)
    due = Assignment.objects.open().filter(due__lte=near, collection__deleted=None)
    count = 0
    for one in due.select_related("collection", "person", "team").order_by("due", "pk"):
        holder = one.person or one.team
        assert holder is not None  # a constraint of the table
        key = f"due:{one.pk}:{one.due}"
        message = say("“%(collection)s” is due on %(due)s.", collection=one.collection.title, due=one.due)
        people = members_of(holder)
        count += len(notify(people, message, kind="due", collection=one.collection, address="/my-work/", key=key))
    return count


# --- Mail -------------------------------------------------------------------------------------------------------------
def mail_again() -> int:
    """Send tasks for mail that waits: its message was lost, or the mail server was away. Return how many."""
    if not settings.MAIL:
        return 0
    now = timezone.now()
    waiting = Notification.objects.filter(mail=Notification.Mail.WAITING)
    waiting.filter(created__lt=now - MAIL_GIVEN_UP).update(mail="")
    silent = Q(mail_tried=None, created__lt=now - MAIL_AGAIN) | Q(mail_tried__lt=now - MAIL_AGAIN)
    due = list(waiting.filter(silent).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for pk in due:
        send_task(pk)
    return len(due)


def mail(pk: int) -> bool:
    """Mail a notification that waits; return whether it went out. What went wrong is in the row, for staff."""
    waiting = Notification.objects.filter(pk=pk, mail=Notification.Mail.WAITING)
    # Two workers may have the message; the one whose update changes the row sends it.
    before = waiting.values_list("mail_tried", flat=True).first()
    if not waiting.filter(mail_tried=before).update(mail_tried=Now()):
        return False
    row = waiting.select_related("person", "person__preference", "collection").first()
    if row is None or not settings.MAIL:
        return False
    try:
        _message(row).send()
    except (SMTPException, OSError, ValueError) as error:
        log.warning("Notification %s could not be mailed: %s", pk, error)
        waiting.update(mail_problem=f"{type(error).__name__}: {error}"[:300])
        return False
    done: dict[str, Any] = {"mail": Notification.Mail.SENT, "mail_problem": ""}
    if row.kind == Notification.Kind.ACCOUNT:
        done["address"] = ""  # it allows anyone to choose the password
    waiting.update(**done)
    return True


def _message(row: Notification) -> EmailMessage:
    language = getattr(getattr(row.person, "preference", None), "language", "") or settings.LANGUAGE_CODE
    with translation.override(language):
        subject = " ".join(translated(row.message).split())
        address = row.address
        if address.startswith("/"):
            address = f"{settings.ADDRESS}{address}" if settings.ADDRESS else ""
        title = row.collection.title if row.collection else ""
        place = "" if title in subject else title
        context = {
            "row": row,
            "subject": subject,
            "place": place,
            "address": address,
            "settings_address": _own_page(),
            "link_days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        }
        text = render_to_string("mail/notification.html", context)
        return EmailMessage(f"hhreview: {subject}", text, to=[row.person.email])


def _own_page() -> str:
    return f"{settings.ADDRESS}/notifications/" if settings.ADDRESS else _("Notifications in hhreview")


def mail_problems() -> tuple[int, str]:
    """Return how many mails wait because the server refused them, and its last error."""
    stuck = Notification.objects.filter(mail=Notification.Mail.WAITING).exclude(mail_problem="")
    last = stuck.order_by(F("mail_tried").desc(nulls_last=True)).values_list("mail_problem", flat=True).first()
    return stuck.count(), last or ""
