"""`manage.py messages`: the sentences of the interface, collected into the catalogs of each language and compiled."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import override, to_locale
from django.utils.translation.template import templatize

from clustering.engine.drafting.kind import KINDS
from clustering.engine.encoders import known_encoders
from clustering.engine.proposing import METHODS
from clustering.exports.common_rules import COLLECTION_RULES, GROUP_RULES
from clustering.exports.format import Judge, Rule
from clustering.exports.registry import FORMATS
from clustering.exports.stored_settings import all_options
from clustering.languages import CATALOGS
from clustering.management.base import DeskCommand
from hhreview import layout

Message = tuple[str, ...]
"""A sentence, with its plural if it has one."""

_PYTHON = {"WrongSettings": 1, "_": 1, "_lazy": 1, "gettext": 1, "say": 1, "ngettext": 2, "say_n": 2}
_REGISTERED = {"Key": 2, "Field": 1}
"""Index of the arguments, of objects registered in English, that are translated."""
_UNSEEN = {"migrations", "samples", "commands", "locale"}
_CALL = re.compile(r"\b(_n?)\(\s*(\"(?:[^\"\\]|\\.)*\")(?:,\s*(\"(?:[^\"\\]|\\.)*\"))?")


class Command(DeskCommand):
    """Collect sentences, keep translations, drop unused ones, and compile."""

    help = "Update the catalogs of the interface in clustering/locale, or check that they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        """--check."""
        parser.add_argument(
            "--check", action="store_true", help="Fail if a catalog is out of date, without writing anything."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Each language, each domain."""
        kinds = [(kind,) for kind in KINDS]
        sentences = {
            "django": [*of_python(), *of_templates(), *of_exports(), *of_admin(), *of_methods(), *kinds],
            "djangojs": [*of_scripts(), *kinds],
        }
        for code, _name in settings.LANGUAGES:
            if code.split("-")[0] == "en":
                continue
            for domain, messages in sentences.items():
                self._update(code, domain, messages, check=options["check"])

    def _update(self, code: str, domain: str, messages: list[Message], *, check: bool) -> None:
        try:
            from babel.messages import Catalog
            from babel.messages.mofile import write_mo
            from babel.messages.pofile import read_po, write_po
        except ImportError as error:
            raise CommandError("To work on translations, install Babel: pip install babel.") from error
        folder = CATALOGS / to_locale(code) / "LC_MESSAGES"
        file = folder / f"{domain}.po"
        old = read_po(io.BytesIO(file.read_bytes()), locale=to_locale(code)) if file.is_file() else Catalog()
        new = Catalog(locale=to_locale(code), project="hhreview", header_comment=old.header_comment)
        for ids in sorted(set(messages)):
            key = ids[0] if len(ids) == 1 else ids
            before = old.get(ids[0])
            kept = before.string if before is not None and isinstance(before.id, str) == isinstance(key, str) else None
            new.add(key, kept if kept else ("" if len(ids) == 1 else ("",) * new.num_plurals))
        new.revision_date, new.creation_date = old.revision_date, old.creation_date
        text, compiled = io.BytesIO(), io.BytesIO()
        write_po(text, new, width=100, sort_output=True, no_location=True)
        write_mo(compiled, new)
        missing = sum(1 for message in new if message.id and not all(_forms(message.string)))
        if check:
            same = file.is_file() and _ids(read_po(io.BytesIO(text.getvalue()))) == _ids(old)
            if not same or file.with_suffix(".mo").read_bytes() != compiled.getvalue():
                raise CommandError(f"{file} is out of date. Run manage.py messages, then translate the new sentences.")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.getvalue())
            file.with_suffix(".mo").write_bytes(compiled.getvalue())
        self.stdout.write(f"{code}, {domain}: {len(new)} sentences, {missing} not translated.")


def _forms(string: Any) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def _ids(catalog: Any) -> set[Any]:
    return {message.id for message in catalog if message.id}


def of_python() -> Iterator[Message]:
    """Yield sentences marked with _ and say, those in registries, and those of the engine's evidence."""
    for package in ("clustering", "hhreview"):
        for path in sorted((layout.ROOT / package).rglob("*.py")):
            if not _UNSEEN.intersection(path.relative_to(layout.ROOT).parts):
                yield from _of_module(path)


