"""A scripted server for the chat completions protocol, including faults. No model runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Speaker", BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Speaker:
    """The requests that it received, and its responses."""

    script: Script
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    """Set when the server stops, to end responses that hang."""


def completion(content: object, *, sent: int = 900, received: int = 40, ends: str = "stop") -> dict[str, Any]:
    """The body of a response in the protocol."""
    text = content if isinstance(content, str) else json.dumps(content)
    return {
        "id": "x",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": ends, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received},
    }


def send(
    handler: BaseHTTPRequestHandler, body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> None:
    """Respond with JSON, or with bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    fields = dict(headers or {})
    handler.send_header("Content-Length", fields.pop("length", str(len(content))))
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def says(content: object, **usage: Any) -> Script:
    """Always send the same answer."""
    return lambda speaker, handler, asked: send(handler, completion(content, **usage))


def fails(status: int, body: object = b"{}", **headers: str) -> Script:
    """Always send the same error."""
    return lambda speaker, handler, asked: send(handler, body, status=status, headers=headers)


def raw(body: bytes, **headers: str) -> Script:
    """Always send these bytes."""
    return lambda speaker, handler, asked: send(handler, body, headers=headers)


def hangs(speaker: Speaker, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Receive the request and never respond."""
    speaker.released.wait(20)


def trickles(speaker: Speaker, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Send a byte now and then, so that no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    while not speaker.released.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def closes(speaker: Speaker, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Close the connection without a response."""
    handler.close_connection = True
    handler.connection.close()


def in_turn(*scripts: Script) -> Script:
    """Respond with one after the other, and then always with the last."""

    def answer(speaker: Speaker, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        scripts[min(len(speaker.asked), len(scripts)) - 1](speaker, handler, asked)

    return answer


Speak = Callable[[Script], Speaker]


@contextmanager
def speaking(script: Script) -> Iterator[Speaker]:
    """Run the server for the block."""
    speaker = Speaker(script)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            speaker.asked.append({"path": self.path, **asked})
            speaker.headers.append(dict(self.headers))
            try:
                speaker.script(speaker, self, asked)
            except OSError:
                self.close_connection = True  # whoever asked is gone

        def log_message(self, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    speaker.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield speaker
    finally:
        speaker.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
