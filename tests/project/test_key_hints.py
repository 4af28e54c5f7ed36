"""No key is written down twice: whatever names one, in templates, modules and messages, has it from the registry."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from clustering.keys import EVERYWHERE, KEYS, SCOPES, keys_for, spoken

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = ROOT / "clustering/keys.py"

_KEY = r"(?:[A-Z?/0+-]|[←→↑↓]|Esc(?:ape)?|Enter|Space|Home|End|PageUp|PageDown|F10)"
_HELD = r"(?:(?:Ctrl|Shift|Alt|Cmd|Mod)\+|[⌘⇧⌥])"
_HINTS = (
    re.compile(rf"\({_HELD}*{_KEY}\)"),  # Rotate (R)
    re.compile(rf"{_HELD}{_KEY}(?!\w)"),  # Ctrl+Z, ⇧M
    re.compile(r"\bCtrl [A-Z]\b"),
    re.compile(rf"\b(?:[Pp]ress|[Hh]it|[Kk]ey) {_KEY}(?!\w)"),  # press P
    re.compile(r"\bEsc(?:ape)?\b"),
)
_SIGN = re.compile(r"<kbd[^>]*>(?!\{\{)[^<]+</kbd>")
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`')


def hints(text: str) -> list[str]:
    return [match.group() for pattern in _HINTS for match in pattern.finditer(text)]


def sentences_of_module(path: Path) -> Iterator[str]:
    """What a module of the browser says: its strings with a blank, without comments and what is put in."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for literal in _LITERAL.findall(code):
        text = re.sub(r"\$\{[^}]*(?:\}|$)", "", literal[1:-1])
        if " " in text:
            yield text


def sentences_of_code(path: Path) -> Iterator[str]:
    """What a Python module says: its strings, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in bare
            and " " in node.value
        ):
            yield node.value


@pytest.mark.parametrize(
    "text",
    [
        "Rotate (R)",
        "Undo (Ctrl+Z)",
        "press P",
        "Page before (←)",
        "Escape drops the cut.",
        "⇧M",
        "Ctrl A",
        "Larger (+)",
    ],
)
def test_a_hint_is_found(text: str) -> None:
    assert hints(text)


@pytest.mark.parametrize("text", ["Shift+ and a letter", "Title (EDTF)", "Ctrl-C stops", "Shift+click", "Press Save."])
def test_other_words_are_none(text: str) -> None:
    assert hints(text) == []


def test_no_template_names_a_key() -> None:
    naming = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", lambda tag: "{{}}" if tag[0][1] == "{" else "", path.read_text("utf-8"))
        if hit := _SIGN.findall(text) + hints(text):
            naming[path.name] = hit
    assert naming == {}


def test_no_module_of_the_browser_names_a_key() -> None:
    modules = [path for path in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in path.parts]
    naming = {path.name: hit for path in modules if (hit := hints("\n".join(sentences_of_module(path))))}
    assert naming == {}


def test_no_message_of_the_server_names_a_key() -> None:
    modules = [path for top in ("clustering", "hhreview") for path in sorted((ROOT / top).rglob("*.py"))]
    naming = {
        str(path.relative_to(ROOT)): hit
        for path in modules
        if path != REGISTRY and "samples" not in path.parts and (hit := hints("\n".join(sentences_of_code(path))))
    }
    assert naming == {}


def test_no_document_names_a_key_that_does_something_else_or_nothing() -> None:
    """Between backquotes, as the guides write keys; what each does stands in the tables, which test_docs compares."""
    known = {spoken(combination) for key in KEYS for combination in key.keys} | {"Ctrl", "Shift", "Cmd"}
    combination = re.compile(r"`((?:(?:Ctrl|Shift)\+)*(?:[A-Z]|[←→↑↓]|Enter|Esc|Space|F10))`")
    for path in sorted((ROOT / "docs/guide").glob("*.md")):
        assert set(combination.findall(path.read_text(encoding="utf-8"))) <= known, path.name


def test_a_key_that_was_switched_off_or_changed_is_told_so() -> None:
    changed = {key.id: key.keys for key in keys_for({"split": "b", "merge": "off", "left": "q"})}
    assert (changed["split"], changed["merge"], changed["left"]) == (("b",), (), ("ArrowLeft",))


IN_FIELDS = {"describe", "table"}
"""Views of fields, where Enter saves what is typed."""


def test_no_key_moves_in_one_view_and_decides_in_another() -> None:
    """Whoever presses N to go on must not answer by it elsewhere: a key changes documents in every view, or in none."""
    meant: dict[str, dict[str, bool]] = {}
    for key in KEYS:
        if key.scope in IN_FIELDS:
            continue
        for combination in key.keys:
            meant.setdefault(combination, {})[f"{key.scope}: {key.label}"] = key.edits
    assert len(meant["d"]) >= 3, "the same letter does the same in several views"
    mixed = {combination: views for combination, views in meant.items() if len(set(views.values())) > 1}
    assert mixed == {}


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope != EVERYWHERE])
def test_no_two_commands_of_a_view_have_the_same_key(scope: str) -> None:
    combinations = [combination for key in KEYS if key.scope in {scope, EVERYWHERE} for combination in key.keys]
    assert [combination for combination, count in Counter(combinations).items() if count > 1] == []


def test_keys_are_called_as_on_the_readers_keyboard() -> None:
    with override("de"):
        assert spoken("Mod+Shift+Space") == "Strg+Umschalt+Leertaste"
    assert spoken("Mod+Shift+z") == "Ctrl+Shift+Z"
