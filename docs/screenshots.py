"""The pictures of the documentation: `python docs/screenshots.py` fills a small archive and photographs every view.

It starts its own servers in a temporary data folder, and writes docs/images/ and the page that shows them.
docs/pictured.py lists the views, docs/scene.py makes what happens there. Chromium comes from the system.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.pictured import SLUG, VIEWS, WIDTHS, View, gallery  # noqa: E402 - after the path is set

IMAGES = ROOT / "docs" / "images"
GALLERY = ROOT / "docs" / "guide" / "pictures.md"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
TITLE = "Harbor Press Collection"
DOCUMENTS, SEED = 25, 11
"""Enough for three screens of the stream, few enough to be read in a minute or two."""
LARGEST_BYTES = 200_000
WIDEST = 1440
"""Pixels of a picture: one of a wider window is made smaller, for the sake of the repository."""
PATIENCE_MS = 120_000
"""How long a page may take on a machine that does other work too."""
ZOOM_DRAWN_MS = 2000
"""The zoomed scan is drawn on a canvas, which tells nobody when it is done."""
QUALITIES = (62, 54, 46)
"""Of WebP, tried one after the other until a picture is small enough. Letters stay clear, and colors true, which a
palette of so few bytes would turn gray."""
HIDE_FOLDER = """(folder) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { data } = texts.currentNode;
        if (data.includes(folder)) texts.currentNode.data = data.replaceAll(folder, "/srv");
    }
}"""
GUEST = ("jo.park", "only-to-look-at-7")


@dataclass(frozen=True, slots=True)
class Desk:
    """A running hhreview with its archive and its accounts; `facts` is what docs/scene.py prints."""

    url: str
    name: str
    password: str
    facts: dict[str, str | int]
    folder: Path
    """Where it keeps everything; of no interest to a reader."""


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
        Photographer(browser, desk).take([view for view in VIEWS if options.only in view.name], IMAGES)
        browser.close()
    GALLERY.write_text(gallery(), encoding="utf-8")
    return 0


@contextmanager
def running_desk(folder: Path) -> Iterator[Desk]:
    """Draw, import, process, fill and serve; everything is stopped and gone afterwards."""
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
    # A job that only looks as if it ran is not taken over, and a link for a forgotten password is offered.
    served = environment | {"HHREVIEW_HEARTBEAT_SECONDS": "86400", "HHREVIEW_EMAIL_URL": "console:"}
    process = subprocess.Popen(up, env=served, stdout=subprocess.PIPE, text=True)
    try:
        wait_until_ready(process)
        other = ["propose", SLUG, "--method", "adjacent", "--no-publish"]
        subprocess.run([*manage, *other], check=True, env=environment)
        scene = [sys.executable, str(ROOT / "docs" / "scene.py"), SLUG, *GUEST]
        filled = subprocess.run(scene, check=True, env=environment, stdout=subprocess.PIPE, text=True)
        account = json.loads((data / "demo_login.json").read_text(encoding="utf-8"))
        facts = json.loads(filled.stdout.splitlines()[-1])
        yield Desk(f"http://127.0.0.1:{port}", account["name"], account["password"], facts, folder)
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
    """Goes from view to view with a window of each width and theme, and keeps what it sees."""

    def __init__(self, browser: Browser, desk: Desk) -> None:
        self.browser = browser
        self.desk = desk
        self.windows: dict[tuple[int, str, str], Page] = {}
        self.cookies: dict[str, object] = {"": None}
        self.ways: dict[str, Callable[[Page], None]] = {
            "all-that-is-shown": self.select_shown,
            "why": self.open_why,
            "page": self.open_page,
            "page-text": self.open_line,
            "compare": self.compare,
            "queue": self.wait_for_scans,
            "describe": self.describe,
            "palette": self.open_palette,
            "help": self.open_help,
            "new-collection": self.choose_scans,
        }

    def take(self, views: Sequence[View], folder: Path) -> None:
        """Keep the pictures of these views in a folder."""
        for view in views:
            sizes = []
            for width, theme in view.pictures():
                window = self.window(width, theme, who="" if view.stranger else GUEST[0] if view.guest else "demo")
                self.show(view, window)
                file = folder / view.file(width, theme)
                sizes.append(save(Image.open(io.BytesIO(window.screenshot())), file))
            sys.stdout.write(f"{view.name}: {', '.join(f'{size // 1000} kB' for size in sizes)}\n")
            sys.stdout.flush()
            self.leave(view)

    def window(self, width: int, theme: str, *, who: str) -> Page:
        """Return the window of this size and theme in which this person is signed in; nobody is with ""."""
        if who not in self.cookies:
            self.cookies[who] = self.signed_in(*((self.desk.name, self.desk.password) if who == "demo" else GUEST))
        if (width, theme, who) not in self.windows:
            context = self.browser.new_context(
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme="dark" if theme == "dark" else "light",
                storage_state=self.cookies[who],  # type: ignore[arg-type] # as the library gave it
                reduced_motion="reduce",
            )
            context.set_default_timeout(PATIENCE_MS)
            self.windows[width, theme, who] = context.new_page()
        return self.windows[width, theme, who]

    def signed_in(self, name: str, password: str) -> object:
        """Sign in and return what the browser keeps of it."""
        window = self.browser.new_context().new_page()
        window.goto(f"{self.desk.url}/sign-in/")
        window.fill("[name=username]", name)
        window.fill("[name=password]", password)
        window.click("main button[type=submit]")
        window.wait_for_url(f"{self.desk.url}/")
        return window.context.storage_state()

    def show(self, view: View, window: Page) -> None:
        """Open the view, and whatever lies over it."""
        way = self.ways.get(view.name)
        if view.name == "broken":
            window.route("**/broken/", self.fail)
        if window.url.startswith(self.desk.url):
            window.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            window.goto("about:blank")
        window.goto(self.desk.url + view.path.format_map(self.desk.facts))
        window.wait_for_selector(view.ready)
        self.settle(window)
        if way:
            way(window)
            self.settle(window)
        window.evaluate(HIDE_FOLDER, str(self.desk.folder))

    def fail(self, route: Route) -> None:
        """Answer as a server does in which something broke."""
        route.fulfill(status=500, content_type="text/html", body=str(self.desk.facts["broken"]))

    def leave(self, view: View) -> None:
        """Close what would lie over the views that follow."""
        if view.name == "tour":
            window = self.window(1280, "light", who="demo")
            window.get_by_role("button", name="Close the tour").click()
            self.settle(window)

    def settle(self, window: Page) -> None:
        """Wait until nothing is loaded any more."""
        window.wait_for_load_state("networkidle")
        window.evaluate("document.fonts.ready")

    def select_shown(self, window: Page) -> None:
        """Filter, and select what is left; on a narrow screen the side comes and goes."""
        switch = window.locator(".side-switch")
        if switch.is_visible():
            switch.click()
        window.get_by_text("Unconfirmed", exact=True).click()
        window.get_by_role("button", name="Select all shown").click()
        if switch.is_visible():
            switch.click()

    def open_why(self, window: Page) -> None:
        """Open the evidence before a page in the middle of a document: what is doubted changes between versions."""
        window.locator("#cell-3").click()
        window.keyboard.press("w")
        window.wait_for_selector("#panel-seam .facts")

    def open_page(self, window: Page) -> None:
        """Open the page that has the focus, and wait until its scan is drawn."""
        window.locator("#cell-3").click()
        window.keyboard.press("Enter")
        window.wait_for_selector("#detail[open] .openseadragon-canvas")
        self.settle(window)
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def open_line(self, window: Page) -> None:
        """Open a line of the text of a page."""
        self.open_page(window)
        window.keyboard.press("F2")
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def compare(self, window: Page) -> None:
        """Put two pages side by side."""
        window.locator("#cell-3").click()
        window.keyboard.press("v")
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def wait_for_scans(self, window: Page) -> None:
        """Wait until both scans are drawn."""
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def describe(self, window: Page) -> None:
        """Describe the document of the page that has the focus, beside its scan."""
        window.locator("#cell-3").click()
        window.keyboard.press("d")
        window.wait_for_selector("[name=title]")
        self.settle(window)
        window.wait_for_timeout(ZOOM_DRAWN_MS)

    def open_palette(self, window: Page) -> None:
        """Type a little into the palette."""
        window.keyboard.press("Control+k")
        window.locator(".palette input").fill("res")
        window.wait_for_timeout(500)

    def open_help(self, window: Page) -> None:
        """Open the sheet of keys."""
        window.locator("#cell-3").click()
        window.keyboard.press("?")

    def choose_scans(self, window: Page) -> None:
        """Choose the scans of a new collection; nothing is sent."""
        window.get_by_label("Title").fill("Farm Workers' Committee")
        scan = {"mimeType": "image/jpeg", "buffer": bytes(60_000)}
        names = [f"HH901210_{number:04}.jpg" for number in range(1, 65)]
        chosen = [{"name": name, **scan} for name in [*names, "read me.txt"]]
        window.set_input_files("#choose-files", chosen)  # type: ignore[arg-type] # as the library documents it
        expect(window.get_by_label("Short name")).to_have_value("farm-workers-committee")


def save(image: Image.Image, path: Path) -> int:
    """Write as finely as fits the size; return its bytes. Raises ValueError where even the coarsest does not."""
    image.thumbnail((WIDEST, WIDEST))
    for quality in QUALITIES:
        out = io.BytesIO()
        image.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST_BYTES:
            path.write_bytes(out.getvalue())
            return out.tell()
    raise ValueError(f"{path.name} is larger than {LARGEST_BYTES} bytes with quality {QUALITIES[-1]}.")


if __name__ == "__main__":
    sys.exit(main())
