"""`manage.py simulate_review SLUG TRUTH.csv`: simulate a review with the real queue and acts, and print its cost."""

from __future__ import annotations

import csv
import io
import json
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from clustering.engine.family import Family
from clustering.engine.methods import NotReady
from clustering.jobs.simulating import STRATEGIES, Played, simulate
from clustering.jobs.truths import WrongTruth, read_truth
from clustering.management.base import DeskCommand
from clustering.management.job_options import add_encoder, add_truth, checked_encoder
from clustering.management.output_files import check_place, write_file
from clustering.management.terminal import get_collection
from hhreview.layout import install

_COUNTED = ("look", "split", "merge", "move", "confirm", "accept")


class Command(DeskCommand):
    """Prints a table, a row for each way to work; nothing of the collection is changed."""

    help = "Play through a whole review against the true documents in several ways, and count the changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add arguments."""
        add_truth(parser)
        parser.add_argument("--wrong", type=float, default=0.0, help="Share of answers to reverse, e.g. 0.03.")
        parser.add_argument("--seed", type=int, default=0, help="Seed that selects the answers to reverse.")
        parser.add_argument(
            "--weights", type=Path, help="JSON of a family of archives to start with instead of the built-in one."
        )
        parser.add_argument(
            "--strategy", action="append", choices=STRATEGIES, help="Only this strategy; can be repeated."
        )
        parser.add_argument("--csv", type=Path, help="File to write the state after every act to.")
        parser.add_argument("--plot", type=Path, help="PNG file for a chart of the errors left against the acts.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object as the last line.")
        add_encoder(parser)

    def handle(self, **options: Any) -> None:
        """Simulate, print, and write files."""
        collection = get_collection(options["slug"])
        if not 0 <= options["wrong"] < 1:
            raise CommandError("--wrong is a share of answers: use a number from 0 up to, but not including, 1.")
        if options["plot"] and find_spec("matplotlib") is None:
            raise CommandError(f"--plot needs matplotlib. Run `{install('evaluate')}`, or omit --plot.")
        places = {name: check_place(options[name], f"--{name}") for name in ("csv", "plot") if options[name]}
        try:
            played = simulate(
                collection,
                read_truth(options["truth"].expanduser()),
                encoder=checked_encoder(options),
                strategies=options["strategy"] or STRATEGIES,
                family=_family(options["weights"]),
                wrong=options["wrong"],
                seed=options["seed"],
            )
        except (WrongTruth, NotReady) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(table(played))
        for name, place in places.items():
            write_file(place, [_steps(played) if name == "csv" else _drawn(played)], option=f"--{name}")
        if options["json"]:
            self.stdout.write(json.dumps(figures(played)))


def table(played: list[Played]) -> str:
    """Plain text, a row a strategy."""
    names = (*_COUNTED, "acts", "acts/100", "minutes", "wrong left")
    head = f"{'strategy':15}" + "".join(f"{name:>11}" for name in names)
    rows = [head]
    for play in played:
        counts = "".join(f"{play.counts[name]:11}" for name in _COUNTED)
        minutes = f"{play.seconds() / 60:11.1f}"
        rows.append(f"{play.name:15}{counts}{play.acts:11}{play.per_100():11.1f}{minutes}{play.wrong_left:11}")
    return "\n".join(rows)


def figures(played: list[Played]) -> dict[str, Any]:
    """Return the output of --json."""
    out: dict[str, Any] = {
        "acts_per_100_pages": {play.name: round(play.per_100(), 2) for play in played},
        "seconds_per_100_pages": {play.name: round(100 * play.seconds() / play.pages, 1) for play in played},
        "counts": {play.name: {name: play.counts[name] for name in _COUNTED} for play in played},
        "mistakes": {play.name: play.mistakes for play in played},
        "wrong_left": {play.name: play.wrong_left for play in played},
        "pages": played[0].pages if played else 0,
    }
    stops = {play.name: play.stopped() for play in played}
    out["stopped_by_expectation"] = {
        name: {"acts": step.acts, "wrong": step.wrong, "expected": step.expected}
        for name, step in stops.items()
        if step is not None and name not in {"by_hand", "dbscan"}
    }
    return out


def _family(path: Path | None) -> Family | None:
    if path is None:
        return None
    try:
        return Family.from_json(json.loads(path.expanduser().read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"{path} can’t be read ({error.strerror}). Check the path.") from error
    except ValueError as error:
        raise CommandError(
            f"{path} does not contain a family of archives. Use a file like clustering/engine/prior/family.json."
        ) from error


def _steps(played: list[Played]) -> bytes:
    """Return the state after every act, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["strategy", "acts", "seconds", "wrong", "expected"])
    for play in played:
        writer.writerows([play.name, s.acts, round(s.seconds, 1), s.wrong, s.expected] for s in play.steps)
    return text.getvalue().encode()


def _drawn(played: list[Played]) -> bytes:
    """Return the chart, as PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for play in played:
        axes.step([s.acts for s in play.steps], [s.wrong for s in play.steps], where="post", label=play.name)
    axes.set(xlabel="acts", ylabel="wrong seams left")
    axes.set_yscale("symlog", linthresh=1)
    axes.legend(frameon=False)
    png = io.BytesIO()
    figure.savefig(png, dpi=120, format="png")
    return png.getvalue()
