"""Upload scans as a browser does: small drawn pages, in one chunk or several."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image

from clustering.models import Upload
from tests.jobs.conftest import ENOUGH_WORDS, draw_page

JSON = "application/json"
TUS = {"tus-resumable": "1.0.0"}


def jpeg(number: int, *, words: str = "MEETING OF THE LOCAL") -> bytes:
    """One drawn page."""
    out = io.BytesIO()
    draw_page(f"{words}\nPage {number}\nPlease come and vote\n{ENOUGH_WORDS}").save(out, "JPEG", quality=80)
    return out.getvalue()


def noise(size: int = 64) -> bytes:
    """A page that can't be compressed, so that it takes several chunks."""
    out = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def packed(pages: dict[str, bytes]) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in pages.items():
            archive.writestr(name, content)
    return out.getvalue()


class Sender:
    """A browser that uploads files."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.base = ""

    def begin(self, path: str = "/new/", **fields: Any) -> Any:
        """Fill in the form and send it as the page's script does."""
        given = {"where": "computer", "title": "The Local", "slug": "local", **fields}
        answer = self.client.post(path, given, headers={"accept": JSON})
        if answer.status_code == 201:
            self.base = answer.json()["upload"]["page"]
        return answer

    def create(self, name: str, size: int | str, **more: object) -> Any:
        """Begin a file as a tus client does."""
        metadata = {"filename": name, **more}
        pairs = ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in metadata.items())
        headers = {**TUS, "upload-length": str(size), "upload-metadata": pairs}
        return self.client.post(f"{self.base}files/", headers=headers)

    def expect(self, name: str, content: bytes, **more: object) -> int:
        """Begin a file and return its id."""
        answer = self.create(name, len(content), **more)
        assert answer.status_code == 201, answer.content
        return int(answer["Location"].removeprefix(f"{self.base}files/").strip("/"))

    def put(self, pk: int, content: bytes, offset: int | str = 0, **headers: str) -> Any:
        return self.client.patch(
            f"{self.base}files/{pk}/",
            content,
            content_type="application/offset+octet-stream",
            headers={**TUS, "upload-offset": str(offset), **headers},
        )

    def far(self, pk: int) -> int:
        """Return the offset of a file on the server."""
        return int(self.client.head(f"{self.base}files/{pk}/", headers=TUS)["Upload-Offset"])

    def leave_out(self, pk: int) -> Any:
        return self.client.delete(f"{self.base}files/{pk}/", headers=TUS)

    def send(self, name: str, content: bytes) -> int:
        """Send a whole file in one chunk."""
        pk = self.expect(name, content)
        assert self.put(pk, content).status_code == 204
        return pk

    def finish(self) -> Any:
        return self.client.post(f"{self.base}finish/", headers={"accept": JSON})

    @property
    def upload(self) -> Upload:
        return Upload.objects.get(key=self.base.split("/")[2])


def on_disk(store: Path) -> list[str]:
    return sorted(str(path.relative_to(store)).split("/", 1)[1] for path in store.rglob("*") if path.is_file())
