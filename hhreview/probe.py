"""`python -m hhreview.probe URL`: exit code 0 if the address answers 200. For health checks in images without curl."""

from __future__ import annotations

import sys
import urllib.request


def main(url: str) -> int:
    """Return 0 if all is well, or else 1, with the reason on standard error."""
    try:
        with urllib.request.urlopen(url, timeout=8) as response:
            return 0 if response.status == 200 else 1
    except OSError as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
