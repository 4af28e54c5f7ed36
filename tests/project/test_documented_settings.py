"""Every setting is documented, with the default that the code has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from clustering import checks

ROOT = Path(__file__).resolve().parents[2]
READERS = {
    "env_str",
    "env_device",
    "env_hosts",
    "env_origins",
    "env_path",
    "env_time_zone",
    "env_int",
    "env_bool",
    "env_list",
    "env_languages",
    "env_choice",
    "env_price",
    "env_object",
    "env_endpoint",
    "env_hours",
    "env_rate",
    "env_lookups",
    "email_from_url",
}
SET_FOR_CONTAINERS = {
    "DATABASE_URL", "REDIS_URL", "HHREVIEW_DATA_DIR", "HHREVIEW_MEDIA_ROOT", "HHREVIEW_CACHE_ROOT",
    "HHREVIEW_STATIC_ROOT", "HHREVIEW_COLLECTED_STATIC", "HHREVIEW_IMPORT_ROOTS", "HHREVIEW_DATABASE_POOL",
}  # fmt: skip
"""What the image and the compose file say themselves: another value in .env would part the desk from its volumes."""
ONLY_FOR_COMPOSE = {
    "POSTGRES_PASSWORD", "HHREVIEW_SITE", "HHREVIEW_TLS", "HHREVIEW_CERTIFICATES", "HHREVIEW_HTTP_PORT",
    "HHREVIEW_HTTPS_PORT", "HHREVIEW_SCANS", "HHREVIEW_IMAGE",
}  # fmt: skip


def as_written(value: object) -> str:
    """A default as it would stand in the environment."""
    if isinstance(value, list):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


def defaults_in_the_code() -> dict[str, str | None]:
    """Every variable that is read, and what holds without it; None where only the code tells."""
    defaults: dict[str, str | None] = dict.fromkeys(("HHREVIEW_DATA_DIR", "DATABASE_URL", "REDIS_URL"))
    for call in ast.walk(ast.parse((ROOT / "hhreview" / "settings.py").read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in READERS:
            name, *rest = [ast.literal_eval(given) for given in call.args]
            rest += [ast.literal_eval(given.value) for given in call.keywords if given.arg == "default"]
            defaults.setdefault(name, as_written(rest[0]) if rest else None)
    return defaults


def defaults_in_the_documents() -> dict[str, str]:
    text = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text, re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(defaults_in_the_documents()) == set(defaults_in_the_code())


def test_documented_defaults_are_those_of_the_code() -> None:
    documented = defaults_in_the_documents()
    for name, value in defaults_in_the_code().items():
        if value:
            assert f"`{value}`" in documented[name], name


def test_the_example_for_compose_shows_every_setting_with_its_default() -> None:
    """Live lines are what a desk in production chooses; those commented out say what holds without them."""
    lines = re.findall(r"^(# )?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    shown = [name for _, name, _ in lines]
    assert len(shown) == len(set(shown))
    in_code = defaults_in_the_code()
    assert set(shown) == set(in_code) - SET_FOR_CONTAINERS | ONLY_FOR_COMPOSE
    for commented, name, value in lines:
        if commented and name in in_code:
            assert value == (in_code[name] or ""), name


def test_names_that_only_compose_reads_are_no_misspelt_ones() -> None:
    assert {name for name in ONLY_FOR_COMPOSE if name.startswith("HHREVIEW_")} == checks.FOR_COMPOSE
