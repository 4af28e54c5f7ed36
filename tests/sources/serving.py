"""A small local server that responds like Brown's repository and IIIF servers, and fails on demand."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.jobs.conftest import draw_page

FULL = (600, 800)
"""Size of every image on the server, in pixels."""


def jpeg(text: str, size: tuple[int, int] = FULL) -> bytes:
    """A page with its name on it, at a size."""
    out = io.BytesIO()
    draw_page(text).resize(size).save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass
class Answer:
    """One response in place of the usual one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Number of bytes to send of the announced body."""
    endless: bool = False
    drip: float = 0.0
    """Seconds between two bytes of the body."""
    drip_headers: float = 0.0
    wait: float = 0.0


@dataclass
class Server:
    """What is served, what fails, and what was requested."""

    address: str
    documents: dict[str, Any] = field(default_factory=dict)
    """JSON by path."""
    version: int = 2
    """Of the Image API."""
    level: int = 2
    info: dict[str, Any] = field(default_factory=dict)
    """Put into every info.json."""
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    """Faults by path, in order; after them, the path responds as usual."""
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)

    def count(self, part: str) -> int:
        """Number of requests for paths that contain this."""
        return sum(part in path for path in self.asked)

    def answer(self, path: str) -> Answer:
        """Return the response of a path."""
        if self.faults.get(path):
            return self.faults[path].pop(0)
        if path in self.documents:
            document = self.documents[path]
            if isinstance(document, Answer):
                return document
            return Answer(body=json.dumps(document).encode(), headers={"Content-Type": "application/json"})
        if match := re.fullmatch(r"(/iiif/image/[^/]+)/info\.json", path):
            return Answer(body=json.dumps(self._info(match[1])).encode(), headers={"Content-Type": "application/json"})
        if match := re.fullmatch(r"/iiif/image/([^/]+)/full/([^/]+)/0/(default|native)\.jpg", path):
            return Answer(body=jpeg(match[1], self._size(match[2])), headers={"Content-Type": "image/jpeg"})
        if match := re.fullmatch(r"/iiif/image/([^/]+)/(?:\d+,){2}(\d+),(\d+)/(?:max|full)/(\d+)/default\.jpg", path):
            size = (int(match[2]), int(match[3]))
            turned = size[::-1] if int(match[4]) % 180 else size
            return Answer(body=jpeg(match[1], turned), headers={"Content-Type": "image/jpeg"})
        return Answer(status=404, body=b"<html>not here</html>", headers={"Content-Type": "text/html"})

    def _info(self, service: str) -> dict[str, Any]:
        base: dict[str, Any] = {"width": FULL[0], "height": FULL[1]}
        if self.version == 3:
            base |= {"@context": "http://iiif.io/api/image/3/context.json", "id": self.address + service}
            base |= {"type": "ImageService3", "profile": f"level{self.level}"}
        else:
            base |= {"@context": "http://iiif.io/api/image/2/context.json", "@id": self.address + service}
            base |= {"profile": [f"http://iiif.io/api/image/2/level{self.level}.json"]}
        return base | self.info

    def _size(self, wanted: str) -> tuple[int, int]:
        if wanted in {"full", "max"}:
            return FULL
        if wanted.startswith("pct:"):
            return round(FULL[0] * float(wanted[4:]) / 100), round(FULL[1] * float(wanted[4:]) / 100)
        width = int(wanted.split(",")[0])
        return width, round(FULL[1] * width / FULL[0])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Server

    def do_GET(self) -> None:
        self.served.asked.append(self.path)
        self.served.times.append(time.monotonic())
        self.served.agents.add(self.headers["User-Agent"])
        answer = self.served.answer(self.path)
        time.sleep(answer.wait)
        try:
            self._send(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the other side had enough, as it should

    def _send(self, answer: Answer) -> None:
        if answer.drip_headers:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                self.wfile.write(bytes([byte]))
                time.sleep(answer.drip_headers)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.endless:
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            while True:
                self.wfile.write(answer.body * 1000)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.drip:
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                time.sleep(answer.drip)
        self.wfile.write(answer.body[: answer.cut_at] if answer.cut_at is not None else answer.body)
        if answer.cut_at is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    """Run the server for the block."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        httpd.daemon_threads = True
        httpd.block_on_close = False
        handler.served = served = Server(f"http://127.0.0.1:{httpd.server_address[1]}")  # type: ignore[attr-defined]
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            httpd.shutdown()
            thread.join()


def bdr_item(pids: list[str], *, title: str = "AFL-CIO") -> dict[str, Any]:
    """An item of Brown's repository with its parts, as in the API."""
    parts = [{"pid": pid, "mods_id_bdr_pid_ssim": [f"HH018977_{number:04}"]} for number, pid in enumerate(pids, 1)]
    return {"pid": "bdr:item1", "primary_title": title, "relations": {"hasPart": parts}}


def manifest_2(
    address: str, names: list[str], *, label: str = "A folder", path: str = "/m2/manifest.json"
) -> dict[str, Any]:
    """A manifest of Presentation API 2."""
    canvases = [_canvas_2(address, path, number, name) for number, name in enumerate(names, 1)]
    return {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@id": address + path,
        "@type": "sc:Manifest",
        "label": label,
        "sequences": [{"@type": "sc:Sequence", "canvases": canvases}],
    }


def _canvas_2(address: str, path: str, number: int, name: str) -> dict[str, Any]:
    service = {"@context": "http://iiif.io/api/image/2/context.json", "@id": f"{address}/iiif/image/{name}"}
    resource = {"@id": f"{service['@id']}/full/full/0/default.jpg", "@type": "dctypes:Image", "service": service}
    return {
        "@id": f"{address}{path}/canvas/{number}",
        "@type": "sc:Canvas",
        "label": f"p. {number}",
        "images": [{"@type": "oa:Annotation", "motivation": "sc:painting", "resource": resource}],
    }


def manifest_3(
    address: str, names: list[str], *, label: str = "A folder", path: str = "/m3/manifest.json", service: bool = True
) -> dict[str, Any]:
    """A manifest of Presentation API 3; without a service the images are plain files."""
    canvases = []
    for number, name in enumerate(names, 1):
        body: dict[str, Any] = {"id": f"{address}/plain/{name}.jpg", "type": "Image", "format": "image/jpeg"}
        if service:
            body["service"] = [{"id": f"{address}/iiif/image/{name}", "type": "ImageService3", "profile": "level2"}]
        annotation = {"type": "Annotation", "motivation": "painting", "body": body}
        items = [{"type": "AnnotationPage", "items": [annotation]}]
        label_ = {"en": [f"p. {number}"]}
        canvases.append({"id": f"{address}{path}/canvas/{number}", "type": "Canvas", "label": label_, "items": items})
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": address + path,
        "type": "Manifest",
        "label": {"en": [label]},
        "items": canvases,
    }
