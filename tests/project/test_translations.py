"""Translations: catalogs are up to date and whole, and no sentence of the interface stands outside them."""

from __future__ import annotations

import ast
import errno
import re
from collections.abc import Iterator, Set
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.utils import translation

from clustering.engine.records import STRANGE
from clustering.engine.written_dates import read_written_date
from clustering.languages import CATALOGS
from clustering.sentences import failure
from clustering.wording import as_data, counted_pages, pages_in_words, say, translated
from hhreview import layout

POS = sorted(CATALOGS.glob("*/LC_MESSAGES/*.po"))
TEMPLATES = sorted((layout.SITE / "templates").rglob("*.html"))
SCRIPTS = sorted((layout.SITE / "static" / "js").rglob("*.js"))
SHEETS = sorted((layout.SITE / "static" / "css").glob("*.css"))
DATA = {"hhreview", "px", "OpenAPI 3.1"}
"""Text that is the same in every language."""


def test_catalogs_are_up_to_date() -> None:
    call_command("messages", check=True)


@pytest.mark.parametrize("file", POS, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_everything_is_translated_with_its_values(file: Path) -> None:
    catalog = read_po(file.open("rb"))
    values = re.compile(r"%\(\w+\)s")
    for message in catalog:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert not [text for text in strings if re.search(r"(.{25,}?)\s*\1", text)], "said twice"
        assert {v for text in strings for v in values.findall(text)} <= {
            v for text in ids for v in values.findall(text)
        }
        assert set(values.findall(ids[-1])) <= {v for text in strings for v in values.findall(text)}, message.id


def bare(text: str) -> list[str]:
    """Words of a template that no catalog will ever see."""
    text = re.sub(r"\{%\s*(blocktranslate|comment)\b.*?\{%\s*end\1\s*%\}", "", text, flags=re.S)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", text, flags=re.S)
    text = re.sub(r"<(script|style|code|pre|kbd)\b.*?</\1>|<!--.*?-->", "", text, flags=re.S)
    texts = [
        value
        for value in re.findall(r'\s(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"', text)
        if re.search(r"[A-Za-z]{2,}", value)
    ]
    rest = re.sub(r"<(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>", "\0", text)
    texts += [
        piece.strip(" ·\n(),.:;")
        for piece in re.split(r"[\0]", rest)
        if re.search(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", piece))
    ]
    return [piece for piece in texts if piece not in DATA and not piece.startswith("is-")]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(layout.SITE / "templates")))
def test_no_template_says_something_bare(file: Path) -> None:
    assert bare(file.read_text(encoding="utf-8")) == []


def test_bare_words_are_found() -> None:
    assert bare('<p title="{{ x }} pages">Read {{ x }}</p>{% translate "Yes" %}') == ["\0 pages", "Read"]


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.stem)
def test_sheets_say_start_and_end_so_that_a_page_may_run_from_right_to_left(file: Path) -> None:
    sided = r"^\s+(?:(?:margin|padding|border)-(?:left|right)\b.*|text-align: (?:left|right);)$"
    # The middle of something, and a place on a scale, are the same from both sides.
    placed = r"^\s+(?:left|right): (?!50%|var\(--share\)).*;$"
    sheet = file.read_text(encoding="utf-8")
    assert re.findall(f"{sided}|{placed}", sheet, flags=re.M) == []
    four = re.findall(r"^\s+(?:padding|margin|inset): (\S+) (\S+) (\S+) (\S+);$", sheet, flags=re.M)
    assert [sides for sides in four if sides[1] != sides[3]] == []


ENTERED = re.compile(
    r"\{\{ (?:[a-z_.]*(?:collection|page|each|one)\.(?:title|identifier|label)|[a-z_.]+\|title_of) \}\}"
)
"""What people or files named, and what may be in another script than the page."""


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(layout.SITE / "templates")))
def test_what_people_entered_does_not_turn_the_line_it_is_in(file: Path) -> None:
    text = re.sub(r"\{%\s*block title.*?endblock.*?%\}", "", file.read_text(encoding="utf-8"), flags=re.S)
    tags = re.compile(r"(<(?:\"[^\"]*\"|[^<>\"])*>)")
    pieces = tags.split(text)
    loose = [
        match[0]
        for at, piece in enumerate(pieces)
        if not piece.startswith("<")
        and at
        and not re.match(r"<(?:bdi|option|title)\b|<[^>]*dir=\"auto\"", pieces[at - 1])
        for match in ENTERED.finditer(piece)
    ]
    assert loose == []


