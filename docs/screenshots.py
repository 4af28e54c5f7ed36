"""The pictures of the documentation: `python docs/screenshots.py` draws a sample collection and photographs the desk.

It starts its own servers in a temporary data folder, works a little as an archivist would, and writes docs/images/.
Chromium comes from the system.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
SLUG, TITLE = "harbor-press", "Harbor Press Collection"
DOCUMENTS, SEED = 25, 11
"""Enough for three screens of the stream, few enough to be read in a minute or two."""
SIZES = ((1280, 800), (1920, 1080), (820, 1100))
LARGEST_BYTES = 200_000
PATIENCE_MS = 120_000
"""How long a page may take on a machine that does other work too."""
ZOOM_DRAWN_MS = 2000
"""The zoomed scan is drawn on a canvas, which tells nobody when it is done."""
QUALITIES = (84, 78, 70)
"""Of WebP, tried one after the other until a picture is small enough. Letters stay clear, and colors true, which a
palette of so few bytes would turn gray."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A running hhreview with its sample collection and its one account."""

    url: str
    name: str
    password: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures, or with `--only` those whose name contains a word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="Take only pictures whose name contains this word.")
    options = parser.parse_args(arguments)
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        parser.error("The pictures need Chromium: install the package chromium (Debian) or chromium-browser.")
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="hhreview-pictures-") as folder,
        running_desk(Path(folder)) as desk,
        sync_playwright() as api,
    ):
        browser = api.chromium.launch(executable_path=path, args=FLAGS)
        Photographer(browser, desk, options.only).take_all()
        browser.close()
    return 0


