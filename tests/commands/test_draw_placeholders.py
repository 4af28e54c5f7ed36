"""`manage.py draw_placeholders`: pages of an earlier version get what stands in for them while they load."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from clustering.files import write_thumbnails
from clustering.models import Page
from tests.conftest import MakeCollection


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("draw_placeholders", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_what_is_missing_is_drawn_once_and_what_cannot_be_is_named(
    make_collection: MakeCollection, media: Path
) -> None:
    collection = make_collection(pages=3)
    first, second, third = collection.pages.order_by("position")
    write_thumbnails(Image.new("RGB", (93, 120), "tan"), first.sha256)
    Page.objects.filter(pk=third.pk).update(placeholder="kept as it is")
    output = output_of("afl")
    assert f"{second.identifier}: " in output
    assert output.endswith("Drew 1 placeholders. 1 pages stay gray while they load.\n")
    drawn = list(Page.objects.order_by("position").values_list("placeholder", flat=True))
    assert [len(letters) for letters in drawn] == [52, 0, 13]
    assert "Drew 0 placeholders." in output_of()
    with pytest.raises(CommandError, match="There is no collection abc"):
        output_of("abc")