def test_a_value_in_another_script_stands_alone_in_its_sentence() -> None:
    sentence = say("%(name)s: %(reason)s", name="Minutes (1954)", reason=say("It has no name."))
    with translation.override("he"):
        assert translated(sentence).count("\u2068") == translated(sentence).count("\u2069") == 2
    assert "\u2068" not in translated(sentence)


SHOWN = re.compile(
    r"(?:\b(?:text|title|placeholder|label|ok)|\"aria-label\"): (\"(?:[^\"\\]|\\.)*\"|`[^`]*`)"
    r"|(?:textContent|\.alt|\.title) = (\"(?:[^\"\\]|\\.)*\"|`[^`]*`)"
    r"|(?<!_)(?<!_n)(?<!Error)[\[(] ?(\"[A-Z][a-z]* [a-z](?:[^\"\\]|\\.)*\")"
)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_no_script_shows_something_bare(file: Path) -> None:
    bare_texts = []
    for match in SHOWN.finditer(file.read_text(encoding="utf-8")):
        if "_(" in match[0]:
            continue
        literal = re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", "", match[1] or match[2] or match[3])
        if re.search(r"[A-Za-z]{2,}", ast.literal_eval(literal) if literal.startswith('"') else literal.strip("`")):
            bare_texts.append(match[0])
    assert [one for one in bare_texts if "draft" not in one] == []


FOR_PROGRAMS = {
    "ArgumentTypeError", "BadZipFile", "CannotIndex", "CommandError", "CutShort", "FileExistsError",
    "MissingFont", "ReadError", "RuntimeError", "TypeError", "WrongTruth",
}  # fmt: skip
"""Errors of the program and of libraries, and what only the command line tells, which is English."""
FOR_DEVELOPERS = {
    "actions/base.py", "exports/registry.py", "models/verbs.py", "files.py",
    "engine/assurance.py", "engine/baselines.py", "engine/boundary_classifier.py", "engine/collection_model.py",
    "engine/encoders/batching.py", "engine/encoders/__init__.py", "engine/family.py", "engine/family_learning.py",
    "engine/metrics", "engine/projection.py", "engine/segmentation",
}  # fmt: skip
"""Modules whose ValueError is for those who call them wrongly. Elsewhere it comes with a sentence for people."""
TELLING = {"Declined", "JsonResponse", "Skipped", "leave_out", "note", "problem"}
"""What is called with a sentence for people, beside what is raised."""


def called(node: ast.AST) -> str:
    """The name of what a call calls."""
    target = node.func if isinstance(node, ast.Call) else None
    return target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""


def parsed() -> Iterator[tuple[str, ast.Module]]:
    """Modules whose sentences people read, by their path below clustering."""
    for path in sorted((layout.ROOT / "clustering").rglob("*.py")):
        if not {"commands", "management", "migrations", "samples"} & set(path.parts):
            yield str(path.relative_to(layout.ROOT / "clustering")), ast.parse(path.read_text(encoding="utf-8"))


def is_for_developers(path: str) -> bool:
    return any(path == part or path.startswith(f"{part}/") for part in FOR_DEVELOPERS)


def bare_of(tree: ast.AST, spared: Set[str] = FOR_PROGRAMS) -> list[str]:
    """Sentences that are raised, or told by what is called, outside every mark of the catalogs."""
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    telling = [node for node in ast.walk(tree) if called(node) in TELLING]
    bare_texts = []
    for call in (*raised, *telling):
        if not isinstance(call, ast.Call):
            continue
        values = [part for arg in call.args for part in (arg.values if isinstance(arg, ast.Dict) else [arg])]
        for value in values if called(call) not in spared | {"WrongSettings"} else []:
            texts = value.values if isinstance(value, ast.JoinedStr) else [value]
            text = " ".join(str(part.value) for part in texts if isinstance(part, ast.Constant))
            bare_texts += [text] if " " in text and len(re.findall(r"[A-Za-z’]{2,}", text)) > 2 else []
    return bare_texts


def test_no_sentence_is_raised_bare() -> None:
    raised = {}
    for path, tree in parsed():
        bare = bare_of(tree, FOR_PROGRAMS | ({"ValueError"} if is_for_developers(path) else set()))
        raised.update({path: bare} if bare else {})
    assert raised == {}


