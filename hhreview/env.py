"""Read settings from the environment. A wrong value raises at start, with its name and what is expected."""

from __future__ import annotations

import json
import os
import re
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

READ: set[str] = set()
"""Names of all variables that were read: any other with our prefix is a typo."""
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file that NAME_FILE names (container secrets), or the default."""
    READ.add(name)
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which can’t be read: {error.strerror}.") from error
    return os.environ.get(name, default)


def _set(name: str) -> str | None:
    """Return the variable; None if it isn't set."""
    READ.add(name)
    return os.environ.get(name)


def env_bool(name: str, default: bool) -> bool:  # noqa: FBT001 - reads like os.environ.get
    """Return whether it is set. Raises ImproperlyConfigured on anything but 1/0, true/false, yes/no, on/off."""
    value = _set(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """Return the whole number. Raises ImproperlyConfigured on anything but a whole number of at least `minimum` and at
    most `maximum`."""
    value = _set(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from error
    if number < minimum:
        raise ImproperlyConfigured(f"{name} is {number}; write {minimum} or more.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name} is {number}; write {maximum} or less.")
    return number


def env_path(name: str) -> Path | None:
    """Return the folder or file, as a full path; `~` is a home folder. None where nothing is set.

    Raises ImproperlyConfigured for the home folder of someone unknown.
    """
    value = env_str(name)
    return absolute(name, value) if value else None


def absolute(name: str, value: str) -> Path:
    """Return a path of a setting as a full path. Raises ImproperlyConfigured like `env_path`."""
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}, a home folder that is unknown. Write a full path.") from error


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return the choice. Raises ImproperlyConfigured on anything but one of the choices."""
    value = _set(name) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; write {', '.join(choices[:-1])} or {choices[-1]}.")
    return value


def env_device(name: str, default: str) -> str:
    """Return the device for models. Raises ImproperlyConfigured for anything but auto, cpu, mps, cuda, or cuda:1."""
    value = _set(name) or default
    if not re.fullmatch(r"auto|cpu|mps|cuda(?::\d+)?", value):
        raise ImproperlyConfigured(f"{name} is {value!r}; write auto, cuda, mps or cpu.")
    return value


def env_time_zone(name: str, default: str) -> str:
    """Return the name of a time zone. Raises ImproperlyConfigured for an unknown one."""
    value = _set(name) or default
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name} is {value!r}; write the name of a time zone, e.g. America/New_York or UTC.")
    return value


def env_hosts(name: str, default: list[str]) -> list[str]:
    """Return names of hosts. Raises ImproperlyConfigured if one is an address or has a port."""
    hosts = env_list(name, default)
    for host in hosts:
        if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", host):
            raise ImproperlyConfigured(f"{name} has {host!r} in it; write host names only, e.g. desk.example.org.")
    return hosts


def env_origins(name: str) -> list[str]:
    """Return origins. Raises ImproperlyConfigured if one has no scheme, or has a path."""
    origins = env_list(name, [])
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ImproperlyConfigured(
                f"{name} has {origin!r} in it; write the scheme and the host, e.g. https://desk.example.org."
            )
    return origins


def env_price(name: str) -> Decimal | None:
    """Return an amount of money, or None. Raises ImproperlyConfigured on anything but an amount of 0 or more."""
    value = _set(name)
    if not value:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; write an amount, e.g. 0.15.") from error
    if not amount.is_finite() or amount < 0:
        raise ImproperlyConfigured(f"{name} is {value!r}; write an amount of 0 or more.")
    return amount


def env_object(name: str) -> dict[str, Any]:
    """Return a JSON object; empty if it isn't set. Raises ImproperlyConfigured for anything else."""
    value = _set(name)
    if not value:
        return {}
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ImproperlyConfigured(f"{name} is not valid JSON ({error}).") from error
    if not isinstance(parsed, dict):
        raise ImproperlyConfigured(f'{name} is not a JSON object; write it as {{"name": "value"}}.')
    return parsed


def env_endpoint(name: str, *, example: str = "http://127.0.0.1:11434/v1", key: str = "HHREVIEW_LLM_KEY") -> str:
    """Return the base address of an API, or "". Raises ImproperlyConfigured if it isn't one."""
    value = env_str(name).strip().rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is not a valid address ({error}).") from error
    if not usable or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a base address, e.g. {example}.")
    if parts.username or parts.password:
        raise ImproperlyConfigured(f"{name} contains a username or password; put the key into {key} instead.")
    return value


def email_from_url(name: str) -> dict[str, Any]:
    """Return Django's EMAIL_ settings of smtp://user:password@host:587 (STARTTLS where the port is 587), smtps://… or
    console:, without the prefix; nothing where the variable is empty. Raises ImproperlyConfigured."""
    value = env_str(name).strip()
    if not value:
        return {}
    backends = "django.core.mail.backends"
    if value.rstrip("/") == "console:":
        return {"BACKEND": f"{backends}.console.EmailBackend"}
    wrong = f"{name} can’t be used; write smtp://user:password@mail.example.org:587, smtps://… or console:."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{wrong} ({error})") from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(wrong)
    ssl = parts.scheme == "smtps"
    port = port or (465 if ssl else 587)
    return {
        "BACKEND": f"{backends}.smtp.EmailBackend",
        "HOST": parts.hostname,
        "PORT": port,
        "HOST_USER": unquote(parts.username or ""),
        "HOST_PASSWORD": unquote(parts.password or ""),
        "USE_SSL": ssl,
        "USE_TLS": not ssl and port == 587,
    }


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated values, blanks dropped."""
    value = _set(name)
    return default if value is None else [part.strip() for part in value.split(",") if part.strip()]


_PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def env_rate(name: str, default: str) -> tuple[int, int]:
    """Return how many in how many seconds, as "6000/minute"; "0" is no limit. Raises ImproperlyConfigured on anything
    else."""
    value = _set(name) or default
    number, _, unit = value.strip().partition("/")
    period = _PERIODS.get(unit or "minute")
    if period is None or not number.isdecimal() or bool(unit) != bool(int(number)):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; write a number of requests per {', '.join(_PERIODS)}, e.g. 6000/minute, or 0."
        )
    return int(number), period


LOOKUPS = ("lcnaf", "lcsh", "viaf", "wikidata")


def env_lookups(name: str) -> dict[str, str]:
    """Return authorities by name, each with an address in place of its own, or empty: "lcsh,
    lcnaf=https://…?q={query}".

    Raises ImproperlyConfigured for a name that is not in LOOKUPS and for an address that does not say {query}.
    """
    pairs: dict[str, str] = {}
    for part in env_list(name, []):
        known, _, address = part.partition("=")
        if known not in LOOKUPS:
            raise ImproperlyConfigured(f"{name} has {known!r} in it; write some of {', '.join(LOOKUPS)}.")
        if address and not ("{query}" in address and address.startswith(("http://", "https://"))):
            raise ImproperlyConfigured(f"{name} has {address!r} in it; write an address with {{query}} in it.")
        pairs[known] = address
    return pairs


def env_hours(name: str) -> tuple[time, time] | None:
    """Return the time from one hour of the day to another, as "19:00-07:00"; None where nothing is set. Raises
    ImproperlyConfigured otherwise."""
    value = _set(name)
    if not value:
        return None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}; write two times of day, e.g. 19:00-07:00.") from error
    if begins == ends:
        raise ImproperlyConfigured(f"{name} is {value!r}, which is an empty period; leave it out to work all day.")
    return begins, ends


def env_languages(name: str, default: str) -> str:
    """Return Tesseract's codes of languages, as "deu+eng". Raises ImproperlyConfigured for anything else."""
    from clustering.engine.tessdata import WrongLanguages, checked_languages

    try:
        return checked_languages(_set(name) or default)
    except WrongLanguages as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def database_from_url(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?option=value`.

    A socket folder goes into the query: `postgresql://postgres@/hhreview?host=/run/postgresql`.
    Raises ImproperlyConfigured where the URL is not PostgreSQL's.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql://; hhreview keeps its vectors in PostgreSQL with pgvector."
        )
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from error
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database: add /hhreview to the end.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def redis_urls(url: str) -> tuple[str, str]:
    """Return the same server as redis-py spells it and as Kombu does: they differ for UNIX sockets only.

    `unix:///path?db=1` is redis-py's, `redis+socket:///path?virtual_host=1` Kombu's; either is taken. Raises
    ImproperlyConfigured where the URL is not Redis's.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "unix", "redis+socket"}:
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    if parts.scheme not in {"unix", "redis+socket"}:
        return url, url
    query = dict(parse_qsl(parts.query))
    number = query.get("db") or query.get("virtual_host") or "0"
    return f"unix://{parts.path}?db={number}", f"redis+socket://{parts.path}?virtual_host={number}"
