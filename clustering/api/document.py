"""The OpenAPI 3.1 document: what ninja knows of the operations, and what holds for all of them."""

from __future__ import annotations

from typing import Any

from clustering.api.paging import MOST_AT_ONCE
from clustering.api.problems import KINDS, MEDIA_TYPE, Problem
from clustering.api.shapes import MOST_NAMED

REFS = "#/components/schemas/{model}"

DESCRIPTION = f"""What the desk does, for scripts: read collections, pages, groups, runs, jobs and the history; act;
export.

**Signing in.** Send a token, which you make at the desk under your name: `Authorization: Bearer hhr_…`. It may do
what you may do, and with the scope “read” nothing but read. In the browser the session serves as well; writing then
takes the header `X-CSRFToken`. What you may not see looks like what does not exist (404); what you may see but not do
is 403.

**Names.** Pages are named by their position in scan order, which changes only where a later import inserts pages;
groups by their id. Every group has a `version`, every collection too.

**Acting.** Every act says what it was based on (`versions`) and may carry an `act_id` of yours. If something is no
longer as you saw it, nothing is done and the answer (409) brings the groups as they stand now. Sent twice with the
same `act_id` an act is done once. All or nothing: an act that is refused has changed nothing. All acts stand in the
history under your name and can be undone at the desk.

**Long lists** come in sheets of up to {MOST_AT_ONCE}; `next` is the address of the following one. All groups at once,
a line each, come from `groups.ndjson`, and exports as files. One act names {MOST_NAMED:,} pages or groups at most.
There is no limit to how often you ask with a token that is right; a reverse proxy may set one.

**Problems** come as `application/problem+json` (RFC 9457): `type` says which kind, `detail` what to do, in a
sentence.
"""

TAGS = {
    "You": "Who you are to the API.",
    "Collections": "An organization's folder of scans each.",
    "Pages": "The scans, in the order in which they were made.",
    "Seams": "The places between pages: the probability of a page break, the reasons, and people’s answers.",
    "Groups": "The documents as the desk has them now.",
    "Acts": "Everything that changes the desk.",
    "Runs": "Proposals, kept side by side.",
    "Jobs": "What the workers do.",
    "Edits": "The history: every act that was done.",
    "Exports": "Documents as files, for where they go next.",
    "Search": "Words in the text of pages.",
}

_ALWAYS = ("malformed", "not-signed-in", "not-found", "too-many", "broken")
_WRITING = ("not-allowed", "stale", "too-large", "refused")
_REFUSED_READING = frozenset({"download", "list_changes"})
_WITH_JOBS = frozenset({"Jobs", "Exports", "Collections"})
_TAGGED = frozenset({"get_collection", "get_group"})
"""Operations whose answers have an ETag."""


def documented(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with tags, kinds of problems and what else ninja does not know."""
    problem = Problem.model_json_schema(ref_template=REFS, mode="serialization")
    schemas: dict[str, Any] = schema["components"]["schemas"]
    for name, definition in problem.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    schemas["Problem"] = problem
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            _add_problems(method, operation)
            operation["parameters"] = [_without_null(parameter) for parameter in operation["parameters"]]
    schema["components"]["schemas"] = _spoken_of(schema["paths"], schemas)
    found = {key: value for key, value in schema.items() if key != "servers"}
    found["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    return found


def _add_problems(method: str, operation: dict[str, Any]) -> None:
    kinds = [*_ALWAYS]
    name = operation["operationId"]
    if method != "get":
        kinds += _WRITING
    elif name in _REFUSED_READING:
        kinds.append("refused")
    if method == "post" and operation["tags"][0] in _WITH_JOBS:
        kinds += ["job-active", "no-broker"]
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    if name in _TAGGED:
        responses["304"] = {"description": "You have the newest already."}
    for status in sorted({KINDS[kind].status for kind in kinds}):
        meanings = [KINDS[kind] for kind in kinds if KINDS[kind].status == status]
        responses[str(status)] = {
            "description": " Or: ".join(f"{kind.title}. {kind.meaning}" for kind in meanings),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = dict(sorted(responses.items()))


def _without_null(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null: there is no such thing in an address."""
    schema = parameter["schema"]
    kept = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(kept) != 1:
        return parameter
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**parameter, "schema": {**rest, **kept[0]}}


def _spoken_of(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that something refers to, in order of their names."""
    named: set[str] = set()
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name not in named:
            named.add(name)
            waiting |= _references(schemas[name])
    return {name: schemas[name] for name in sorted(named)}


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {str(part["$ref"]).rpartition("/")[2]} if "$ref" in part else set()
        return own.union(*(_references(value) for value in part.values()))
    if isinstance(part, list):
        return set[str]().union(*(_references(value) for value in part))
    return set()