MARKS = {"_", "_lazy", "gettext", "ngettext", "say", "say_n", "say_of"}
UNREAD = {
    "Error", "Field", "Warning", "Metric", "debug", "exception", "info", "warning",
    "help_text", "openapi_extra", "description",
}  # fmt: skip
"""Calls and keywords whose sentences only the log, operators, and the reference of the API show."""
ENGLISH = {
    "api/document.py", "api/problems.py",  # the reference of the API
    "checks.py", "selectors/vector_index.py", "engine/encoders/openvino_networks.py", "engine/encoders/runtimes.py",
    "engine/language_model/questions.py",  # what a language model is asked
    "exports/drafts.py", "exports/naming.py",  # in files for other systems
    "jobs/evaluating.py", "views/people/metrics.py",  # the command line; what Prometheus reads
}  # fmt: skip


def sentences_of(tree: ast.Module) -> list[str]:
    """Literals that read as sentences, and that nothing marks for a catalog; \0 for a value in one."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    sentences = []
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)
        literal = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        if not literal or not re.fullmatch(r"(?s)[A-Z“\0].* .*\S[.!?…]”?", text.strip()):
            continue
        if len(re.findall(r"[A-Za-z’]{2,}", text)) < 3 or isinstance(parents[node], (ast.Expr, ast.JoinedStr)):
            continue
        within, above = set(), parents[node]
        while not isinstance(above, ast.stmt):
            within.add(called(above) or getattr(above, "arg", None))
            above = parents[above]
        if isinstance(above, ast.Raise) or within & (MARKS | UNREAD):
            continue
        sentences.append(text)
    return sentences


def test_every_sentence_is_in_the_catalogs() -> None:
    catalog = read_po((CATALOGS / "de" / "LC_MESSAGES" / "django.po").open("rb"))
    known = {text for message in catalog for text in ([message.id] if isinstance(message.id, str) else message.id)}
    missing = {path: [text for text in sentences_of(tree) if text not in known] for path, tree in parsed()}
    assert {path: texts for path, texts in missing.items() if texts and path not in ENGLISH} == {}
    assert {path for path in ENGLISH if not missing.get(path)} == set()


def test_a_sentence_outside_the_catalogs_is_found() -> None:
    code = """
warnings = (f"{left} pages are not named.",)
notes = [say("It is told."), Field(description="It is a reference.")]
"""
    assert sentences_of(ast.parse(code)) == ["\0 pages are not named."]


def test_what_is_said_is_a_template_and_no_sentence_already() -> None:
    composed = [
        f"{path}: {ast.unparse(node)}"
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"say", "say_n"}
        if not isinstance(node.args[0], (ast.Constant, ast.Attribute)) and "label" not in ast.unparse(node.args[0])
    ]
    assert composed == ["views/collections/collection_settings.py: say(kind)"]


def test_why_the_system_failed_is_said_in_every_language() -> None:
    names = {path for path, tree in parsed() for node in ast.walk(tree) if getattr(node, "attr", "") == "strerror"}
    assert names == {"sentences.py"}
    with translation.override("de"):
        full = say("It can’t be written (%(why)s).", why=failure(OSError(errno.ENOSPC, "No space left on device")))
        assert "No space" not in translated(full)
    assert failure(OSError(errno.EXDEV, "Cross-device link")) == "Cross-device link"


def test_a_bare_sentence_that_is_raised_is_found() -> None:
    code = """
raise NoSource(f"There is no {file} here.")
JsonResponse({"message": "It is full now."})
raise NoSource(say("It is told."))
"""
    assert bare_of(ast.parse(code)) == ["There is no   here.", "It is full now."]


@pytest.mark.parametrize("code", sorted(file.parts[-3] for file in POS if file.stem == "django"))
def test_examples_of_dates_are_read_in_the_language_they_are_shown_in(code: str) -> None:
    with translation.override(code):
        examples = translation.gettext("Jan. 14, 1954; c. 1964; 1950s; n.d.")
    assert [read_written_date(example).edtf for example in examples.split(";")] == [
        "1954-01-14",
        "1964~",
        "195X",
        "XXXX",
    ]


def test_a_warning_of_the_engine_is_told_in_every_language() -> None:
    with translation.override("de"):
        assert translation.gettext(STRANGE) != STRANGE


def test_a_stored_sentence_is_read_in_every_language() -> None:
    with translation.override("de"):
        sentence = say("Confirmed %(documents)s%(drafts)s.", documents=pages_in_words([3, 4, 5]), drafts="")
        stored = as_data(sentence)
        assert translated(stored) == "Bestätigt: Seiten 3 bis 5."
        assert translated(counted_pages(1)) == "1 Seite"
    assert sentence == "Confirmed pages 3 to 5."
    with translation.override("en"):
        assert translated(stored) == sentence
