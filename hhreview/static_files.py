"""Style sheets and scripts under names that change with their content, so that browsers keep them for good."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage, in which modules also import each other by the names that change.

    Otherwise a browser asks again for each module on every visit, and after an upgrade it may run new modules beside
    old ones. Django's own patterns also match `import("./wire.js")` in comments, which names a file of types.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "*.js",
            (
                (
                    r"""(?m)^(?P<matched>(?P<names>(?:import|export)\s[^"';]*?)from\s*["'](?P<url>\.[^"']*)["'])""",
                    '%(names)sfrom "%(url)s"',
                ),
                (r"""(?m)^(?P<matched>import\s*["'](?P<url>\.[^"']*)["'])""", 'import "%(url)s"'),
            ),
        ),
    )
    max_post_process_passes = 20
    """One for each level of imports; it stops when nothing changes."""
