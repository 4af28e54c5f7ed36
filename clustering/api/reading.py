"""The OpenAPI document as a person reads it: nouns, operations, fields, examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 4
"""Examples go no deeper into what refers to itself or others."""
_EXAMPLES: Mapping[str, Any] = {
    "string": "…",
    "integer": 1,
    "number": 0.9,
    "boolean": True,
    "object": {},
    "null": None,
}
_NAMED: Mapping[str, Any] = {
    "slug": "afl-cio",
    "act_id": "5f0c8a52-6c1e-4a8e-9d3b-0d6f1c2a7b90",
    "versions": {"12": 7},
    "group": 12,
    "groups": [12, 13],
    "pages": [31, 32],
    "before": 33,
    "order": [31, 33, 32],
    "title": "Minutes of the council",
    "date": "1959-03",
    "kind": "minutes",
    "language": "en",
    "note": "Which year?",
    "role": "target",
    "left": 31,
    "edit": 410,
}


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A parameter, or a field of a body or an answer."""

    name: str
    type: str
    required: bool
    description: str
    shape: str = ""
    """Name of the shape that it is, or that it is made of."""


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One status that an operation may answer with."""

    status: str
    description: str
    comes: str
    """What comes back, in a word or two."""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class ShapeShown:
    """Something that several operations take or tell."""

    name: str
    description: str
    fields: list[FieldShown]


@dataclass(frozen=True, slots=True)
class OperationShown:
    """One thing that can be asked for."""

    name: str
    method: str
    address: str
    summary: str
    paragraphs: list[str]
    parameters: list[FieldShown]
    body: list[FieldShown]
    answers: list[AnswerShown]
    fields: list[FieldShown]
    """Of what comes back when all is well."""
    example: str
    """A call with curl."""


@dataclass(frozen=True, slots=True)
class NounShown:
    """Operations that belong together."""

    name: str
    description: str
    operations: list[OperationShown] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.name.lower()


def nouns_of(document: Mapping[str, Any]) -> list[NounShown]:
    """Return the whole document in its own order of nouns. Pure."""
    nouns = {tag["name"]: NounShown(tag["name"], tag["description"]) for tag in document["tags"]}
    schemas = document["components"]["schemas"]
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            nouns[operation["tags"][0]].operations.append(_operation(method, address, operation, schemas))
    return list(nouns.values())


def _operation(method: str, address: str, known: Mapping[str, Any], schemas: Mapping[str, Any]) -> OperationShown:
    body = _resolved(_content(known.get("requestBody", {})), schemas)
    good: Mapping[str, Any] = next((answer for status, answer in known["responses"].items() if status[0] == "2"), {})
    return OperationShown(
        name=known["operationId"],
        method=method.upper(),
        address=address,
        summary=known["summary"],
        paragraphs=[" ".join(part.split()) for part in known.get("description", "").split("\n\n") if part.strip()],
        parameters=[
            FieldShown(p["name"], type_in_words(p["schema"]), p["required"], p.get("description", ""))
            for p in known["parameters"]
            if p["in"] != "path"
        ],
        body=list(_fields(body)),
        answers=[
            AnswerShown(status, answer["description"], _comes(answer), shape_of(_content(answer)))
            for status, answer in known["responses"].items()
        ],
        fields=list(_fields(_resolved(_content(good), schemas))),
        example=_curl(method, address, body, schemas),
    )


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a body or an answer; empty where it has none."""
    content = part.get("content", {})
    return next((kind.get("schema", {}) for kind in content.values()), {})


def _comes(answer: Mapping[str, Any]) -> str:
    """Return what comes back, in a word or two."""
    if not answer.get("content"):
        return ""
    schema = _content(answer)
    media_type = next(iter(answer["content"]))
    return type_in_words(schema) if "json" in media_type and "ndjson" not in media_type else media_type


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schemas[_name(schema)] if "$ref" in schema else schema
    return found


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _fields(schema: Mapping[str, Any]) -> Iterator[FieldShown]:
    required = schema.get("required", ())
    for name, known in schema.get("properties", {}).items():
        yield FieldShown(
            name, type_in_words(known), name in required, known.get("description", ""), shape=shape_of(known)
        )


