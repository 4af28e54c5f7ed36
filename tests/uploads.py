"""Scans that come in from a browser, as tests send them: small drawn pages, in one chunk or several."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image

from clustering.models import Upload
from tests.jobs.conftest import draw_page

JSON = "application/json"


def jpeg(number: int, *, words: str = "MEETING OF THE LOCAL") -> bytes:
    """One drawn page."""
    out = io.BytesIO()
    draw_page(f"{words}\nPage {number}").save(out, "JPEG", quality=80)
    return out.getvalue()


def noise(size: int = 64) -> bytes:
    """A page that no packing makes smaller, so that it takes several chunks."""
    out = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def packed(pages: dict[str, bytes]) -> bytes:
    """A ZIP of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in pages.items():
            archive.writestr(name, content)
    return out.getvalue()


class Sender:
    """A browser, as far as uploads go."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.base = ""

    def begin(self, path: str = "/new/", **fields: Any) -> Any:
        """Fill in the form and send it as the page's own module does."""
        given = {"where": "computer", "title": "The Local", "slug": "local", **fields}
        answer = self.client.post(path, given, headers={"accept": JSON})
        if answer.status_code == 201:
            self.base = answer.json()["upload"]["page"]
        return answer

    def announce(self, *files: dict[str, Any] | Any) -> Any:
        return self.client.post(
            f"{self.base}files/", json.dumps({"files": list(files)}), content_type=JSON, headers={"accept": JSON}
        )

    def expect(self, name: str, content: bytes, **more: Any) -> int:
        """Announce one file; its id."""
        answer = self.announce({"name": name, "size": len(content), **more}).json()["files"][0]
        assert "id" in answer, answer
        return int(answer["id"])

    def put(self, pk: int, content: bytes, offset: int | str = 0, **headers: str) -> Any:
        return self.client.put(
            f"{self.base}files/{pk}/",
            content,
            content_type="application/offset+octet-stream",
            headers={"upload-offset": str(offset), **headers},
        )

    def send(self, name: str, content: bytes) -> int:
        """A whole file in one chunk."""
        pk = self.expect(name, content)
        assert self.put(pk, content).status_code == 200
        return pk

    def finish(self) -> Any:
        return self.client.post(f"{self.base}finish/", headers={"accept": JSON})

    @property
    def upload(self) -> Upload:
        return Upload.objects.get(key=self.base.split("/")[2])


def on_disk(store: Path) -> list[str]:
    return sorted(str(path.relative_to(store)).split("/", 1)[1] for path in store.rglob("*") if path.is_file())
