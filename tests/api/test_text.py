"""Read text by the API: shown line by line, corrected, and refused if somebody else was quicker."""

from __future__ import annotations

from clustering.models import Page, Reading, User
from tests.api.conftest import Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

TEXT = "/collections/afl/acts/text"


def test_text_is_shown_line_by_line_and_corrected(
    alice: User, script: Scripts, make_collection: MakeCollection
) -> None:
    make_collection(groups=[3, 2, 1])
    mine = script(alice)
    read_as = "GRAPE STRlKE"
    Reading.objects.create(
        page=Page.objects.get(position=1),
        text=read_as,
        lines=[[read_as, 10, 20, 60, 30, 90.0]],
        width=100,
        height=200,
        engine="drawn",
    )
    problem_of(mine.get("/collections/afl/pages/2/text"), 404)
    line = mine.get("/collections/afl/pages/1/text").json()["lines"][0]
    assert (line["id"], line["state"]) == ("1", "read")
    asked = [{"line": line["id"], "text": "GRAPE STRIKE", "was": line["text"]}]
    assert mine.post(TEXT, page=1, lines=asked).status_code == 200
    assert "You entered" in problem_of(mine.post(TEXT, page=1, lines=asked), 409)
    line = mine.get("/collections/afl/pages/1/text").json()["lines"][0]
    assert (line["text"], line["original"], line["state"]) == ("GRAPE STRIKE", "GRAPE STRlKE", "corrected")
    assert mine.get("/collections/afl/pages/1").json()["text"] == "GRAPE STRIKE"
