"""Notify people: with rows for the bell, which `mailing` mails after commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clustering.access import access_collections, hidden_pages
from clustering.models import Assignment, Collection, Job, Notification, Preference, Team, User
from clustering.sentences import Sentence
from clustering.wording import as_data, say

MAIL_TASK = "clustering.tasks.mail_notification"
DAYS_BEFORE = 2
"""So long before the due date people are reminded."""


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
    mail_soon: bool = True,
) -> list[Notification]:
    """Notify these people, except the actor, and mail those who want mail. With a `key`, each is notified only once.

    Without `mail_soon`, the mail goes out with the next of its kind, or when the sweep finds it due.
    """
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
        if row.mail and mail_soon:
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
    others = Job.objects.active().filter(actor=job.actor, priority=job.priority).exclude(pk=job.pk)
    notify(
        [job.actor],
        message,
        kind=Notification.Kind.JOB,
        collection=job.collection,
        address=f"/jobs/{job.pk}/",
        quote=failed,
        mail_soon=not others.exists(),  # one mail for all jobs that were ordered together
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
