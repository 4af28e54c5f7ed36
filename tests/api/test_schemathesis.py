"""The API is held to its document: schemathesis makes requests of it, good and bad, and looks at every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from clustering.accounts.tokens import make_token
from clustering.actions.flag import flag_group
from clustering.models import Group, Job, Page, Run, SeamScore, User
from tests.api.test_runs import make_run
from tests.conftest import MakeCollection
from tests.views.fuzzing import SHARE

SANE = ["2xx", "304", "401", "403", "404", "409", "422"]
"""What a request that is as described may get: 422 is a refusal with a reason, never a complaint about its form."""

REJECTED = ["400", "401", "403", "404", "405", "413"]
"""What a request that is not as described gets: never done, and never mistaken for one that is refused for a reason."""

CHECKS = {
    "positive_data_acceptance": {"expected-statuses": SANE},
    "negative_data_rejection": {"expected-statuses": REJECTED},
}
EDGES = ["create", "split", "move", "describe", "answer", "accept", "publish", "launch"][::SHARE]
"""Between them they take every kind of field; the other acts are made of the same."""


def operations(*, edges: bool) -> Any:
    """The API by its document, every check on; with `edges` also each value at and beyond its limits, one by one."""
    config = SchemathesisConfig.from_dict({"checks": CHECKS, "phases": {"coverage": {"enabled": edges}}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=get_wsgi_application(), config=config)


FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
usual = operations(edges=False).exclude(operation_id=EDGES)
edges = operations(edges=True).include(operation_id=EDGES)


@pytest.fixture
def transaction() -> Iterator[None]:
    """A server would close connections after each request; here that would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(transaction: None, sam: User, make_collection: MakeCollection, sent: list[int]) -> str:
    """Staff asks of a small collection that has something of everything."""
    collection = make_collection(groups=[3, 2, 1])
    run = make_run(collection, [[1], [2, 3, 4], [6, 5]])
    for page in collection.pages.all():
        SeamScore.objects.create(run=run, page=page, probability=0.4, boundary=False)
    Job.objects.create(collection=collection, kind="read", state="done", done=6, total=6)
    flag_group(Group.objects.get(number=2), note="torn", actor=sam)
    return make_token(sam, name="schemathesis", scope="write", days=None)[1]


@usual.parametrize()
@FEW
def test_every_answer_is_as_the_document_says(case: schemathesis.Case[Any], token: str) -> None:
    aim_at_what_is_there(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


@edges.parametrize()
@FEW
def test_so_it_is_at_every_limit_and_beyond(case: schemathesis.Case[Any], token: str) -> None:
    aim_at_what_is_there(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


def aim_at_what_is_there(case: schemathesis.Case[Any]) -> None:
    """Random names find nothing: what is well-formed is turned into something that exists, most of the time."""
    if is_as_described(case, ParameterLocation.PATH):
        case.path_parameters = {name: real(name, value) for name, value in case.path_parameters.items()}
    if is_as_described(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body = {name: real(name, value) for name, value in case.body.items()}


def is_as_described(case: schemathesis.Case[Any], place: ParameterLocation) -> bool:
    component = case.meta.components.get(place) if case.meta else None
    return component is None or component.mode.is_positive


def real(name: str, value: Any) -> Any:
    if isinstance(value, list):
        parts = [real(name, part) for part in value]
        return list(dict.fromkeys(parts)) if all(isinstance(part, int) for part in parts) else parts
    if name == "slug":
        return "afl" if len(str(value)) % 5 else value
    if isinstance(value, bool) or not isinstance(value, int) or value % 7 == 0:
        return value
    rows: dict[str, Any] = {
        "group": Group.objects.values_list("pk", flat=True),
        "groups": Group.objects.values_list("pk", flat=True),
        "to": Group.objects.values_list("pk", flat=True),
        "run": Run.objects.values_list("pk", flat=True),
        "job": Job.objects.values_list("pk", flat=True),
        **dict.fromkeys(
            ("position", "left", "pages", "before", "order", "only"), Page.objects.values_list("position", flat=True)
        ),
        **dict.fromkeys(("sequence", "edit"), range(1, 5)),
    }
    known = list(rows.get(name, ()))
    return known[value % len(known)] if known else value
