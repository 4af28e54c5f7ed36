"""The whole way, as an archivist goes it: sign in, open, split, merge, move, confirm, undo, reload, export."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, in_states


def test_an_archivist_goes_from_signing_in_to_a_file_of_documents(
    collection: Collection, alice: User, open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk(alice, "/")
    desk.sign_in("alice")
    desk.page.get_by_role("link", name="AFL", exact=True).click()
    desk.ready()
    desk.shows([[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])

    desk.seam(5).click()
    desk.saved()
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])

    desk.seam(6).click()
    desk.saved()
    desk.announces(re.compile("Joined"))
    arranged(collection, [[1, 2], [3, 4], [5, 6], [7, 8, 9, 10], [11, 12]])

    desk.cell(10).click()
    desk.act("t")
    desk.page.get_by_role("combobox").fill("5")
    desk.act("Enter")
    arranged(collection, [[1, 2], [3, 4], [5, 6], [7, 8, 9], [10, 11, 12]])

    desk.page.get_by_role("button", name="Confirm document 1").click()
    desk.saved()
    desk.focus(3)
    desk.act("c")
    in_states(collection, ["confirmed", "confirmed", "proposed"])
    desk.focused(5)  # after confirming, the next open group has the focus

    desk.act("Control+z")
    in_states(collection, ["confirmed", "proposed", "proposed"])

    desk.reload()
    desk.shows([[1, 2], [3, 4], [5, 6], [7, 8, 9], [10, 11, 12]])
    expect(desk.page.locator("#progress-pages")).to_have_text("2 of 12 pages confirmed")

    desk.page.get_by_role("link", name="Export").click()
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="Download CSV, one row per page").click()
    file = tmp_path / "out.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert [row["identifier"] for row in rows] == ["HH000001_0001", "HH000001_0002"]
