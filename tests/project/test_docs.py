"""What the documentation says is so: commands and options exist, links lead somewhere, keys are the desk's own."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from clustering.engine.metrics.figures import FORMATS as FIGURES
from clustering.engine.metrics.tables import HEADLINE
from clustering.engine.proposing import METHODS
from clustering.exports.delimited import PAGES_COLUMNS
from clustering.exports.tables.writer import COLUMNS
from clustering.keys import KEYS, SCOPES, spoken
from tests.project.test_howto_export import FILE

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
IMAGES = DOCS / "images"
DOCUMENTS = sorted([*ROOT.glob("[A-Z]*.md"), *DOCS.rglob("*.md"), *(ROOT / "clustering").rglob("*.md")])
OUR_COMMANDS = sorted(path.stem for path in (ROOT / "clustering/management/commands").glob("[a-z]*.py"))
LARGEST_PICTURE_BYTES = 200_000

_FILE_SHOWN = re.compile(r"^````\w*\n.*?^````$", re.MULTILINE | re.DOTALL)
"""A file that is to be written, within which there may be fences."""
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_OPTION = re.compile(r"`(-{1,2}[a-z][a-z-]*)")


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def text_of(document: Path) -> str:
    """What the document says itself."""
    return _FILE_SHOWN.sub("", document.read_text(encoding="utf-8"))


def shell_lines(document: Path) -> Iterator[str]:
    """Each line of the sh blocks, continuations joined."""
    for language, block in _FENCE.findall(text_of(document)):
        if language == "sh":
            yield from filter(None, block.replace("\\\n", " ").splitlines())


def invocations(program: str) -> list[tuple[str, list[str]]]:
    """(document, arguments) of each call of manage.py or make in the sh blocks."""
    calls = []
    for document in DOCUMENTS:
        for line in shell_lines(document):
            words = shlex.split(line, comments=True)
            if program in words:
                calls.append((name_of(document), words[words.index(program) + 1 :]))
    return calls


def parser_of(command: str) -> CommandParser:
    return load_command_class(get_commands()[command], command).create_parser("manage.py", command)


def options_of(command: str) -> set[str]:
    """The command's own options, those that every Django command has left out."""
    plain = BaseCommand().create_parser("manage.py", command)
    shared = {text for action in plain._actions for text in action.option_strings}
    return {text for action in parser_of(command)._actions for text in action.option_strings} - shared


def section(document: Path, heading: str) -> str:
    """The text below a heading up to the next of the same level."""
    level = heading.split(" ", 1)[0]
    text = text_of(document)
    assert f"\n{heading}\n" in text, f"{name_of(document)} has no {heading!r}"
    after = text.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^{level} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def anchors(document: Path) -> set[str]:
    """Headings as GitHub links to them."""
    return {
        re.sub(r"[^\w\- ]", "", title.strip().lower().replace("`", "")).replace(" ", "-")
        for title in _HEADING.findall(_FENCE.sub("", text_of(document)))
    }


@pytest.mark.parametrize(("document", "arguments"), invocations("manage.py"))
def test_every_command_in_the_docs_is_accepted_by_its_parser(
    document: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda path: True)  # the folders of an example are the reader's
    command, *rest = arguments
    assert command in {*get_commands(), "help"}, f"{document}: there is no command {command}"
    if command == "help":
        assert not rest or rest[0] in get_commands()
    else:
        parser_of(command).parse_args(rest)  # raises CommandError with the wrong word


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [(document, words[0]) for document, words in invocations("make")]
    for document in DOCUMENTS:
        inline = re.findall(r"`make ([a-z-]+)", _FENCE.sub("", text_of(document)))
        named += [(name_of(document), target) for target in inline]
    assert ("README.md", "demo") in named
    assert [(document, target) for document, target in named if target not in targets] == []


def test_every_command_named_in_a_sentence_exists() -> None:
    unknown = [
        (name_of(document), command)
        for document in DOCUMENTS
        for command in re.findall(r"`(?:python )?manage\.py ([a-z_]+)", text_of(document))
        if command not in {*get_commands(), "help"}
    ]
    assert unknown == []


