"""The geometry of the dashboard's pictures: numbers in, places on the drawing out. Templates only write them down.

Lengths that end in % are of the picture's width; the others are units of its viewBox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from django.utils.dateformat import format as in_form
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from clustering.dashboard.progress import History, Progress
from clustering.engine.metrics.calibration import Reliability

_DEVIATIONS = 1.959964
"""Standard deviations that hold 95 % of a normal distribution."""
STATES = (
    ("confirmed", _lazy("confirmed")),
    ("changed", _lazy("edited")),
    ("proposed", _lazy("proposed")),
    ("loose", _lazy("unassigned")),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar."""

    look: str
    name: str | Promise
    count: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A whole, cut into its parts."""

    name: str
    total: int
    segments: tuple[Segment, ...]
    is_seams: bool = False
    """Whether its parts are known and open rather than confirmed and unconfirmed."""

    @property
    def done(self) -> int:
        """Percent of its first part, rounded down so that 100 means all."""
        return int(100 * self.segments[0].count / self.total) if self.total else 0


def bar(name: str, parts: Sequence[tuple[str, str | Promise, int]]) -> Bar:
    """Parts are (look, name, count), drawn from the left."""
    total, at, segments = sum(count for _, _, count in parts), 0.0, []
    for look, label, count in parts:
        width = 100 * count / total if total else 0.0
        segments.append(Segment(look, label, count, f"{at:.3f}%", f"{width:.3f}%"))
        at += width
    return Bar(name, total, tuple(segments))


def progress_bars(counted: Progress) -> list[Bar]:
    """Return bars of pages and groups by state, and of seams if they were counted."""
    pages = bar(_("Pages"), [(look, name, counted.pages_in.get(look, 0)) for look, name in STATES])
    groups = bar(_("Documents"), [(look, name, counted.groups.get(look, 0)) for look, name in STATES[:3]])
    bars = [pages, groups]
    if counted.seams:
        rest = counted.seams - counted.seams_known
        parts: list[tuple[str, str | Promise, int]] = [
            ("confirmed", _("known for sure"), counted.seams_known),
            ("proposed", _("open"), rest),
        ]
        bars.append(replace(bar(_("Page breaks"), parts), is_seams=True))
    return bars


def percent(part: float, whole: float) -> str:
    """Return a width: 42.000%."""
    return f"{100 * part / whole if whole else 0:.3f}%"


@dataclass(frozen=True, slots=True)
class Course:
    """Pages confirmed so far as an area, and acts as bars below, on one axis of time; a viewBox of 640 x 200."""

    per_unit: str
    """per hour, day, or week."""
    area: str
    line: str
    ticks: list[tuple[float, str]]
    bars: list[tuple[float, float, float, float, str]]
    """(x, y, width, height, words) of each bar of acts."""
    rows: list[tuple[str, int, int, int]]
    """(when, acts, pages confirmed, pages so far): the same as a table, newest first."""
    confirmed: int
    total: int
    most_acts: int


_LEFT, _RIGHT, _TOP, _BASE, _FOOT = 8.0, 632.0, 14.0, 118.0, 172.0
_BAR_HEIGHT = 40.0
_UNIT_SECONDS = {"hour": 3600, "day": 86_400, "week": 604_800}
_PER_UNIT = {"hour": _lazy("per hour"), "day": _lazy("per day"), "week": _lazy("per week")}
_WHEN_FORM = {"hour": _lazy("M j, H:00"), "day": _lazy("M j, Y"), "week": _lazy("M j, Y")}
_TICK_FORM = {"hour": _lazy("M j, H:00"), "day": _lazy("M j"), "week": _lazy("M Y")}
"""As Django writes dates, in the order of the language."""
_FEWEST_SLOTS = 8
"""A history of one day is drawn as the last of eight, so that its bar looks like a bar."""


def course(past: History, total: int) -> Course | None:
    """Return the drawing; None if nothing has happened yet. `total` is the number of pages, the top of the drawing."""
    if not past.moments:
        return None
    step = _UNIT_SECONDS[past.unit]
    first, last = past.moments[0].begins.timestamp(), past.moments[-1].begins.timestamp()
    slots = max(_FEWEST_SLOTS, round((last - first) / step) + 1)
    slot = (_RIGHT - _LEFT) / slots
    begin = last - (slots - 1) * step
    most = max(moment.acts for moment in past.moments) or 1
    so_far, points, bars, rows = 0, [(_LEFT, _BASE)], [], []
    ticks: list[tuple[float, str]] = []
    for moment in past.moments:
        x = _LEFT + (moment.begins.timestamp() - begin) / step * slot
        points.append((x, points[-1][1]))
        so_far += moment.confirmed
        points.append((x + slot, _BASE - (_BASE - _TOP) * min(1.0, so_far / total if total else 0)))
        height = _BAR_HEIGHT * moment.acts / most
        when = in_form(moment.begins, str(_WHEN_FORM[past.unit]))
        if past.unit == "week":
            when = _("week of %(day)s") % {"day": when}
        changes = ngettext("%(count)s change", "%(count)s changes", moment.acts) % {"count": moment.acts}
        bars.append((round(x + slot * 0.12, 1), _FOOT - height, round(slot * 0.76, 1), height, f"{when}: {changes}"))
        rows.append((when, moment.acts, moment.confirmed, so_far))
        if not ticks or x - ticks[-1][0] > 90:
            ticks.append((round(min(x + slot / 2, _RIGHT - 34), 1), in_form(moment.begins, str(_TICK_FORM[past.unit]))))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{line} {points[-1][0]:.1f},{_BASE}"
    return Course(str(_PER_UNIT[past.unit]), area, line, ticks, bars, rows[::-1], so_far, total, most)


@dataclass(frozen=True, slots=True)
class Dot:
    """One bin of a reliability plot, in a viewBox of 260 x 300."""

    x: float
    y: float
    radius: float
    low: float
    high: float
    """Ends of the 95% interval of the observed share."""
    bar_x: float
    bar_y: float
    bar_height: float
    words: str
    row: tuple[str, int, int, int]
    """(said, count, said on average in percent, turned out in percent)."""


PLOT_LEFT, PLOT_TOP, PLOT_SIDE = 40.0, 10.0, 200.0
_HISTOGRAM_FOOT, _HISTOGRAM_HEIGHT = 262.0, 34.0


def dots(bins: Sequence[Reliability]) -> list[Dot]:
    """Return a dot per bin: predicted on x, observed on y, with an area by count."""
    most = max((point.count for point in bins), default=1)
    marks = []
    for point in bins:
        low, high = _interval(point.observed * point.count, point.count)
        share = (point.count / most) ** 0.5
        height = max(1.5, _HISTOGRAM_HEIGHT * share)
        predicted, out = round(100 * point.predicted), round(100 * point.observed)
        name = _("%(low)s to %(high)s%%") % {"low": round(100 * point.low), "high": round(100 * point.high)}
        marks.append(
            Dot(
                x=round(PLOT_LEFT + PLOT_SIDE * point.predicted, 1),
                y=_height(point.observed),
                radius=round(3 + 6 * share, 1),
                low=_height(low),
                high=_height(high),
                bar_x=round(PLOT_LEFT + PLOT_SIDE * point.low + 2, 1),
                bar_y=round(_HISTOGRAM_FOOT - height, 1),
                bar_height=round(height, 1),
                words=_("Stated %(stated)s%% on average, %(right)s%% right, count %(count)s.")
                % {"stated": predicted, "right": out, "count": point.count},
                row=(name, point.count, predicted, out),
            )
        )
    return marks


def _height(share: float) -> float:
    return round(PLOT_TOP + PLOT_SIDE * (1 - share), 1)


def _interval(hits: float, count: int) -> tuple[float, float]:
    """Return the 95% score interval of hits / count (Wilson 1927), within 0 … 1; (0, 1) for a count of 0."""
    if count <= 0:
        return 0.0, 1.0
    share, z2 = hits / count, _DEVIATIONS * _DEVIATIONS
    center = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _DEVIATIONS * sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, center - half), min(1.0, center + half)
