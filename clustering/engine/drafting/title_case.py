"""Write titles as a catalog does: capitals become title case, except in acronyms, and OCR specks are removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from clustering.engine.drafting.layout import SeenPage
from clustering.engine.drafting.words import unglued, wordlike
from clustering.engine.languages import languages

MAX_TITLE = 120
"""Characters. Longer titles are cut after a word and end in an ellipsis."""

_SMALL = frozenset().union(*(language.small_in_titles for language in languages().values()))
"""Words that titles write in lower case, in any language."""
_COMMON_ACRONYMS = "USA US UK UN AFL CIO FBI CIA NATO UNESCO TV YMCA YWCA NAACP GOP ILO UAW AFSCME ILGWU"
_ALWAYS = frozenset(_COMMON_ACRONYMS.split())
_ABBREVIATIONS = frozenset({"JR", "SR", "MR", "DR", "MRS", "MS", "ST", "NR", "VS"})
_ROMAN = re.compile(r"(?=[IVXLC]{2,})(?:X{0,3}(?:IX|IV|V?I{0,3}))$")
_EDGE_NOISE = re.compile(r"^[\s\W_]+(?=[\"'“‘«¿¡(#$\w])|[\s_|~=*•·^°\\/<>{}\[\]–—:;,.-]+$")


def acronyms_of(pages: Sequence[SeenPage]) -> frozenset[str]:
    """Return the words that the group's running text prints in capitals: AFL, COPE, ACTWU."""
    running = (
        line.text
        for page in pages
        for line in page.lines
        if not line.capitals and line.confidence >= 70 and line.words >= 4
    )
    words = Counter(re.findall(r"[^\W\d_]{2,}", "\n".join(running)))
    inside = {word: count for word, count in words.items() if len(word) <= 7 and word.isupper()}
    small: Counter[str] = Counter()
    if inside:
        for word, count in words.items():
            if not word.isupper():
                small[word.upper()] += count
    return frozenset(word for word, count in inside.items() if count > small[word] and (count >= 2 or len(word) <= 5))


def title_case(text: str, acronyms: frozenset[str] = frozenset()) -> str:
    """Return a text that is mostly capitals in title case; any other text unchanged."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters or sum(letter.isupper() for letter in letters) < 0.6 * len(letters):
        return text
    words = text.split(" ")
    cased = [
        _case(word, acronyms, first=index == 0 or words[index - 1].endswith((":", ".", "—")))
        for index, word in enumerate(words)
    ]
    return " ".join(cased)


def _case(word: str, acronyms: frozenset[str], *, first: bool) -> str:
    parts = re.split(r"(['’][A-Za-z]{1,2}\b|[^\w.&'’])", word)
    return "".join(
        _case_part(part, acronyms, first=first and not any(parts[:index])) for index, part in enumerate(parts)
    )


def _case_part(part: str, acronyms: frozenset[str], *, first: bool) -> str:
    bare = re.sub(r"[^\w]", "", part)
    if not any(letter.isalpha() for letter in part) or (any(map(str.isdigit, bare)) and len(bare) <= 5):
        return part
    if re.fullmatch(r"['’][A-Za-z]{1,2}", part):
        return part.lower()
    if (
        bare in _ALWAYS
        or bare in acronyms
        or re.fullmatch(r"(?:[A-Z]\.){2,}|[A-Z](?:&[A-Z])+", part)
        or _ROMAN.match(bare)
    ):
        return part
    if len(bare) > 1 and bare not in _ABBREVIATIONS and not re.search(r"[AEIOUYÀ-Ý]", bare.upper()) and bare.isupper():
        return part
    if bare.lower() in _SMALL and not first:
        return part.lower()
    if part.startswith(("MC", "Mc")) and len(bare) > 3:
        return "Mc" + part[2:].capitalize()
    lowered = part.lower()
    index = next((spot for spot, letter in enumerate(lowered) if letter.isalnum()), 0)
    return lowered[:index] + lowered[index].upper() + lowered[index + 1 :] if lowered else part


def is_small(word: str) -> bool:
    """Whether titles write the word in lower case in some language, as they do with words that link others."""
    return word.lower() in _SMALL


def tidy(text: str) -> str:
    """Return the text without specks at its ends and paper edges within, with single blanks, and with the parts of
    hyphenated words joined."""
    joined = " ".join(unglued(text.replace("|", " ")).split())
    if "- " in joined:
        joined = re.sub(r"(?<=[a-zà-ÿ])- (?=[a-zà-ÿ])", "", joined)
    joined = re.sub(r" ([,.;:!?])", r"\1", joined)
    if "..." in joined:
        joined = re.sub(r"\.{3,}(?:\s*\.{2,})*", "…", joined)
    joined = " ".join(joined.replace("_", " ").split())
    if " " in joined[-3:]:
        joined = re.sub(r"\s+(?![&#\d])(?!\b[AI]\b)\S{1,2}$", _kept_if_wordlike, joined)
    bare = _closed_quotes(_capital_figures(_EDGE_NOISE.sub("", joined).strip()))
    if joined.rstrip().endswith(("...", "…")) or not bare:
        return bare
    if bare.count("(") > bare.count(")"):
        return bare + ")"
    return bare.rstrip(")").rstrip() if bare.count(")") > bare.count("(") else bare


def _kept_if_wordlike(match: re.Match[str]) -> str:
    """Return the last token of one or two characters if it can be a word, or else "": "Grapes =e" is "Grapes"."""
    core = match.group().strip(" .,!?'’\"”)")
    return match.group() if core.isalnum() and len(core) == 2 and wordlike(core) else ""


_OPENING, _SHUTTING = "“‘«„", "”’»"


def _closed_quotes(text: str) -> str:
    """Return the text without an unpaired quotation mark at either end."""
    if len(text) < 2:
        return text
    inner = text[1:-1]
    if text[:1] in "“‘«„\"'" and not any(mark in text[1:] for mark in _SHUTTING + text[0]):
        return text[1:]
    if text[-1:] in '”»"' and not any(mark in text[:-1] for mark in _OPENING + text[-1]):
        return text[:-1]
    if text[-1:] in "’'" and not any(mark in inner for mark in "‘") and text[:1] not in "‘'":
        return text[:-1]
    return text


def _capital_figures(text: str) -> str:
    """Return the text with "AFL-CIO" for "AFL-C10": ones and zeros in hyphenated capitals are letters."""
    letters = str.maketrans("10lo", "IOIO")
    return re.sub(r"\b[A-Z]{2,}[-/][A-Z][A-Z10lo]{1,3}\b", lambda match: match.group().translate(letters), text)


def shorten(text: str) -> str:
    """Return at most `MAX_TITLE` characters, cut after a word."""
    if len(text) <= MAX_TITLE:
        return text
    cut = text[: MAX_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return cut + "…"


def join_lines(lines: Iterable[str]) -> str:
    """Join the lines of a heading; a hyphen at the end of a line goes if a lower-case letter follows."""
    text = ""
    for line in lines:
        if text.endswith("-") and line[:1].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}".strip()
    return text
