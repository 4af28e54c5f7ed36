"""What IIIF doesn't accept, and what a manifest needs."""

from __future__ import annotations

from pathlib import Path

from clustering.exports.common_rules import each_page
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.format import CollectionRule, Judge, Rule, none_broken
from clustering.exports.iiif.soundness import manifest_problems
from clustering.exports.iiif.writer import manifest, rights_uri
from clustering.exports.naming import service_url

ROTATED = Rule(
    code="rotated",
    level="note",
    broken=each_page(lambda material, page: bool(page.rotation and service_url(material, page))),
    message="{n} {page was|pages were} scanned sideways or upside down. Viewers show {it|them} upright, but without "
    "tiles.",
    remedy="You don’t need to do anything.",
    checks="every page shown in tiles was scanned upright",
)
RIGHTS_NO_URI = CollectionRule(
    code="rights-no-uri",
    level="warning",
    broken=lambda material, groups, pages: bool(material.settings.rights) and not rights_uri(material.settings.rights),
    message="IIIF allows only Creative Commons and RightsStatements.org addresses as rights. Yours are exported as "
    "other metadata.",
    remedy="If one of those addresses fits, enter it in the export settings.",
)


class ManifestJudge(Judge):
    """Makes each manifest and checks what a schema can't."""

    rule = Rule(
        code="iiif-shape",
        level="error",
        broken=none_broken,
        message="{n} {manifest is|manifests are} not valid.",
        remedy="Check the addresses in the export settings. If they are correct, report this message.",
        checks="every manifest has pages, unique IDs, sizes, and images with addresses",
    )

    def problem(self, material: Material, group: GroupRecord) -> str:
        """Return what is inconsistent, or empty."""
        return next(manifest_problems(manifest(material, group)), "")


def manifest_judge(material: Material, folder: Path | None) -> ManifestJudge:
    """Return the judge, which needs no schema."""
    return ManifestJudge()
