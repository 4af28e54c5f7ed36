"""Brown Digital Repository: new parents for pages that are already in the repository."""

from __future__ import annotations

from clustering.exports.bdr.settings import BdrSettings
from clustering.exports.bdr.writer import write_bdr
from clustering.exports.common_rules import each_page
from clustering.exports.format import ZIP, ExportFormat, Purpose, Rule
from clustering.exports.mods.judging import mods_judge

NO_PID = Rule(
    code="no-pid",
    level="error",
    broken=each_page(lambda material, page: not page.pid),
    message="{n} {page has|pages have} no repository ID (pid), so the repository can’t find {it|them}.",
    remedy="Import them from the repository, or from files whose names end in __bdr_<id>.",
    checks="every page has a repository ID",
)
FORMATS = (
    ExportFormat(
        name="bdr",
        label="Brown Digital Repository",
        description="One MODS record per document, a table of its pages, and their relations.",
        purpose=Purpose.REPOSITORIES,
        place=1,
        media_type=ZIP,
        suffix="-bdr.zip",
        files=write_bdr,
        only_edtf=True,
        settings=BdrSettings,
        rules=(NO_PID,),
        judges=(mods_judge,),
    ),
)
