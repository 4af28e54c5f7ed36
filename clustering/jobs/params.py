"""The parameters of each kind of job, as stored in `Job.params`: checked when a job is created, typed when it is read.

Only what was said is kept, so that what a job leaves open stays open: its collection or the installation decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustering.models import Job
from clustering.wording import say

Whole = Annotated[int, Field(ge=1)]


class WrongParams(ValueError):
    """Something that a job of this kind is not told. The message is a full sentence that names it."""


class Params(BaseModel):
    """What one kind of job is told."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class EmbeddingParams(Params):
    """For jobs that look at images."""

    encoder: str = ""
    """Key of the image encoder; empty: the installation's."""


class ReadingParams(Params):
    """For jobs that read pages."""

    language: str = ""
    """Codes as "deu+eng"; empty: the collection's."""


class ProposalParams(EmbeddingParams):
    """For jobs that propose documents."""

    method: str = ""
    settings: dict[str, Any] = {}
    """Of the method."""
    documents: Whole | None = None
    """How many are expected; where nothing was said, the collection's number, and None: nobody knows."""
    publish: bool = True
    """Whether the proposal is put on the desk."""


class ProcessParams(ProposalParams, ReadingParams):
    """For jobs that do all three."""


class AgreedParams(Params):
    """What a person agreed to after a comparison."""

    preview: Whole
    """Id of the job with the plan."""
    kinds: list[Literal["insert", "replace", "rename", "missing"]]


class ImportParams(Params):
    """For imports. The source is an address or pid, a folder or file, or an upload in a folder."""

    source: str = ""
    folder: str = ""
    upload: str = ""
    """Key of the upload whose files lie in the folder."""
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    size: Whole | None = None
    """Pixels of the long edge; neither this nor percent: full size."""
    ask: bool | Literal["only"] = False
    """Whether to compare first, and ask where there is something to decide; "only": import nothing in any case."""
    agreed: AgreedParams | None = None
    then: Annotated[Job.Kind, Field(strict=False)] | None = None
    """Kind of the job to follow it."""


class LearnParams(Params):
    """For training."""

    by_itself: bool = False
    """Whether nobody ordered it: it began after so many corrections."""


class ExportParams(Params):
    """For exports."""

    format: str = ""
    everything: bool = False
    """Whether documents that nobody confirmed are exported too."""
    drafts: bool = False
    restricted: bool = False
    """Whether restricted pages are exported too, which only a manager orders and fetches."""


class AskParams(ProposalParams):
    """For jobs that ask a language model, and propose documents again by what it answered."""

    questions: Whole | None = None
    seconds: Whole | None = None
    money: str = ""
    """In the currency of the prices set; empty: no limit."""
    seams: bool = True
    describe: bool = False
    propose: bool = True


PARAMS: Mapping[str, type[Params]] = {
    Job.Kind.IMPORT: ImportParams,
    Job.Kind.PROCESS: ProcessParams,
    Job.Kind.EMBED: EmbeddingParams,
    Job.Kind.READ: ReadingParams,
    Job.Kind.PROPOSE: ProposalParams,
    Job.Kind.LEARN: LearnParams,
    Job.Kind.EXPORT: ExportParams,
    Job.Kind.ASK: AskParams,
}


AnyParams = TypeVar("AnyParams", bound=Params)


def params_of(job: Job, form: type[AnyParams]) -> AnyParams:
    """Return what a job was told. Raises TypeError for a job of a kind that is told other things."""
    params = PARAMS[job.kind].model_validate(job.params)
    if not isinstance(params, form):
        raise TypeError(f"A job of the kind {job.kind} has no {form.__name__}.")
    return params


def checked(kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a job of this kind is told, as its row keeps it. Raises WrongParams."""
    form = PARAMS[kind]
    label = Job.Kind(kind).label
    unknown = sorted(params.keys() - form.model_fields.keys())
    if unknown:
        known = ", ".join(form.model_fields) or say("nothing")
        raise WrongParams(
            say(
                "A job “%(label)s” does not take “%(unknown)s”. Leave it out: it takes %(known)s.",
                label=label,
                unknown=unknown[0],
                known=known,
            )
        )
    try:
        return form.model_validate(dict(params)).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"]))
        raise WrongParams(
            say(
                "A job “%(label)s” can’t use “%(where)s” (%(wrong)s). Change it and try again.",
                label=label,
                where=where,
                wrong=wrong["msg"],
            )
        ) from error