def _of_module(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            if name in _PYTHON:
                ids = tuple(text for text in texts[: _PYTHON[name]] if isinstance(text, str))
                if len(ids) == _PYTHON[name] and ids[0].strip():
                    yield ids
            index = _REGISTERED.get(name, len(texts))
            label = texts[index] if index < len(texts) else None
            if isinstance(label, str) and label and (name == "Key" or path.name == "description.py"):
                yield (label,)
                if name == "Field":
                    yield (label.lower(),)
            for keyword in node.keywords:
                if name == "Verb" and keyword.arg == "done" and isinstance(keyword.value, ast.Constant):
                    yield (str(keyword.value.value),)
        elif isinstance(node, ast.ClassDef):
            yield from _choices(node)
            yield from _labels(node)
    if "evidence" in path.parts or path.name == "seaming.py":
        yield from _evidence(tree)


def _choices(node: ast.ClassDef) -> Iterator[Message]:
    """Yield the labels of choices, which Django shows unchanged."""
    if not any(isinstance(base, ast.Attribute) and base.attr.endswith("Choices") for base in node.bases):
        return
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
            label = line.value.elts[-1]
            if isinstance(label, ast.Constant) and isinstance(label.value, str):
                yield (label.value,)


def _labels(node: ast.ClassDef) -> Iterator[Message]:
    """Yield the labels of acts, from: address, label, verb = "split", "Split", SPLIT."""
    for line in node.body:
        if (
            isinstance(line, ast.Assign)
            and isinstance(line.targets[0], ast.Tuple)
            and isinstance(line.value, ast.Tuple)
        ):
            for target, value in zip(line.targets[0].elts, line.value.elts, strict=True):
                if isinstance(target, ast.Name) and target.id == "label" and isinstance(value, ast.Constant):
                    yield (str(value.value),)


def _evidence(tree: ast.AST) -> Iterator[Message]:
    """Whole sentences; docstrings are none of them."""
    documented = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in documented else None
        if isinstance(text, str) and re.fullmatch(r"[A-Z“].* .*\.”?", text):
            yield (text,)


def of_exports() -> Iterator[Message]:
    """Yield the sentences of each export format, its settings, and its rules."""
    for option in all_options():
        yield from ((text,) for text in (option.part, option.label, option.help, *(option.choices or {}).values()))
    for chosen in FORMATS.values():
        yield from ((chosen.label,), (chosen.description,), (chosen.purpose.value,))
        rules = (*chosen.rules, *GROUP_RULES, *COLLECTION_RULES, *([chosen.whole.rule] if chosen.whole else []))
        for rule in (*rules, *(judge.rule for judge in Judge.__subclasses__())):
            yield from ((rule.message,), (rule.remedy,), *([(rule.checks,)] if isinstance(rule, Rule) else []))


def of_methods() -> Iterator[Message]:
    """Yield the sentences in forms about methods, their settings, and encoders."""
    for method in METHODS.values():
        yield from ((method.label,), (method.description,), *((one.help,) for one in method.settings if one.help))
    yield from ((known.description,) for known in known_encoders() if known.kind == "image")


def of_admin() -> Iterator[Message]:
    """Yield the names of rows and fields that the admin shows, and the hints on fields that it edits."""
    pairs: Iterable[tuple[Any, Any]] = admin.site._registry.items()
    for model, shown in pairs:
        if model._meta.app_label == "clustering":
            edited = shown.fields or ()
            filters = {
                one if isinstance(one, str) else one[0] for one in shown.list_filter if not isinstance(one, type)
            }
            known = {field.name: field for field in (*model._meta.fields, *model._meta.many_to_many)}
            names = [known[name].verbose_name for name in {*shown.list_display, *filters, *edited} & known.keys()]
            hints = [known[name].help_text for name in edited if known[name].help_text]
            with override("en"):
                labels = [
                    str(text) for text in (model._meta.verbose_name, model._meta.verbose_name_plural, *names, *hints)
                ]
            yield from ((text,) for text in labels)


def of_templates() -> Iterator[Message]:
    """Read the tags translate and blocktranslate, and _("…") in other tags."""
    literal = r"u?((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))"
    one = re.compile(rf"(?<![\w])(?:gettext|_)\({literal}\)")
    many = re.compile(rf"(?<![\w])ngettext\({literal},\s*{literal},")
    for path in sorted((layout.SITE / "templates").rglob("*.html")):
        text = templatize(path.read_text(encoding="utf-8"))
        for match in one.finditer(text):
            yield (ast.literal_eval(match[1]),)
        for match in many.finditer(text):
            yield (ast.literal_eval(match[1]), ast.literal_eval(match[2]))


def of_scripts() -> Iterator[Message]:
    """Yield the arguments of calls to _ and _n of static/js/i18n.js."""
    for path in sorted((layout.SITE / "static" / "js").rglob("*.js")):
        for match in _CALL.finditer(path.read_text(encoding="utf-8")):
            one, many = (ast.literal_eval(text) if text else "" for text in (match[2], match[3]))
            if match[1] == "_n" and many:
                yield (one, many)
            elif match[1] == "_":
                yield (one,)
