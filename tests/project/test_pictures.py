"""Every view has its pictures: the list of views, the addresses of hhreview, the files, and their page agree."""

from __future__ import annotations

from collections import defaultdict

from django.urls import URLPattern, resolve

from clustering.urls import urlpatterns
from docs.pictured import NOT_PICTURED, VIEWS, gallery
from tests.project.test_docs import DOCS, IMAGES

FACTS: dict[str, object] = {"link": "/welcome/Nw/key/", "upload": "0e1f9341-33b0-422b-a7a8-4ca172ce3833"}
ANY = defaultdict(lambda: 1, FACTS)
"""What an address may be made of."""
LEAST_VIEWS = 70


def shown_names() -> set[str]:
    paths = [view.path.format_map(ANY).partition("?")[0] for view in VIEWS if view.name not in {"broken", "missing"}]
    return {resolve(path).url_name or "" for path in paths}


def test_every_address_is_pictured_or_says_why_not() -> None:
    names = {one.name for one in urlpatterns if isinstance(one, URLPattern) and one.name}
    excused = {name for listed in NOT_PICTURED.values() for name in listed.split()}
    assert excused <= names
    assert excused & shown_names() == set()
    assert names - excused - shown_names() == set()


def test_every_view_has_its_pictures_and_no_picture_is_left_over() -> None:
    assert len({view.name for view in VIEWS}) == len(VIEWS) >= LEAST_VIEWS
    wanted = {view.file(*one) for view in VIEWS for one in view.pictures()}
    assert {path.name for path in IMAGES.glob("*.webp")} == wanted


def test_the_page_of_pictures_shows_them_all() -> None:
    assert (DOCS / "guide/pictures.md").read_text(encoding="utf-8") == gallery()
