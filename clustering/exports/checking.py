"""Whether an export will be taken where it goes: asked before it is written, answered in plain words.

One pass over the documents answers for any number of targets. What can be told from records is judged by rules; XML and
manifests are made and judged by their schemas (where installed) and by our own checks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clustering.exports.contract import GroupRecord, Material
from clustering.exports.iiif.soundness import manifest_problems
from clustering.exports.rules import ABOUT_COLLECTION, ABOUT_GROUPS, LEVELS, Level, Rule, Setting

NAMED = 12
"""Documents that a finding names; the others are counted."""
MOST_WHOLE = 5_000
"""Pages up to which METS is judged as a whole: some 60 MB and two seconds."""
_METS_RULE = Rule(
    "mets-schema", "error", frozenset({"mets"}), "file", lambda material, group: 0,
    "The file is not valid by the schema of METS 1.12.1.",
    "Look at the titles and identifiers for anything unusual; then report this sentence.",
    "the file is valid by the schema of METS 1.12.1",
)  # fmt: skip
_MODS = frozenset({"mods", "mets", "bdr", "bagit"})
_IIIF = frozenset({"iiif", "bagit"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should know before the export goes anywhere."""

    level: Level
    code: str
    message: str
    """A full sentence: what is so, and of how many documents."""
    remedy: str
    """A full sentence: what to do."""
    groups: tuple[int, ...] = ()
    """Numbers of documents it is about, the first few."""
    count: int = 0
    """Of documents or pages it is about."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was looked at, and what was found, for one target."""

    name: str
    groups: int
    pages: int
    checked: tuple[str, ...]
    """What was looked at and is in order, each as half a sentence."""
    findings: tuple[Finding, ...]
    """Errors first."""

    @property
    def level(self) -> str:
        """The gravest level found, or "ok"."""
        return self.findings[0].level if self.findings else "ok"

    @property
    def errors(self) -> list[Finding]:
        """What will be refused or wrong there."""
        return [finding for finding in self.findings if finding.level == "error"]

    def to_json(self) -> dict[str, Any]:
        """As a job keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CheckResult:
        """What `to_json` gave."""
        findings = tuple(Finding(**{**one, "groups": tuple(one["groups"])}) for one in kept["findings"])
        return cls(**{**kept, "checked": tuple(kept["checked"]), "findings": findings})


@dataclass(slots=True)
class _Met:
    """How often a rule was broken, and where first."""

    count: int = 0
    groups: list[int] = field(default_factory=list)
    example: str = ""

    def add(self, number: int, count: int, example: str = "") -> None:
        self.count += count
        if len(self.groups) < NAMED:
            self.groups.append(number)
        self.example = self.example or example


def check(material: Material, names: Iterable[str], *, schemas: Path | None = None) -> dict[str, CheckResult]:
    """Judge an export of this material for each target.

    Costs one pass over the groups, some 0.2 ms a page where records have to be made, and a look at the disk for each
    scan where scans go along. Raises XMLSchemaParseError for a schema that is damaged.
    """
    wanted = frozenset(names)
    rules = [rule for rule in ABOUT_GROUPS if wanted & rule.targets]
    judges = _judges(material, wanted, schemas)
    met = {rule: _Met() for rule in (*rules, *(judge.rule for judge in judges))}
    groups = pages = 0
    for group in material.groups:
        groups += 1
        pages += len(group.pages)
        for rule in rules:
            count = rule.broken(material, group)
            if count:
                met[rule].add(group.number, count)
        for judge in judges:
            problem = judge.problem(material, group)
            if problem:
                met[judge.rule].add(group.number, 1, problem)
    collected = [rule for rule in ABOUT_COLLECTION if wanted & rule.targets and rule.broken(material, groups, pages)]
    if "mets" in wanted and 0 < pages <= MOST_WHOLE:
        met |= _whole_mets(material, schemas)
    return {name: _result(name, groups, pages, met, collected) for name in sorted(wanted)}


def _whole_mets(material: Material, folder: Path | None) -> dict[Rule, _Met]:
    """The whole file against its schema, where there is one: it has to be held in memory for that."""
    from lxml import etree

    from clustering.exports.mets.writer import write_mets
    from clustering.exports.schemas import mets_schema

    schema = mets_schema(folder)
    if schema is None:
        return {}
    met = _Met()
    _, pieces = next(write_mets(material))
    root = etree.fromstring(b"".join(pieces), etree.XMLParser(no_network=True, huge_tree=True))
    if not schema.validate(root):
        met.add(0, 1, str(schema.error_log[0].message))
        met.groups.clear()
    return {_METS_RULE: met}


def _result(name: str, groups: int, pages: int, met: Mapping[Rule, _Met], collected: Sequence[Setting]) -> CheckResult:
    findings = [Finding(rule.level, rule.code, rule.message, rule.remedy) for rule in collected if name in rule.targets]
    checked = []
    for rule, found in met.items():
        if name not in rule.targets:
            continue
        if found.count:
            message = rule.said(found.count) + (f" The first: {found.example}." if found.example else "")
            findings.append(Finding(rule.level, rule.code, message, rule.remedy, tuple(found.groups), found.count))
        else:
            checked.append(rule.checks)
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    return CheckResult(name, groups, pages, tuple(checked), tuple(findings))


class _Judge(ABC):
    """Makes what goes out and asks whether it is sound."""

    rule: Rule

    @abstractmethod
    def problem(self, material: Material, group: GroupRecord) -> str:
        """What is wrong, or empty."""


class _ModsJudge(_Judge):
    def __init__(self, schema: Any, version: str) -> None:
        self.schema = schema
        self.rule = Rule(
            "mods-schema", "error", _MODS, "record", lambda material, group: 0,
            f"{{n}} MODS {{record is|records are}} not valid by the schema of MODS {version}.",
            "Look at title, date and note of these documents for anything unusual; then report this sentence.",
            f"every record is valid by the schema of MODS {version}",
        )  # fmt: skip

    def problem(self, material: Material, group: GroupRecord) -> str:
        from clustering.exports.mods.writer import mods_record

        record = mods_record(material, group)
        return "" if self.schema.validate(record) else str(self.schema.error_log[0].message)


class _ManifestJudge(_Judge):
    rule = Rule(
        "iiif-shape", "error", _IIIF, "manifest", lambda material, group: 0,
        "{n} {manifest is|manifests are} not sound.",
        "Check the addresses in the export settings; then report this sentence.",
        "every manifest has pages, ids of its own, sizes, and images with addresses",
    )  # fmt: skip

    def problem(self, material: Material, group: GroupRecord) -> str:
        from clustering.exports.iiif.writer import manifest

        return next(manifest_problems(manifest(material, group)), "")


def _judges(material: Material, wanted: frozenset[str], folder: Path | None) -> list[_Judge]:
    judges: list[_Judge] = []
    if wanted & _IIIF:
        judges.append(_ManifestJudge())
    if wanted & _MODS:
        from clustering.exports.schemas import mods_schema

        version = material.settings.mods_version
        schema = mods_schema(version, folder)
        if schema is not None:
            judges.append(_ModsJudge(schema, version))
    return judges
