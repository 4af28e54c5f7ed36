"""The parameters of each kind of job, as stored in `Job.params`: checked when a job is created, typed when read.

Only explicit values are stored. For everything else, the collection or the installation decides when the job runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clustering.exports.contract import Included
from clustering.models import Job
from clustering.wording import say

Whole = Annotated[int, Field(ge=1)]


class WrongParams(ValueError):
    """Parameters that no job can have. The message is a full sentence that says what to enter instead."""


class Params(BaseModel):
    """The parameters of one kind of job."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class EmbeddingParams(Params):
    """For jobs that analyze images."""

    encoder: str = ""
    """Key of the image encoder; empty: the installation's."""


class ReadingParams(Params):
    """For jobs that read pages."""

    language: str = ""
    """Language codes such as "deu+eng"; empty: the collection's."""


class ProposalParams(EmbeddingParams):
    """For jobs that propose documents."""

    method: str = ""
    settings: dict[str, Any] = {}
    """Settings of the method."""
    documents: Whole | None = None
    """Expected number of documents; if not given, the collection's; None: unknown."""
    publish: bool = True
    """Whether to publish the proposal."""


class ProcessParams(ProposalParams, ReadingParams):
    """For jobs that do all three."""


class AgreedParams(Params):
    """What a person agreed to after a comparison."""

    preview: Whole
    """Id of the job with the plan."""
    kinds: list[Literal["insert", "replace", "rename", "missing"]]


class ImportParams(Params):
    """For imports. The source is an address or pid, a folder or file, or an upload."""

    source: str = ""
    folder: str = ""
    upload: str = ""
    """Key of the upload whose files are in the folder."""
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    size: Whole | None = None
    """Pixels of the long edge; without this and percent: full size."""
    ask: bool | Literal["only"] = False
    """Whether to compare first, and to ask if there is something to decide; "only": never import."""
    agreed: AgreedParams | None = None
    then: Annotated[Job.Kind, Field(strict=False)] | None = None
    """Kind of the job that follows it."""


class LearnParams(Params):
    """For training."""

    by_itself: bool = False
    """Whether it started automatically after a number of corrections."""


class ExportParams(Params):
    """For exports."""

    format: str = ""
    everything: bool = False
    """Whether to export unconfirmed documents too."""
    drafts: bool = False
    restricted: bool = False
    """Whether to export restricted pages too; only managers can launch and download this."""

    @property
    def included(self) -> Included:
        """What to include."""
        return Included(self.everything, self.drafts, self.restricted)


class AskParams(ProposalParams):
    """For jobs that ask a language model, and propose documents again with its answers."""

    questions: Whole | None = None
    seconds: Whole | None = None
    money: str = ""
    """In the currency of the prices in the settings; empty: no limit."""
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
    """Return the parameters of a job. Raises TypeError if its kind has others."""
    params = PARAMS[job.kind].model_validate(job.params)
    if not isinstance(params, form):
        raise TypeError(f"A job of the kind {job.kind} has no {form.__name__}.")
    return params


def checked(kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as stored in the job's row. Raises WrongParams."""
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
