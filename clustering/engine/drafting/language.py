"""Draft the language of a document from its common words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clustering.engine.drafting.layout import SeenPage
from clustering.engine.languages import count_common, known, language_by, plain
from clustering.engine.records import Drafted

MANY_WORDS = 20
"""With this many words, the length of the text no longer lowers the confidence."""


def draft_language(pages: Sequence[SeenPage]) -> Drafted | None:
    """Return the document's language as an ISO 639-1 code; None if there is too little text to tell."""
    text = "\n".join(page.text for page in pages if page.read)
    count = count_common(text)
    best = language_by(count)
    spoken = known(best)
    if spoken is None:
        return None
    second = max(weight for code, weight in count.weights.items() if code != best)
    ahead = 1.0 - second / count.weights[best]
    confidence = round(min(0.99, 0.5 + 0.5 * ahead) * min(1.0, count.words / (2 * MANY_WORDS) + 0.5), 2)
    met = count.times if text.isascii() else Counter(re.findall(r"[^\W\d_]{2,}", text.lower()))
    common = Counter({word: times for word, times in met.items() if plain(word) in spoken.common})
    listed = ", ".join(f"“{word}”" for word, _ in common.most_common(3))
    return Drafted(best, confidence, f"{spoken.name} by its common words: {listed}")
