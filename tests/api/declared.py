"""A client that knows only what openapi.json declares, like a generated one.

What a schema has no place for is never sent, and an answer of a type that is not declared is never read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `parsed` is None if the document doesn't say how to read it."""

    status: int
    parsed: Any


class Declared:
    """Call operations by their ids: api.call("describe", {"group": 1, …}, slug="afl")."""

    def __init__(self, client: Client, document: Mapping[str, Any]) -> None:
        self.client = client
        self.schemas: Mapping[str, Any] = document["components"]["schemas"]
        self.operations = {
            operation["operationId"]: (path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if method in METHODS
        }

    def call(self, name: str, body: Any = None, /, **parameters: Any) -> Answer:
        """Send a request with declared parameters and fields only."""
        path, method, operation = self.operations[name]
        query: dict[str, Any] = {}
        for declared in operation["parameters"]:
            if declared["name"] in parameters:
                value = parameters.pop(declared["name"])
                if declared["in"] == "path":
                    path = path.replace(f"{{{declared['name']}}}", str(value))
                else:
                    query[declared["name"]] = value
        assert not parameters, f"{name} declares no parameter {', '.join(parameters)}"
        sent = json.dumps(self._written(self._body(operation), body)) if body is not None else None
        if sent is None:
            came: Any = getattr(self.client, method)(path, query)
        else:
            came = getattr(self.client, method)(path, sent, content_type="application/json")
        return Answer(came.status_code, self._read(operation["responses"].get(str(came.status_code)), came))

    def has_field(self, name: str, field: str) -> bool:
        """Whether the body of an operation has this field."""
        _, _, operation = self.operations[name]
        return "requestBody" in operation and field in self._resolved(self._body(operation)).get("properties", {})

    def _body(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
        return schema

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _written(self, schema: Mapping[str, Any], value: Any) -> Any:
        schema = self._resolved(schema)
        if "anyOf" in schema:
            branches = [self._resolved(branch) for branch in schema["anyOf"]]
            wanted = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else None
            schema = next((branch for branch in branches if wanted and branch.get("type") == wanted), schema)
        if isinstance(value, dict):
            known, others = schema.get("properties", {}), schema.get("additionalProperties")
            places = {name: known.get(name, others) for name in value}
            return {
                name: self._written(place, value[name]) for name, place in places.items() if isinstance(place, dict)
            }
        if isinstance(value, list):
            return [self._written(schema.get("items", {}), one) for one in value]
        return value

    def _read(self, declared: Mapping[str, Any] | None, came: Any) -> Any:
        for media_type in (declared or {}).get("content", {}):
            if media_type == "application/json" or media_type.endswith("+json"):
                return came.json()
            if media_type == "application/octet-stream":
                return b"".join(came.streaming_content) if came.streaming else came.content
        return None
