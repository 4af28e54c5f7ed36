"""Ask a language model, within a budget: about doubtful seams, and for descriptions of documents.

Each answer is stored as it arrives, so that a job can continue; stored answers cost nothing. A failed question is a
warning, and the job continues, but it stops asking after several failures in a row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import models, transaction

from clustering.engine.images import BadScan
from clustering.engine.language_model import Endpoint, Unusable, read_seam_answer, seam_question
from clustering.jobs.params import AskParams, params_of
from clustering.jobs.slices import DEFAULT, JobStopped, Slice, Stage
from clustering.language_model.budget import Budget, Spent
from clustering.language_model.opinions import Asked, opinion_on
from clustering.language_model.pace import MINUTE, TooBusy
from clustering.language_model.setup import NotSetUp, endpoint_set_up
from clustering.language_model.shown import can_be_judged, page_shown
from clustering.language_model.suggestions import described, question_about
from clustering.models import Group, Job, JobProblem, Opinion, Page
from clustering.models.group import GroupQuerySet
from clustering.redecode.live import desk_run
from clustering.selectors.queue import DOUBTFUL, OpenSeam, open_seams
from clustering.sentences import plain_data
from clustering.wording import say

MOST_FAILURES = 5
"""Failed questions in a row after which the job stops asking."""
PATIENCE = MINUTE + 5.0
"""Longest wait for a turn, in seconds: until the next minute."""


@dataclass(frozen=True, slots=True)
class _Open:
    """One unanswered question: about a page, or the seam after it."""

    page: Page
    ask: Callable[[], Asked]


def begin_seams(job: Job) -> int:
    """Count the doubtful seams without an answer; 0 if the job doesn't ask about seams.

    Raises JobStopped if no language model is set up, or there is no proposal yet.
    """
    endpoint = _endpoint()
    if not params_of(job, AskParams).seams:
        return 0
    if desk_run(job.collection) is None:
        raise JobStopped(
            say(
                "%(collection)s has no proposal with places to check yet. Propose documents first.",
                collection=job.collection.title,
            )
        )
    return _within(job, sum(1 for _ in _seams(job, endpoint)))


def begin_documents(job: Job) -> int:
    """Count the documents that no person titled; 0 if the job doesn't ask about documents."""
    return _within(job, _untitled(job).count()) if params_of(job, AskParams).describe else 0


def advance_seams(current: Slice) -> bool:
    """Ask about seams until the slice's time or the budget is used up; True if some are left."""
    return _advance(current, _seams)


def advance_documents(current: Slice) -> bool:
    """Do the same for documents."""
    return _advance(current, _documents)


def wants_proposal(job: Job) -> bool:
    """Whether to propose documents again with the answers."""
    return params_of(job, AskParams).propose and job.opinions.filter(kind=Opinion.Kind.SEAM).exists()


SEAM_STAGE = Stage(Job.Stage.ASKING_OF_SEAMS, DEFAULT, begin_seams, advance_seams)
DOCUMENT_STAGE = Stage(Job.Stage.ASKING_OF_DOCUMENTS, DEFAULT, begin_documents, advance_documents)


def _endpoint() -> Endpoint:
    try:
        return endpoint_set_up()
    except NotSetUp as error:
        raise JobStopped(str(error)) from error


def _budget(job: Job) -> Budget:
    params = params_of(job, AskParams)
    return Budget.of(params.questions, params.seconds, params.money)


def _within(job: Job, count: int) -> int:
    return min(count, _budget(job).questions)


def _advance(current: Slice, questions: Callable[[Job, Endpoint], Iterator[_Open]]) -> bool:
    job, endpoint = current.job, _endpoint()
    budget, failed = _budget(job), _failed(current)
    for question in questions(job, endpoint):
        if question.page.pk in failed:
            continue
        spent = Spent.of(job.result)
        over = spent.used_up(budget) or _gave_up(spent, endpoint)
        if over:
            if plain_data(over) not in job.result.get("stopped", []):
                _keep(current, spent, stopped=over)
                current.problem(over, is_warning=True)
            return False
        if not current.has_time:
            return True
        _ask(current, question, spent)
    return False


