"""How PHP reads CSV (fgetcsv and SplFileObject, with a backslash as its escape character), which Omeka S goes by."""

from __future__ import annotations

DELIMITER, ENCLOSURE, ESCAPE = ",", '"', "\\"


def rows(content: bytes) -> list[list[str]]:
    """All rows, as ext/standard/file.c takes them apart; lines without anything are passed over."""
    text, at, table = content.decode(), 0, []
    while at < len(text):
        row, at = _row(text, at)
        if row != [""]:
            table.append(row)
    return table


def _row(text: str, at: int) -> tuple[list[str], int]:
    cells: list[str] = []
    while True:
        start = at
        while start < len(text) and text[start] in " \t":
            start += 1
        if text[start : start + 1] == ENCLOSURE:
            cell, at = _enclosed(text, start + 1)
        else:
            cell, at = _bare(text, at)
        cells.append(cell)
        if text[at : at + 1] != DELIMITER:
            return cells, _next_line(text, at)
        at += 1


def _enclosed(text: str, at: int) -> tuple[str, int]:
    """Up to the enclosure that is not doubled and has no escape before it, over any number of lines."""
    cell, escaped = "", False
    while at < len(text):
        letter = text[at]
        if escaped:
            escaped = False
        elif letter == ENCLOSURE:
            if text[at + 1 : at + 2] != ENCLOSURE:
                rest, at = _bare(text, at + 1)
                return cell + rest, at
            at += 1
        else:
            escaped = letter == ESCAPE
        cell += letter
        at += 1
    return cell, at


def _bare(text: str, at: int) -> tuple[str, int]:
    """Up to the delimiter or the end of the line, whatever stands there."""
    end = at
    while end < len(text) and text[end] not in f"{DELIMITER}\r\n":
        end += 1
    return text[at:end], end


def _next_line(text: str, at: int) -> int:
    return at + (2 if text[at : at + 2] == "\r\n" else 1)
