"""The MODS type of resource, by the type of document.

https://www.loc.gov/standards/mods/userguide/typeofresource.html
"""

from __future__ import annotations

TEXT = "text"
_BY_TERM = {
    "still image": (
        "300128222",  # aerial photographs
        "300127131",  # cabinet photographs
        "300015634",  # caricatures
        "300123430",  # cartoons (humorous images)
        "300033973",  # drawings
        "300123431",  # editorial cartoons
        "300015578",  # illustrations
        "300127173",  # negatives
        "300026695",  # photograph albums
        "300127104",  # photographic prints
        "300046300",  # photographs
        "300026819",  # picture postcards
        "300015637",  # portraits
        "300027221",  # posters
        "300041273",  # prints
        "300015617",  # sketches
        "300127478",  # transparencies
    ),
    "cartographic": ("300028094",),  # maps
    "notated music": ("300026427",),  # scores
    "sound recording": ("300028633",),
    "moving image": ("300028682",),  # video recordings
}
_TYPES = {number: resource for resource, numbers in _BY_TERM.items() for number in numbers}


def resource_type(genre: str) -> str:
    """Return the type of resource of documents of a genre, given by its address in the Art & Architecture Thesaurus.

    Everything else is text, as nearly all scanned documents are.
    """
    vocabulary, _, number = genre.rpartition("/")
    return _TYPES.get(number, TEXT) if vocabulary.endswith("vocab.getty.edu/aat") else TEXT
