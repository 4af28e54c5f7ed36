"""A stream of typed letters and nothing else, every scan of one size: what paper and looks cannot divide."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from random import Random

from PIL import Image

from clustering.samples.documents import Commission
from clustering.samples.kinds.letters import draw_letter
from clustering.samples.making import COLUMNS, TRUTH
from clustering.samples.organizations import invent_organization
from clustering.samples.scanning import scan, wear_of

SIZE = (940, 1216)
"""Pixels of every scan: the lid of the scanner shows where a sheet is smaller."""
LID = (247, 247, 245)
DAYS = 4000


def draw_correspondence(folder: Path, *, pages: int, seed: int) -> None:
    """At least so many pages of letters of one to a few sheets, from three organizations; truth.csv beside them."""
    rng = Random(f"letters:{seed}")
    houses = [invent_organization(rng) for _ in range(3)]
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, str | int]] = []
    number = 0
    while len(rows) < pages:
        number += 1
        house = rng.choice(houses)
        day = datetime.date(house.founded, 1, 1) + datetime.timedelta(days=rng.randint(0, DAYS))
        order = Commission(house, Random(f"{seed}:{number}"), day)
        letter = draw_letter(order, length=rng.choice((3, 6, 9, 12, 16, 20)), carbon=rng.random() < 0.3)
        chance = Random(f"{seed}:scan:{number}")
        wear = wear_of(letter, chance)
        for place, side in enumerate(letter.sides):
            name = f"LETTERS_{len(rows) + 1:04d}"
            sheet = scan(side, place, wear, chance)
            lid = Image.new("RGB", SIZE, LID)
            lid.paste(sheet.crop((0, 0, *SIZE)) if sheet.width > SIZE[0] or sheet.height > SIZE[1] else sheet, (0, 0))
            lid.save(folder / f"{name}.jpg", quality=85)
            values = (name, "1" if place == 0 else "0", number, letter.kind, letter.title if place == 0 else "", "")
            rows.append(dict(zip(COLUMNS, values, strict=True)))
    with (folder / TRUTH).open("w", newline="", encoding="utf-8") as handle:
        table = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
