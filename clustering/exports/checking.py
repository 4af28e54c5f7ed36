"""Check before an export whether it will be accepted by its target, with plain answers.

One pass over the documents serves any number of targets. Rules judge what records show; XML and manifests are made and
validated with their schemas (if installed) and our own checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clustering.exports.common_rules import COLLECTION_RULES, GROUP_RULES
from clustering.exports.contract import Material
from clustering.exports.format import LEVELS, CollectionRule, ExportFormat, Judge, Level, MakeJudge, Rule
from clustering.exports.registry import FORMATS

NAMED = 12
"""Documents that a finding names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that someone should know about before exporting."""

    level: Level
    code: str
    message: str
    """A full sentence: what is wrong, with how many documents."""
    remedy: str
    """A full sentence: what to do."""
    groups: tuple[int, ...] = ()
    """Numbers of the first few documents concerned."""
    count: int = 0
    """Number of documents or pages concerned."""
    blocks: bool = False
    """Whether no file can be made."""
    template: str = ""
    """The rule's message before `count` was put in. Empty if the message is the rule's own."""
    example: str = ""
    """Details of the first one."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked and found for one target."""

    name: str
    groups: int
    pages: int
    checked: tuple[str, ...]
    """What was checked and is in order, each as half a sentence."""
    findings: tuple[Finding, ...]
    """Errors first."""

    @property
    def level(self) -> str:
        """The most serious level found, or "ok"."""
        return self.findings[0].level if self.findings else "ok"

    @property
    def errors(self) -> list[Finding]:
        """Findings that will be rejected or are wrong."""
        return [finding for finding in self.findings if finding.level == "error"]

    def to_json(self) -> dict[str, Any]:
        """Return it as a job stores it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CheckResult:
        """Read what `to_json` returned."""
        findings = tuple(Finding(**{**one, "groups": tuple(one["groups"])}) for one in kept["findings"])
        return cls(**{**kept, "checked": tuple(kept["checked"]), "findings": findings})


def documents_named(results: Iterable[CheckResult]) -> set[int]:
    """Return the numbers of the documents that findings name."""
    return {number for result in results for finding in result.findings for number in finding.groups}


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
    """Check an export of this material for each target.

    Takes one pass over the groups, some 0.2 ms per page if records have to be made, and one file check per scan if
    scans are included. Raises XMLSchemaParseError for a damaged schema.
    """
    wanted = [FORMATS[name] for name in sorted(set(names))]
    judges = {make: make(material, schemas) for chosen in wanted for make in chosen.judges}
    looked = {chosen.name: _rules_of(chosen, judges) for chosen in wanted}
    met = {rule: _Met() for rules in looked.values() for rule in rules}
    groups = pages = 0
    for group in material.groups:
        groups += 1
        pages += len(group.pages)
        for rule, findings in met.items():
            count = rule.broken(material, group)
            if count:
                findings.add(group.number, count)
        for judge in judges.values():
            problem = judge.problem(material, group) if judge is not None else ""
            if judge is not None and problem:
                met[judge.rule].add(group.number, 1, problem)
    for chosen in wanted:
        looked[chosen.name] += _judge_whole(chosen, material, schemas, pages, met)
    return {
        chosen.name: _result(chosen, groups, pages, {rule: met[rule] for rule in looked[chosen.name]}, material)
        for chosen in wanted
    }


def _rules_of(chosen: ExportFormat, judges: Mapping[MakeJudge, Judge | None]) -> list[Rule]:
    """Return the rules and judges of each document for this target."""
    own = (rule for rule in chosen.rules if isinstance(rule, Rule))
    judged = (judge.rule for make in chosen.judges if (judge := judges[make]) is not None)
    return [*(rule for rule in GROUP_RULES if rule.applies(chosen)), *own, *judged]


def can_be_blocked(chosen: ExportFormat) -> bool:
    """Whether there is anything but documents without pages, which leave no file."""
    return chosen.holds_scans or any(rule.blocks for rule in chosen.rules)


def _judge_whole(
    chosen: ExportFormat, material: Material, folder: Path | None, pages: int, met: dict[Rule, _Met]
) -> list[Rule]:
    """Return the rule of a file that is validated as a whole; None if it is too large or nothing can validate it."""
    whole = chosen.whole
    if whole is None or not 0 < pages <= whole.most_pages:
        return []
    problem = whole.problem(material, folder)
    if problem is None:
        return []
    met[whole.rule] = _Met(count=int(bool(problem)), example=problem)
    return [whole.rule]


def _result(chosen: ExportFormat, groups: int, pages: int, met: Mapping[Rule, _Met], material: Material) -> CheckResult:
    own = (rule for rule in chosen.rules if isinstance(rule, CollectionRule))
    findings = [
        Finding(rule.level, rule.code, rule.message, rule.remedy, blocks=rule.blocks)
        for rule in (*(rule for rule in COLLECTION_RULES if rule.applies(chosen)), *own)
        if rule.broken(material, groups, pages)
    ]
    checked = []
    for rule, places in met.items():
        if places.count:
            message = rule.message_of(places.count) + (f" The first: {places.example}." if places.example else "")
            about = (tuple(places.groups), places.count, rule.blocks, rule.message, places.example)
            findings.append(Finding(rule.level, rule.code, message, rule.remedy, *about))
        else:
            checked.append(rule.checks)
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    return CheckResult(chosen.name, groups, pages, tuple(checked), tuple(findings))
