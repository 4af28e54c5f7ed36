#!/usr/bin/env python3
"""Install this checkout into a virtual environment. Runs before anything is installed: standard library only.

Says first how much it will download. On Linux without a GPU, installs a CPU build of PyTorch if the package index has
one, because the other includes gigabytes of GPU libraries. TORCH_INDEX is the address of a further index.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OLDEST_TORCH = (2, 6)
PARTED = "torchvision"
"""Built together with PyTorch: its GPU build can't be imported with a CPU build of PyTorch."""
_HEAD_SECONDS = 15


def main() -> None:
    """Resolve the requirements, say how much to download, and install."""
    parser = argparse.ArgumentParser(description="Install this checkout into a virtual environment.")
    parser.add_argument("--python", default=sys.executable, help="The Python of the virtual environment.")
    parser.add_argument("--extras", default="", help="Optional parts, as in pyproject.toml: embedded,samples.")
    parser.add_argument("--without-needs", nargs="*", default=[], metavar="PACKAGE", help="Added without their needs.")
    options = parser.parse_args()
    pip = [options.python, "-m", "pip", "--disable-pip-version-check"]
    wanted = requirements([extra for extra in options.extras.split(",") if extra])
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "constraints.txt"
        text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
        pins.write_text(constraints(text, torch_to_take(pip, options.python, text, wanted)), encoding="utf-8")
        print("Looking up what is needed…", flush=True)
        packages = [*resolve(pip, wanted, pins, Path(folder)), *pinned(text, options.without_needs)]
        if packages:
            _run([*pip, "install", "--no-deps", *_index(), *packages])
    _run([*pip, "install", "--quiet", "--no-deps", "--editable", str(ROOT)])


def requirements(extras: Iterable[str]) -> list[str]:
    """Return the requirements in pyproject.toml, with these extras and the extras that they include."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted: list[str] = list(project["dependencies"])
    for extra in extras:
        for requirement in project["optional-dependencies"][extra]:
            own = re.fullmatch(rf"{project['name']}\[(.+)\]", requirement)
            wanted += requirements(own[1].split(",")) if own else [requirement]
    return list(dict.fromkeys(wanted))


def torch_to_take(pip: list[str], python: str, pins: str, wanted: Iterable[str]) -> str:
    """Return the CPU build of PyTorch to install in place of the pinned version, or "" to use that one."""
    parted = any(re.match(rf"{PARTED}\b", requirement) for requirement in wanted) and not os.environ.get("TORCH_INDEX")
    there = _installed(python, "torch")
    if there:
        return there if there.endswith("+cpu") and not parted else ""
    if parted or has_gpu() or sys.platform != "linux" or platform.machine() != "x86_64":
        return ""
    listed = subprocess.run([*pip, "index", "versions", "torch", *_index()], capture_output=True, text=True)
    taken = cpu_build(listed.stdout, _pin(pins, "torch"))
    if taken:
        print(f"There is no GPU here, so a CPU build of PyTorch is installed: {taken}.")
    else:
        print(
            "There is no GPU here, but the package index only has PyTorch with GPU libraries, which makes the download "
            "large. If you know an index with CPU builds, stop and set TORCH_INDEX to its address."
        )
    return taken


def cpu_build(offered: str, pinned: str) -> str:
    """Return the newest CPU build in the output of `pip index versions torch` that isn't newer than the pin, or ""."""
    versions: list[str] = re.findall(r"[\d.]+\+cpu\b", offered)
    fitting = [version for version in versions if OLDEST_TORCH <= _numbers(version) <= _numbers(pinned)]
    return max(fitting, key=_numbers, default="")


def constraints(pins: str, torch: str) -> str:
    """Return the pins, with another PyTorch if one is given. Packages built together with it are then unpinned."""
    if not torch:
        return pins
    kept = [line for line in pins.splitlines() if not re.match(rf"(torch|{PARTED})==", line)]
    return "\n".join([*kept, f"torch=={torch}", ""])


def has_gpu() -> bool:
    """Whether this machine has the driver of a GPU."""
    return bool(shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists() or Path("/dev/kfd").exists())


def resolve(pip: list[str], wanted: list[str], pins: Path, folder: Path) -> list[str]:
    """Return missing packages, as name==version. Prints how much that is to download."""
    report = folder / "report.json"
    _run([*pip, "install", "--quiet", "--dry-run", "--report", str(report), "-c", str(pins), *_index(), *wanted])
    missing: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["install"]
    if missing:
        with ThreadPoolExecutor(16) as threads:
            sizes = list(threads.map(size_of, (item["download_info"]["url"] for item in missing)))
        print(announcement(sizes), flush=True)
    return [f"{item['metadata']['name']}=={item['metadata']['version']}" for item in missing]


def size_of(url: str) -> int | None:
    """Return the size of a file, 0 if it is on this machine, None if the index doesn't say."""
    if url.startswith("file:"):
        return 0
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_HEAD_SECONDS) as answer:
            length = answer.headers.get("Content-Length")
    except (OSError, ValueError):
        return None  # the download will report the error
    return int(length) if length else None


def announcement(sizes: list[int | None]) -> str:
    """Say in a sentence how much to download."""
    known = sum(size for size in sizes if size is not None)
    unknown = sum(size is None for size in sizes)
    more = f" and {unknown} of unknown size" if unknown else ""
    amount = f"{known / 1e9:.1f} GB" if known >= 1e9 else f"{known / 1e6:.0f} MB"
    return f"{len(sizes)} packages to install: {amount} to download{more}, except for what pip has cached."


def pinned(pins: str, names: Iterable[str]) -> list[str]:
    """Return each package at its pinned version."""
    return [f"{name}=={_pin(pins, name)}" for name in names]


def _pin(pins: str, name: str) -> str:
    match = re.search(rf"^{re.escape(name)}==(\S+)$", pins, re.MULTILINE | re.IGNORECASE)
    if match is None:
        sys.exit(f"constraints.txt does not pin {name}. Run `make pin`, then try again.")
    return match[1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


def _installed(python: str, name: str) -> str:
    look = (
        f"from importlib import metadata; print([*(d.version for d in metadata.distributions(name={name!r})), ''][0])"
    )
    return subprocess.run([python, "-c", look], capture_output=True, text=True, check=True).stdout.strip()


def _index() -> list[str]:
    named = os.environ.get("TORCH_INDEX")
    return ["--extra-index-url", named] if named else []


def _run(command: list[str]) -> None:
    code = subprocess.run(command).returncode
    if code:
        sys.exit(f"pip could not install it; its message is above. It was called with: {' '.join(command)}")


if __name__ == "__main__":
    main()