def shape_of(schema: Mapping[str, Any]) -> str:
    """Return the name of the one shape that is spoken of, through lists and alternatives; empty where there is none."""
    if "$ref" in schema:
        return _name(schema).removeprefix("Sheet_").removesuffix("_")
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    return next((name for part in inner if (name := shape_of(part))), "")


def shapes_of(document: Mapping[str, Any]) -> list[ShapeShown]:
    """Return what operations tell and take, in alphabetical order; sheets and orders stand with their operations.
    Pure."""
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    bodies = {
        _name(_content(operation["requestBody"]))
        for operations in document["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    }
    return [
        ShapeShown(name, " ".join(known.get("description", "").split()), list(_fields(known)))
        for name, known in sorted(schemas.items())
        if not name.startswith("Sheet_") and name not in bodies
    ]


def type_in_words(schema: Mapping[str, Any]) -> str:
    """Return a type as people write it: list of Group, whole number from 1 to 1000, one of “same”, “different”."""
    if "$ref" in schema:
        return _sheet(_name(schema))
    if "anyOf" in schema:
        return " or ".join(type_in_words(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"“{value}”" for value in schema["enum"])
    if "const" in schema:
        return f"“{schema['const']}”"
    kind = schema.get("type", "anything")
    if kind == "array":
        if "prefixItems" in schema:
            return f"{len(schema['prefixItems'])} × {type_in_words(schema['prefixItems'][0])}"
        return f"list of {_several(schema.get('items', {}))}"
    words = {"integer": "whole number", "string": schema.get("format", "text"), "boolean": "true or false"}
    return f"{words.get(kind, kind)}{_limits(schema)}"


def _several(schema: Mapping[str, Any]) -> str:
    plural = {"integer": "whole numbers", "string": "texts"}
    return plural.get(schema.get("type", "")) or type_in_words(schema)


def _sheet(name: str) -> str:
    return f"sheet of {name.removeprefix('Sheet_').removesuffix('_')}" if name.startswith("Sheet_") else name


def _limits(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if high is not None and high >= 2**31 - 1:
        high = None
    if low is not None and high is not None:
        return f", {low} to {high}"
    if low:
        return f" from {low}"
    longest = schema.get("maxLength")
    return f", {longest} characters at most" if longest and longest < 1000 else ""


def _curl(method: str, address: str, body: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    place = address.replace("{slug}", "afl-cio").replace("{name}", "mets").replace("{", "").replace("}", "")
    for word, example in {"position": 31, "left": 31, "group": 12, "run": 3, "job": 7, "sequence": 410}.items():
        place = place.replace(f"/{word}", f"/{example}") if f"{{{word}}}" in address else place
    lines = ['curl -H "Authorization: Bearer $TOKEN"']
    if body:
        lines.append(f"-d '{json.dumps(_example(body, schemas), ensure_ascii=False)}'")
    elif method == "post":
        lines.append("-X POST")
    lines.append(f"$DESK{place}")
    return " \\\n  ".join(lines)


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """Something that such a schema takes: the fields that must be there, and `act_id` and `versions`."""
    schema = _resolved(schema, schemas)
    if depth > DEEPEST:
        return None
    if "properties" in schema:
        wanted = {*schema.get("required", ()), "act_id", "versions"}
        return {
            name: _NAMED.get(name, _example(known, schemas, depth + 1))
            for name, known in schema["properties"].items()
            if name in wanted
        }
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas, depth + 1)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_example(schema.get("items", {}), schemas, depth + 1)]
    return schema.get("minimum", _EXAMPLES.get(schema.get("type", ""), "…"))