@pytest.mark.parametrize("command", OUR_COMMANDS)
def test_every_command_is_described_with_all_its_options(command: str) -> None:
    described = set(_OPTION.findall(section(DOCS / "reference/commands.md", f"## {command}")))
    assert described == options_of(command)


def test_every_method_is_described_with_its_settings() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", section(DOCS / "reference/commands.md", "## propose"), re.M)
    )
    described = {method: set(re.findall(r"`(\w+)`", settings)) for method, settings in rows.items()}
    assert described == {method.name: {s.name for s in method.settings} for method in METHODS.values()}


def test_every_column_of_evaluate_is_explained() -> None:
    explained = re.findall(r"^\| `([^`]+)` \|", section(DOCS / "reference/commands.md", "## evaluate"), re.MULTILINE)
    assert [label for label in (FIGURES[name].label for name in HEADLINE) if label not in explained] == []


def test_every_column_of_an_export_is_explained() -> None:
    text = section(DOCS / "reference/commands.md", "### What is in the export")
    first_cells = " ".join(re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", text, re.MULTILINE))
    explained = re.findall(r"`([\w-]+)`", first_cells)
    assert sorted(explained) == sorted(COLUMNS)
    assert ", ".join(f"`{column}`" for column in PAGES_COLUMNS) in text


@pytest.mark.parametrize("guide", sorted((DOCS / "howto").glob("*.md")), ids=name_of)
def test_the_code_of_a_guide_passes_the_linter(guide: Path) -> None:
    ruff = pytest.importorskip("ruff", reason="the linter comes with the extra “check”").find_ruff_bin()
    for _, path, _, block in FILE.findall(guide.read_text(encoding="utf-8")):
        if path.endswith(".py") and block.startswith('"""'):
            for command in (["check", "--quiet"], ["format", "--check", "--quiet"]):
                linter = [ruff, *command, "--stdin-filename", str(ROOT / path), "-"]
                done = subprocess.run(linter, input=block, cwd=ROOT, capture_output=True, text=True, check=False)
                assert done.returncode == 0, f"{path}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for target in _LINK.findall(_FENCE.sub("", text_of(document))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (document.parent / path).resolve() if path else document
        if not aim.exists() or not aim.is_relative_to(ROOT) or (anchor and anchor not in anchors(aim)):
            broken.append(target)
    assert broken == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in _LINK.findall(text_of(document))
        if target.endswith(".webp")
    }
    pictures = set(IMAGES.glob("*.webp"))
    assert IMAGES / "stream-1280-light.webp" in pictures
    assert {path.name for path in pictures if path.name.count(".") == 1} <= {path.name for path in shown}
    assert [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE_BYTES] == []


@pytest.mark.parametrize("scope", SCOPES)
def test_the_keys_in_the_guide_are_those_of_the_desk(scope: str) -> None:
    table = section(DOCS / "guide/archivists.md", f"### {SCOPES[scope]}")
    written = re.findall(r"^\| (`.+`) \| (.+) \|$", table, re.MULTILINE)
    real = [(" or ".join(f"`{spoken(k)}`" for k in key.keys), key.label) for key in KEYS if key.scope == scope]
    assert written == real


def test_keys_named_in_the_text_of_the_guide_exist() -> None:
    prose = (DOCS / "guide/archivists.md").read_text(encoding="utf-8").split("\n## Keys\n")[0]
    known = {spoken(combination) for key in KEYS for combination in key.keys} | {"Ctrl", "Shift", "Cmd"}
    named = set(re.findall(r"`((?:(?:Ctrl|Shift)\+)*(?:[A-Z]|[←→↑↓]|Enter|Esc|Space|F10|Ctrl|Shift|Cmd))`", prose))
    assert {"S", "C", "Ctrl+Z"} <= named
    assert named <= known


def test_the_changelog_begins_with_what_is_not_released_then_comes_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert headings[0] == "Unreleased"
    assert headings[1].startswith(f"{version}, ")
    assert "After upgrading" in section(ROOT / "CHANGELOG.md", f"## {headings[1]}")


def test_the_documentation_names_no_place_of_one_machine() -> None:
    places = re.compile(r"/(?:home|Users|root|work|tmp)/\w+")
    matches = [(name_of(path), hit) for path in DOCUMENTS for hit in places.findall(path.read_text(encoding="utf-8"))]
    assert matches == []
