"""Workers and queues, and the settings of the installation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, F, Min, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clustering.access import access_staff
from clustering.jobs.batches import is_night
from clustering.jobs.durations import duration, night_in_words
from clustering.jobs.launching import BROKER_AWAY
from clustering.jobs.slices import DEFAULT, LEARNING, VISION
from clustering.jobs.workload import metrics, pages_a_second
from clustering.models import Job
from clustering.teamwork.mailing import mail_problems

_QUEUES = {
    VISION: _lazy("Image and text analysis"),
    DEFAULT: _lazy("OCR and everything else"),
    LEARNING: _lazy("Training"),
}


@require_GET
def workers(request: HttpRequest) -> HttpResponse:
    """Show the numbers of /metrics: what waits, what runs, how fast, how old, and what failed within a day."""
    access_staff(request.user)
    try:
        figures = {metric.name: dict(metric.values) for metric in metrics()}
    except BROKER_AWAY:
        figures = None
    rates = pages_a_second() if figures else {}
    mail_stuck, mail_problem = mail_problems()
    context = {
        "queues": [_queue(key, str(name), figures) | {"rate": rates.get(key)} for key, name in _QUEUES.items()]
        if figures
        else [],
        "is_away": figures is None,
        "silent": int(figures["hhreview_silent_jobs"][()]) if figures else 0,
        "kinds": _kinds(),
        "facts": _facts(),
        "mail_stuck": mail_stuck,
        "mail_problem": mail_problem,
        "mode": "staff-workers",
        "may_launch": True,
    }
    return render(request, "staff/workers.html", context)


def _queue(key: str, name: str, figures: dict[str, Any]) -> dict[str, Any]:
    batches, sent = figures["hhreview_batches"], figures["hhreview_messages"]
    return {
        "name": name,
        "key": key,
        **{state: int(batches[(("queue", key), ("state", state))]) for state in ("waiting", "leased", "lapsed")},
        "messages": int(sum(value for labels, value in sent.items() if ("queue", key) in labels)),
    }


def _kinds() -> list[dict[str, Any]]:
    """Return for each kind of job how many wait, run, ended, and failed within a day, the duration, and the oldest."""
    recent = Q(finished__gte=timezone.now() - timedelta(days=1))
    rows = (
        Job.objects.filter(Q(state__in=Job.ACTIVE) | recent)
        .order_by("kind")
        .values("kind")
        .annotate(
            queued=Count("pk", filter=Q(state=Job.State.QUEUED)),
            running=Count("pk", filter=Q(state=Job.State.RUNNING)),
            finished_count=Count("pk", filter=recent & Q(state=Job.State.DONE)),
            failed_count=Count("pk", filter=recent & Q(state=Job.State.FAILED)),
            took=Avg(F("finished") - F("started"), filter=Q(state=Job.State.DONE)),
            age=Now() - Min("created", filter=Q(state__in=Job.ACTIVE)),
        )
    )
    return [
        {
            **row,
            "label": Job.Kind(row["kind"]).label,
            "took": duration(row["took"].total_seconds()) if row["took"] else "",
            "age": duration(row["age"].total_seconds()) if row["age"] else "",
        }
        for row in rows
    ]


def _facts() -> list[tuple[str, str, str]]:
    """Return the settings that staff ask about: label, value, and variable. No secrets."""
    night = night_in_words() or _("whenever no other job is waiting")
    if settings.NIGHT and is_night():
        night = _("%(night)s, now") % {"night": night}
    days = settings.EXPORT_DAYS
    return [
        (_("Jobs for the night run"), night, "HHREVIEW_NIGHT"),
        (_("OCR language"), settings.OCR_LANGUAGE, "HHREVIEW_OCR_LANGUAGE"),
        (_("Image encoder"), settings.ENCODER, "HHREVIEW_ENCODER"),
        (_("Text encoder"), settings.TEXT_ENCODER, "HHREVIEW_TEXT_ENCODER"),
        (_("Language model"), settings.LLM_MODEL or _("none"), "HHREVIEW_LLM_MODEL"),
        (
            _("Server folders for imports"),
            ", ".join(map(str, settings.IMPORT_ROOTS)) or _("none"),
            "HHREVIEW_IMPORT_ROOTS",
        ),
        (
            _("Files of exports are kept"),
            ngettext("%(count)s day", "%(count)s days", days) % {"count": days},
            "HHREVIEW_EXPORT_DAYS",
        ),
        (_("Email"), settings.EMAIL_HOST or (_("console") if settings.MAIL else _("off")), "HHREVIEW_EMAIL_URL"),
        (_("Time zone"), settings.TIME_ZONE, "HHREVIEW_TIME_ZONE"),
    ]
