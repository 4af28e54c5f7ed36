"""The OpenAPI 3.1 document: what ninja generates, with tags, problems, and an introduction."""

from __future__ import annotations

from typing import Any

from clustering.api.paging import MOST_AT_ONCE
from clustering.api.problems import KINDS, MEDIA_TYPE, Problem
from clustering.api.shapes import MOST_NAMED

REFS = "#/components/schemas/{model}"

DESCRIPTION = f"""Everything reviewers do, for scripts: read collections, pages, documents, proposals, jobs, and the
history; make changes; export. The API calls a document a **group**, a proposal a **run**, and a change an **act** or
an **edit**.

**Signing in.** Send a token, which you create in your account menu: `Authorization: Bearer hhr_…`. It may do
what you may do; with the scope “read” it can only read. In the browser, the session works too; to write, send the
header `X-CSRFToken`. Anything you may not see looks like something that does not exist (404); anything you may see but
not do is 403.

**Names.** A page is identified by its position in scan order, which changes only if a later import inserts pages.
A group is identified by its ID. Every group and every collection has a `version`.

**Acts.** Every act says what it is based on (`versions`) and may carry an `act_id`, a UUID of yours. If something has
changed since, nothing is done, and the response (409) contains the current groups. An act sent twice with the
same `act_id` is done once. An act that is refused changes nothing. All acts appear in the
history under your name and can be undone.

**Long lists** come in parts of up to {MOST_AT_ONCE} items; `next` is the address of the next part. `groups.ndjson` has
all groups, one per line, and exports are files. One act can name up to {MOST_NAMED:,} pages or groups.
The operator may limit how many requests you can send; beyond that, the response is 429, and `Retry-After` says how
many seconds to wait.

**Problems** come as `application/problem+json` (RFC 9457): `type` says which kind, and `detail` what to do, in a
sentence.
"""

TAGS = {
    "You": "Who you are and what you may do.",
    "Collections": "Each is one organization's folder of scans.",
    "Pages": "The scans, in scan order.",
    "Seams": "The places between pages: the probability of a page break, the reasons, and people’s answers.",
    "Groups": "The current documents. The API calls a document a group.",
    "Comments": "Comments of people on documents. No export contains them.",
    "Acts": "Everything that changes documents.",
    "Runs": "Proposals, kept for comparison.",
    "Jobs": "Work in the background.",
    "Edits": "The history: every change.",
    "Exports": "Documents as files, for other systems.",
    "Search": "Search in the text of pages.",
}

_ALWAYS = ("malformed", "not-signed-in", "not-found", "too-many", "broken")
_WRITING = ("not-allowed", "stale", "too-large", "refused")
_REFUSED_READING = frozenset({"download", "list_changes"})
_WITH_JOBS = frozenset({"Jobs", "Exports", "Collections"})
_TAGGED = frozenset({"get_collection", "get_group"})
"""Operations whose responses have an ETag."""


def documented(schema: dict[str, Any]) -> dict[str, Any]:
    """Return ninja's document with tags and problems, and without null parameters and unused schemas."""
    problem = Problem.model_json_schema(ref_template=REFS, mode="serialization")
    schemas: dict[str, Any] = schema["components"]["schemas"]
    for name, definition in problem.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    schemas["Problem"] = problem
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            _add_problems(method, operation)
            operation["parameters"] = [_without_null(parameter) for parameter in operation["parameters"]]
    schema["components"]["schemas"] = _used(schema["paths"], schemas)
    document = {key: value for key, value in schema.items() if key != "servers"}
    document["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    return document


def _add_problems(method: str, operation: dict[str, Any]) -> None:
    kinds = [*_ALWAYS]
    name = operation["operationId"]
    if method != "get":
        kinds += _WRITING
    elif name in _REFUSED_READING:
        kinds.append("refused")
    if method == "post" and operation["tags"][0] in _WITH_JOBS:
        kinds += ["job-active", "no-broker"]
    responses = {str(status): response for status, response in operation["responses"].items()}
    if name in _TAGGED:
        responses["304"] = {"description": "You already have the newest version."}
    for status in sorted({KINDS[kind].status for kind in kinds}):
        meanings = [KINDS[kind] for kind in kinds if KINDS[kind].status == status]
        responses[str(status)] = {
            "description": " Or: ".join(f"{kind.title}. {kind.meaning}" for kind in meanings),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = dict(sorted(responses.items()))


def _without_null(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter whose schema doesn't allow null, which can't be written in an address."""
    schema = parameter["schema"]
    kept = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(kept) != 1:
        return parameter
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**parameter, "schema": {**rest, **kept[0]}}


def _used(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that paths refer to, directly or not, sorted by name."""
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
