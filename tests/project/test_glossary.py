"""The glossary is kept: its words have one meaning each, and what it bans does not spread."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from clustering.management.commands.messages import of_scripts
from tests.project.test_key_hints import sentences_of_code, sentences_of_module

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
ARCHIVISTS, FIELD, BANNED = "## The archivist's words", "## The field's terms", "## Not in the interface"
ROW_NAMES = frozenset({"group", "seam"})
"""What rows are called in commands and in the API: banned from templates and browser scripts alone."""

UNTELLING = frozenset({"found", "said", "told"})
"""They say how something came, not what it is: rows, a match, a verdict, a message."""

_NOT_PROSE = re.compile(
    r"^(`{3,})\w*\n.*?^\1$|`[^`\n]*`|\]\([^)]*\)|(?<!\*)\*[^*\n]+\*(?!\*)", re.DOTALL | re.MULTILINE
)
"""Of a guide: code, addresses of links, and, in italics, what the screen says (which is read where it is written)."""
_HIDDEN = re.compile(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|<(script|style|svg|code)\b.*?</\1>", re.DOTALL)
_SAID_ATTRIBUTE = re.compile(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"')
_FILLED_IN = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<[^>]+>", re.DOTALL)


def rows_below(heading: str) -> list[list[str]]:
    """The cells of each row of the table below a heading."""
    text = GLOSSARY.read_text(encoding="utf-8").split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:] if not line.startswith("|--")]


def banned_words() -> list[list[str]]:
    """By row of the table, a word and its forms."""
    return [[form.strip() for form in cells[0].split(",")] for cells in rows_below(BANNED)]


def text_of_template(source: str) -> str:
    """What a template shows by itself: its text and the attributes that people read or hear."""
    source = _FILLED_IN.sub(" ", _HIDDEN.sub(" ", source))
    return " ".join([_TAG.sub(" ", source), *_SAID_ATTRIBUTE.findall(source)])


def text_of_guide(source: str) -> str:
    """Return the prose of a guide."""
    return _NOT_PROSE.sub(" ", source)


@cache
def sentences_shown() -> list[tuple[str, str]]:
    """(path, sentence) of all that people read: guides, templates, strings of browser scripts and of Python modules."""

    def everything() -> Iterator[tuple[Path, str]]:
        for path in (ROOT / "README.md", *(ROOT / "docs/guide").glob("*.md")):
            yield path, text_of_guide(path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*.html"):
            yield path, text_of_template(path.read_text(encoding="utf-8"))
        for path in (ROOT / "static/js").rglob("*.js"):
            yield from ((path, sentence) for sentence in sentences_of_module(path))
        for sentence in of_scripts():
            yield ROOT / "static/js", re.sub(r"%\(\w+\)s", " ", " ".join(sentence))
        for path in modules():
            yield from ((path, sentence) for sentence in sentences_of_code(path))

    return [(str(path.relative_to(ROOT)), sentence) for path, sentence in everything()]


@cache
def modules() -> list[Path]:
    """hhreview's modules. Samples are props, and migrations are history."""
    inside = (ROOT / "clustering").rglob("*.py")
    return sorted(path for path in inside if not {"samples", "migrations"} & set(path.parts))


@cache
def names_defined() -> frozenset[str]:
    """Classes, functions, attributes and constants of the program, methods and fields as `Class.field`."""
    names: set[str] = set()
    for path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef | ast.ClassDef):
                        names |= {part.name, f"{node.name}.{part.name}"}
                    elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                        names.add(f"{node.name}.{part.target.id}")
                    elif isinstance(part, ast.Assign):
                        names |= {f"{node.name}.{name.id}" for name in part.targets if isinstance(name, ast.Name)}
    return frozenset(names)


def test_every_word_has_a_meaning_and_stands_once() -> None:
    words = [cells for heading in (ARCHIVISTS, FIELD) for cells in rows_below(heading)]
    assert len(words) >= 40
    assert [cells for cells in words if len(cells) != 4 or not cells[0] or not cells[1]] == []
    assert [word for word, count in Counter(cells[0] for cells in words).items() if count > 1] == []


def test_the_code_has_what_the_glossary_names() -> None:
    named = [name for heading in (ARCHIVISTS, FIELD) for cells in rows_below(heading) for name in cells[3].split(",")]
    assert [name for name in named if name.strip().strip("`") not in names_defined() | {""}] == []


@pytest.mark.parametrize("forms", banned_words(), ids=lambda forms: forms[0])
def test_a_banned_word_is_not_said(forms: list[str]) -> None:
    word = forms[0]
    pattern = re.compile(rf"\b(?:{'|'.join(forms)})\b", re.IGNORECASE)
    visible = [(path, text) for path, text in sentences_shown() if word not in ROW_NAMES or not path.endswith(".py")]
    saying = {path: " ".join(text.split()) for path, text in visible if pattern.search(text)}
    assert saying == {}, f"docs/glossary.md has a better word for {word!r}"


def test_what_a_template_says_is_found() -> None:
    source = '{# the machine #}<p title="a seam">One {{ group.number }} <b class="group">document</b></p>{% if group %}'
    assert text_of_template(source).split() == ["One", "document", "a", "seam"]


def test_what_a_guide_says_is_found() -> None:
    source = "A **seam** and *Seam by seam*, `group`, [a link](group.md).\n```sh\npython group\n```\nThe end."
    assert text_of_guide(source).split() == ["A", "**seam**", "and", ",", ",", "[a", "link", ".", "The", "end."]


def test_no_two_classes_share_a_name() -> None:
    """The API's shapes are left out: they are the outside of the models whose names they have."""
    places = defaultdict(set)
    for path in (*modules(), *(ROOT / "hhreview").rglob("*.py")):
        if "api" not in path.parts:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and node.name != "Command":
                    places[node.name].add(str(path.relative_to(ROOT)))
    shared = {name: sorted(paths) for name, paths in places.items() if len(paths) > 1}
    assert shared == {}, "one name for two things: give one of them a name of its own"


def python_files() -> Iterator[Path]:
    """All of hhreview's own Python: the program, its tests, benches and deployment."""
    yield from modules()
    for folder in ("hhreview", "tests", "bench", "deploy"):
        yield from (ROOT / folder).rglob("*.py")


def names_given(tree: ast.AST) -> Iterator[str]:
    """Names of variables, parameters, functions and classes, wherever they are given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def test_names_say_what_they_hold() -> None:
    named: dict[str, frozenset[str]] = {}
    for path in python_files():
        name = str(path.relative_to(ROOT))
        named[name] = UNTELLING.intersection(names_given(ast.parse(path.read_text(encoding="utf-8"))))
    assert {name: names for name, names in named.items() if names} == {}


def test_functions_and_classes_are_named_for_what_they_return() -> None:
    named = {}
    for path in modules():
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        named[str(path.relative_to(ROOT))] = [name for name in names if re.search(r"(?:^|_)told$|Told$", name)]
    assert {path: names for path, names in named.items() if names} == {}


def test_no_comment_leans_on_the_page_numbers_of_one_collection() -> None:
    """Who reads the code doesn't have that collection."""
    numbered = re.compile(r"(?:\(|\"\"\")[Pp]ages? \d+\b(?! is| of)")
    leaning = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in python_files()
        if path.relative_to(ROOT).parts[:2] in {("clustering", "engine"), ("tests", "engine")}
        for match in numbered.finditer(path.read_text(encoding="utf-8"))
    ]
    assert leaning == []