@contextmanager
def running_desk(folder: Path) -> Iterator[Desk]:
    """Draw, import, process and serve; everything is stopped and gone afterwards."""
    scans = folder / "scans" / SLUG
    data = folder / "data"
    data.mkdir()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    environment |= {"HHREVIEW_DATA_DIR": str(data), "HHREVIEW_IMPORT_ROOTS": str(folder / "scans")}
    manage = [sys.executable, str(ROOT / "manage.py")]
    draw = ["make_sample", str(scans), "--documents", str(DOCUMENTS), "--seed", str(SEED)]
    subprocess.run([*manage, *draw], check=True, env=environment)
    (scans / "HH900000_9999.jpg").write_bytes(b"\xff\xd8 a scan whose copying stopped")
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True, env=environment)
    subprocess.run([*manage, "import_pages", SLUG, str(scans), "--title", TITLE], check=True, env=environment)
    up = [*manage, "up", "--demo", "--scans", str(scans), "--port", str(port)]
    process = subprocess.Popen(up, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        wait_until_ready(process)
        account = json.loads((data / "demo_login.json").read_text(encoding="utf-8"))
        yield Desk(f"http://127.0.0.1:{port}", account["name"], account["password"])
    finally:
        process.terminate()
        process.wait(timeout=60)


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Pass on what `up` says until it says that all is loaded. Raises SystemExit where it ends before."""
    assert process.stdout is not None
    for line in process.stdout:
        sys.stdout.write(line)
        if line.startswith("Ready:"):
            return
    raise SystemExit("hhreview ended before the sample collection was loaded; what it said stands above.")


class Photographer:
    """Goes from page to page and keeps what it sees."""

    def __init__(self, browser: Browser, desk: Desk, only: str) -> None:
        self.browser = browser
        self.desk = desk
        self.only = only
        self.page = self.open(1280, 800)

    def open(self, width: int, height: int, *, dark: bool = False) -> Page:
        """Return a window of its own, signed in where somebody signed in before."""
        state = self.page.context.storage_state() if hasattr(self, "page") else None
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            storage_state=state,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def take_all(self) -> None:
        """In an order in which the desk fills as it does in practice."""
        self.sign_in()
        self.work()
        self.modes()
        self.why()
        self.ordinary_pages()
        self.intake()
        self.staff_pages()

    def sign_in(self) -> None:
        """Take the sign-in page, then go through it."""
        self.page.goto(f"{self.desk.url}/sign-in/")
        self.take("sign-in")
        self.page.fill("[name=username]", self.desk.name)
        self.page.fill("[name=password]", self.desk.password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.desk.url}/")

    def work(self) -> None:
        """Close the tour and confirm some documents, as an archivist would have by now."""
        self.stream(self.page)
        self.take("tour")
        self.page.get_by_role("button", name="Close the tour").click()
        for _ in range(3):
            self.page.locator(".band-head:not(.is-confirmed) .confirm").first.click()
            expect(self.page.locator("#save-state")).to_have_attribute("data-state", "saved")

    def modes(self) -> None:
        """Each mode at three widths, light and dark."""
        for width, height in SIZES:
            for dark in (False, True):
                window = self.open(width, height, dark=dark)
                ending = f"{width}-{'dark' if dark else 'light'}"
                self.stream(window)
                self.take(f"stream-{ending}", window)
                self.detail(window)
                self.take(f"page-{ending}", window)
                window.goto(f"{self.desk.url}/c/{SLUG}/queue/")
                window.wait_for_selector("body[data-ready]")
                self.settle(window)
                window.wait_for_timeout(ZOOM_DRAWN_MS)
                self.take(f"queue-{ending}", window)
                self.describing(window)
                self.take(f"describe-{ending}", window)
                window.goto(f"{self.desk.url}/c/{SLUG}/table/")
                window.wait_for_selector("body[data-ready], main table")
                self.settle(window)
                self.take(f"table-{ending}", window)
                window.context.close()

    def detail(self, window: Page) -> None:
        """Open the page that has the focus, and wait until its scan is drawn."""
        window.locator("#cell-3").click()
        window.keyboard.press("Enter")
        window.wait_for_selector("#detail[open] .openseadragon-canvas")
        self.settle(window)
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def describing(self, window: Page) -> None:
        """Describe the document of the page that has the focus, beside its scan."""
        self.stream(window)
        window.locator("#cell-3").click()
        window.keyboard.press("d")
        window.wait_for_selector("[name=title]")
        self.settle(window)
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def why(self) -> None:
        """Take the evidence beside the stream, and what is chosen by a filter."""
        self.stream(self.page)
        # A page in the middle of a document: what the engine doubts differs from one version to the next.
        self.page.locator("#cell-3").click()
        self.page.keyboard.press("w")
        self.page.wait_for_selector("#panel-seam .facts")
        self.settle(self.page)
        self.take("why")
        self.page.keyboard.press("Escape")
        self.page.locator("#panel-switch").click()
        self.page.get_by_text("Unconfirmed", exact=True).click()
        self.page.get_by_role("button", name="Select all shown").click()
        self.settle(self.page)
        self.take("all-that-is-shown")
        self.page.keyboard.press("Escape")

    def ordinary_pages(self) -> None:
        """Everything else that archivists see."""
        self.visit("collections", "/")
        self.visit("list", f"/c/{SLUG}/list/")
        self.visit("runs", f"/c/{SLUG}/runs/")
        self.visit("history", f"/c/{SLUG}/history/")
        self.visit("dashboard", f"/c/{SLUG}/dashboard/")
        self.visit("search", "/search/?q=meeting")
        self.visit("accept", f"/c/{SLUG}/accept/")
        self.visit("export", f"/c/{SLUG}/export/")
        self.visit("keys", "/keys/")

    def intake(self) -> None:
        """Take a new collection with its scans chosen; nothing is sent."""
        self.page.goto(f"{self.desk.url}/new/")
        self.page.wait_for_selector("body[data-ready]")
        self.page.get_by_label("Title").fill("Farm Workers' Committee")
        scan = {"mimeType": "image/jpeg", "buffer": bytes(60_000)}
        names = [f"HH901210_{number:04}.jpg" for number in range(1, 65)]
        chosen = [{"name": name, **scan} for name in [*names, "read me.txt"]]
        self.page.set_input_files("#choose-files", chosen)  # type: ignore[arg-type] # as the library documents it
        expect(self.page.get_by_label("Short name")).to_have_value("farm-workers-committee")
        self.settle(self.page)
        self.take("new-collection")

    def staff_pages(self) -> None:
        """Take the admin: importing, the form of a job, and a job's page."""
        self.visit("admin-collections", "/admin/clustering/collection/")
        self.page.check("input[name=_selected_action]")
        self.page.select_option("select[name=action]", "order_propose")
        self.page.click("button[name=index]")
        self.page.wait_for_selector("#order-form")
        self.take("admin-propose")
        jobs = f"{self.desk.url}/admin/clustering/job/"
        self.page.goto(jobs)
        self.page.locator("#result_list a", has_text="Process").last.click()
        self.page.wait_for_selector(".job-status")
        self.visit("processed", f"/jobs/{self.page.url.split('/')[-3]}/", ready=".job-found")
        self.page.goto(jobs)
        self.page.locator("#result_list a", has_text="Import").last.click()
        self.page.wait_for_selector(".job-status")
        # The temporary folder is of no interest to a reader.
        self.page.locator("dd", has_text=f"/{SLUG}").evaluate(f"e => e.textContent = '/srv/scans/{SLUG}'")
        self.take("admin-job")

    def stream(self, window: Page) -> None:
        """Open the stream and wait until every picture on the screen is there."""
        window.goto(f"{self.desk.url}/c/{SLUG}/")
        window.wait_for_selector("body[data-ready]")
        self.settle(window)

    def visit(self, name: str, path: str, *, ready: str = "main, #content") -> None:
        """Open a page and keep it."""
        self.page.goto(self.desk.url + path)
        self.page.wait_for_selector(ready)
        self.settle(self.page)
        self.take(name)

    def settle(self, window: Page) -> None:
        """Wait until nothing is loaded any more."""
        window.wait_for_load_state("networkidle")
        window.evaluate("document.fonts.ready")

    def take(self, name: str, window: Page | None = None) -> None:
        """Keep the window as a small WebP."""
        if self.only in name:
            size = save(Image.open(io.BytesIO((window or self.page).screenshot())), IMAGES / f"{name}.webp")
            sys.stdout.write(f"{name}.webp: {size // 1000} kB\n")


def save(image: Image.Image, path: Path) -> int:
    """Write as finely as fits the size; return its bytes. Raises ValueError where even the coarsest does not."""
    for quality in QUALITIES:
        out = io.BytesIO()
        image.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST_BYTES:
            path.write_bytes(out.getvalue())
            return out.tell()
    raise ValueError(f"{path.name} is larger than {LARGEST_BYTES} bytes with quality {QUALITIES[-1]}.")


if __name__ == "__main__":
    sys.exit(main())