def _gave_up(spent: Spent, endpoint: Endpoint) -> str:
    if spent.in_a_row < MOST_FAILURES:
        return ""
    return say(
        "%(host)s gave no answer %(count)s times in a row, so no more questions are asked. Check that it is running, "
        "then start the job again. Answers so far are kept.",
        host=endpoint.host,
        count=MOST_FAILURES,
    )


def _ask(current: Slice, question: _Open, spent: Spent) -> None:
    """Ask one question and store the result. Raises JobStopped if no question can be asked."""
    started = time.monotonic()
    try:
        asked = question.ask()
    except (Unusable, TooBusy) as error:
        raise JobStopped(str(error)) from error
    except (BadScan, OSError) as error:
        asked = Asked(None, say("Its picture could not be prepared. %(why)s", why=error))
    spent.count(asked, seconds=time.monotonic() - started)
    with transaction.atomic():
        current.hold()
        if asked.opinion is not None:
            asked.opinion.save(force_insert=True)
        else:
            why = say("%(page)s: %(why)s", page=question.page.identifier, why=asked.problem)
            current.problem(why, page=question.page, is_warning=True)
        _keep(current, spent)
    done = current.job.done + (asked.opinion is not None)
    current.report(done, current.job.total)


def _keep(current: Slice, spent: Spent, *, stopped: str = "") -> None:
    job = current.job
    job.result = {**job.result, "spent": spent.to_json()}
    if stopped:
        job.result["stopped"] = [*job.result.get("stopped", []), plain_data(stopped)]
    job.save(update_fields=["result"])


def _failed(current: Slice) -> set[int]:
    """Return the ids of the pages whose question failed in this stage; another job asks it again."""
    problems = JobProblem.objects.filter(job=current.job, page__isnull=False)
    if current.job.stage_started:
        problems = problems.filter(created__gte=current.job.stage_started)
    return {pk for pk in problems.values_list("page", flat=True) if pk is not None}


def _seams(job: Job, endpoint: Endpoint) -> Iterator[_Open]:
    """Return doubtful seams without an answer to the current question, the most doubtful first."""
    run = desk_run(job.collection)
    if run is None:
        return
    seams = sorted(open_seams(job.collection, run, least=DOUBTFUL), key=_certainty)
    places = {position for seam in seams for position in (seam.left, seam.left + 1)}
    rows = job.collection.pages.filter(position__in=places).select_related("reading")
    pages = {page.position: page for page in rows.defer("reading__lines", "reading__search")}
    known = set(_kept(job, Opinion.Kind.SEAM).values_list("key", "page", "next_page"))
    for seam in seams:
        left, right = pages[seam.left], pages[seam.left + 1]
        shown = page_shown(left), page_shown(right)
        if not all(can_be_judged(page, endpoint) for page in shown):
            continue
        question = seam_question(*shown, endpoint)
        if (question.key, left.pk, right.pk) not in known:
            ask = partial(
                opinion_on, left, question, read_seam_answer, endpoint, next_page=right, job=job, actor=job.actor,
                patience=PATIENCE,
            )  # fmt: skip
            yield _Open(left, ask)


def _certainty(seam: OpenSeam) -> tuple[float, int]:
    return abs(seam.probability - 0.5), seam.left


def _documents(job: Job, endpoint: Endpoint) -> Iterator[_Open]:
    """Return documents that no person titled, without an answer to the current question, in scan order."""
    known = set(_kept(job, Opinion.Kind.DOCUMENT).values_list("key", "page"))
    for group in _untitled(job).in_scan_order():
        pages, question = question_about(group, endpoint)
        if question is not None and (question.key, pages[0].pk) not in known:
            ask = partial(described, group, endpoint, job=job, actor=job.actor, patience=PATIENCE)
            yield _Open(pages[0], ask)


def _untitled(job: Job) -> GroupQuerySet:
    return Group.objects.filter(collection=job.collection, title="")


def _kept(job: Job, kind: str) -> models.QuerySet[Opinion]:
    return Opinion.objects.filter(collection=job.collection, kind=kind)
