"""The language a group is written in, by its small words.

The fifty commonest words of a language make up some 40 to 50 % of its running text and hardly occur in another's, so
counting them is enough for OCR text of a paragraph or more. A word that two languages share counts half for each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clustering.engine.drafting.layout import SeenPage
from clustering.engine.records import Drafted

LEAST_WORDS = 12
"""With fewer words than this, names alone could decide."""

LEAST_SHARE = 0.08
"""Least share of small words in a text that is running text at all; lists and forms have fewer, noise has none."""

_SMALL_WORDS = {
    "en": "the of and to in that is was for it with as his on be at by this had not are but from or have an they which "
    "you were her all she there would their we him been has when who will more no if out so what up into than them can",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden "
    "aus er hat "
    "dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis",
    "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec son aux "
    "cette ou mais comme nous ont leur été ses ces être même elle deux fait tout sans vous je",
    "es": "de la que el en y los se del las un por con una su para es al lo como más pero sus le ya o este sí porque "
    "esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante",
    "it": "di che la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io come da ci no questo "
    "qui e hai "
    "del della dei gli alla nel più anche delle al era suo tutti loro essere stato",
    "nl": "de van het een en in is dat op te zijn voor met die niet aan er om ook als dan maar bij nog uit naar heeft "
    "hebben worden wordt door over ze zich dit wij werd onder tegen kan meer geen",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua "
    "ou quando "
    "muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos",
    "sv": "och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år "
    "under också efter eller nu sin där vid mot skulle",
    "da": "og i at det er en til af på for den de som med ikke der et har men vi om han var jeg sig fra så kan når "
    "efter også eller blev hun ud skal over hvor sin",
    "pl": "i w na z się do nie że jest to o jak po co ale za od czy tak przez jego dla są tego przy był może tym tylko "
    "już był oraz które który",
}  # fmt: skip

_SETS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_SHARED = Counter(word for words in _SETS.values() for word in words)
LANGUAGE_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch",
    "pt": "Portuguese",
    "sv": "Swedish", "da": "Danish", "pl": "Polish",
}  # fmt: skip
"""By ISO 639-1 code, in English."""


def draft_language(pages: Sequence[SeenPage]) -> Drafted | None:
    """The group's language as an ISO 639-1 code; None where too little text tells."""
    words = re.findall(r"[^\W\d_]+", " ".join(page.text for page in pages).lower())
    if len(words) < LEAST_WORDS:
        return None
    weights = {
        language: sum(1.0 / _SHARED[word] for word in words if word in small) for language, small in _SETS.items()
    }
    best, second = sorted(weights, key=lambda language: -weights[language])[:2]
    share = weights[best] / len(words)
    if share < LEAST_SHARE or weights[best] < 3.0:
        return None
    ahead = 1.0 - weights[second] / weights[best]
    confidence = round(min(0.99, 0.5 + 0.5 * ahead) * min(1.0, len(words) / 40.0 + 0.5), 2)
    common = [word for word, _ in Counter(word for word in words if word in _SETS[best]).most_common(3)]
    listed = ", ".join(f"“{word}”" for word in common)
    return Drafted(best, confidence, f"{LANGUAGE_NAMES[best]} by its small words: {listed}")
