"""What pyproject.toml cannot say: the wheel carries the templates and static files, which are beside the packages."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class BuildWithSite(build_py):
    """Copies `templates` and `static` into the package hhreview of a wheel; a checkout keeps them where they are."""

    def run(self) -> None:
        """Build the packages, then add the two folders."""
        super().run()
        if not self.editable_mode:
            for folder in ("templates", "static"):
                self.copy_tree(str(ROOT / folder), str(Path(self.build_lib, "hhreview", folder)))


setup(cmdclass={"build_py": BuildWithSite})
