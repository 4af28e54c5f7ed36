"""Forms on a page, as a browser would send them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import html

_TYPED = {"text", "search", "date", "number", "email", "url", "password", "textarea", "select"}

Values = dict[str, list[str]]


@dataclass(slots=True)
class PageForm:
    """One form, with its address and the values of its fields."""

    action: str
    method: str
    values: Values
    texts: set[str] = field(default_factory=set)
    """Names of the fields that people type into."""

    def fill(self, typed: dict[str, str]) -> Values:
        """The fields as sent after these values are typed."""
        return self.values | {name: [value] for name, value in typed.items()}


def forms_of(answer: Any) -> list[PageForm]:
    """All forms on the page in a response."""
    page = html.fromstring(answer.content.decode())
    return [_form(one, answer.request["PATH_INFO"] + _query(answer)) for one in page.forms]


def form_with(answer: Any, name: str) -> PageForm:
    """The form with a field of this name."""
    forms = [form for form in forms_of(answer) if name in form.values]
    assert len(forms) == 1, f"{len(forms)} forms have a field {name}"
    return forms[0]


def _query(answer: Any) -> str:
    asked = answer.request.get("QUERY_STRING", "")
    return f"?{asked}" if asked else ""


def _form(element: Any, address: str) -> PageForm:
    values: Values = {}
    for name, value in element.form_values():
        if value is not None:
            values.setdefault(name, []).append(value)
    texts = set()
    areas = [area for area in element.iter("textarea") if area.name]
    for area in areas:
        values[area.name] = []
    for area in areas:  # the parser leaves the line break that browsers take off
        values[area.name].append(re.sub(r"^\r?\n", "", area.value or ""))
    for control in element.inputs:
        kind = control.get("type", "text") if control.tag == "input" else control.tag
        if control.name and kind == "hidden":
            values.setdefault(control.name, [""])  # browsers send it without a value, too
        if control.name and kind in _TYPED:
            texts.add(control.name)
            if kind != "select":
                values.setdefault(control.name, [""])
    return PageForm(element.action or address, (element.method or "get").lower(), values, texts)
