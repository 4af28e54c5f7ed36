"""Text: correct, add, and delete lines of a page's text, and mark the text as checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from django.utils import timezone
from pydantic import Field, StringConstraints

from clustering.actions.base import Act, Key, Position, RequestBody, Scope, perform
from clustering.engine.correcting import Correction, LaidLine, box_after, shares_of
from clustering.engine.titles import one_line
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.texts import hold_checked, hold_corrections
from clustering.journal.workspace import Desk
from clustering.models import Edit, Page, Reading, User, Verb
from clustering.models.correction import LONGEST_LINE
from clustering.wording import name_of, pages_in_words, say, say_n

TEXT = Verb("text", done="corrected", icon="lines", decides=False, restorable=False)

MOST_LINES = 2000
LineId = Annotated[str, StringConstraints(pattern="^([1-9][0-9]{0,8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")]


class LineChange(RequestBody):
    """The change of one line."""

    line: LineId | None = Field(
        default=None, description="ID of the line, as `GET …/text` returns it. Leave it out to add a line."
    )
    text: Annotated[str, Field(max_length=LONGEST_LINE)] = Field(
        description="What the line should say. Empty deletes it; what was read takes a correction back."
    )
    was: Annotated[str, Field(max_length=LONGEST_LINE)] | None = Field(
        default=None,
        description="What the line said when you looked. If it says something else by now, nothing is done (409). "
        "Without it the line is changed whatever it says.",
    )
    after: LineId | None = Field(
        default=None, description="For a line that you add: ID of the line above it. Leave it out to add a first line."
    )


class CorrectText(Act):
    """Correct, add, or delete lines of a page's text, or mark the text as checked.

    The text as it was read is kept. A line without a `line` is added; a line with an empty `text` is deleted.
    """

    address, label, verb = "text", "Correct text", TEXT
    keys = (Key("correct-text", ("F2",), "Correct the text", "detail", edits=True),)

    page: Position = Field(description="Position of the page whose text it is.")
    lines: Annotated[list[LineChange], Field(max_length=MOST_LINES)] = Field(
        default=[], description="The lines to change, add, or delete, in this order."
    )
    checked: bool | None = Field(
        default=None, description="Whether the text of the page is right. OCR does not read checked pages again."
    )

    def apply(self, at: Scope) -> Edit:
        """Correct it."""
        page = at.page(self.page)
        return correct_text(page, self.lines, checked=self.checked, actor=at.actor, act_id=self.act_id)


def correct_text(
    page: Page,
    lines: Sequence[LineChange] = (),
    *,
    checked: bool | None = None,
    actor: User | None,
    act_id: UUID | None = None,
) -> Edit:
    """Change lines of a page's text, and mark it as checked or not; all or nothing.

    Raises StaleVersion, with both texts, if a line has changed since the person saw it, and Refused for a page that was
    not read, for an unknown line, and if nothing would change.
    """

    def change(desk: Desk) -> str:
        reading = Reading.objects.select_related("page").filter(page=page).defer("search").first()
        if reading is None:
            raise Refused(say("Page %(page)s has no text yet. Run OCR on it first.", page=page.position))
        _hold_document(desk, reading.page)
        hold_corrections(desk, page=page.pk)
        hold_checked(desk, [page.pk])
        text = _Text(desk, reading, actor)
        for wanted in lines:
            text.change(wanted)
        was_checked = desk.checked[page.pk] is not None
        if checked is not None and checked != was_checked:
            now = timezone.now().isoformat()
            desk.checked[page.pk] = (now, actor.pk if actor else None) if checked else None
        return text.sentence(checked=checked if checked != was_checked else None)

    return perform(page.collection_id, change, verb=TEXT, actor=actor, act_id=act_id)


def _hold_document(desk: Desk, page: Page) -> None:
    """Hold the document of the page, because new text may change its draft."""
    desk.positions[page.pk] = page.position
    if page.group_id is not None:
        desk.hold([page.group_id])
        desk.touched.add(page.group_id)


@dataclass(slots=True)
class _Text:
    """The text of a page while an act changes it."""

    desk: Desk
    reading: Reading
    actor: User | None
    corrected: int = 0
    added: int = 0
    deleted: int = 0

    def laid(self) -> list[LaidLine]:
        rows = self.desk.corrections.items()
        return self.reading.laid(
            Correction(key, (row[3][0], row[3][1], row[3][2], row[3][3]), row[1], row[2]) for key, row in rows if row
        )

    def change(self, wanted: LineChange) -> None:
        """Change one line. Raises Refused and StaleVersion."""
        text = one_line(wanted.text)
        if wanted.line is None:
            return self.add(text, wanted.after)
        line = self.find(wanted.line)
        if wanted.was is not None and one_line(wanted.was) != one_line(line.text):
            raise self.stale(line, text)
        if text == line.text and line.state != "earlier":
            return None
        self.count(text)
        if line.state == "earlier" and text:
            self.write(line.key, "", text, line)  # from now on, it is independent
        elif line.key and text == ("" if line.state in ("earlier", "added") else line.original):
            self.desk.corrections[line.key] = None
        else:
            self.write(line.key or str(uuid4()), line.original, text, line)
        return None

    def add(self, text: str, after: str | None) -> None:
        if not text:
            raise Refused(say("Enter the text of the new line."))
        laid = self.laid()
        above = self.find(after) if after else None
        left, top, right, bottom = box_after(laid, above, width=self.reading.width, height=self.reading.height)
        self.added += 1
        added = LaidLine("", text, "", round(left), round(top), round(right), round(bottom), 100.0, "added")
        self.write(str(uuid4()), "", text, added)

    def find(self, name: str) -> LaidLine:
        line = next((line for line in self.laid() if line.id == name), None)
        if line is None:
            raise Refused(
                say(
                    "Page %(page)s no longer has this line. Reload the page and correct it there.",
                    page=self.reading.page.position,
                )
            )
        return line

    def write(self, key: str, original: str, text: str, line: LaidLine) -> None:
        box = (line.left, line.top, line.right, line.bottom)
        shares = shares_of(box, self.reading.width, self.reading.height, self.reading.rotation)
        who = self.actor.pk if self.actor else None
        if original:  # the line keeps the place where it was read
            held = self.desk.corrections.get(key)
            shares = shares if held is None else (held[3][0], held[3][1], held[3][2], held[3][3])
        row = (self.reading.page_id, original, text, shares, who, timezone.now().isoformat())
        self.desk.before.corrections.setdefault(key, None)
        self.desk.corrections[key] = row

    def count(self, text: str) -> None:
        if text:
            self.corrected += 1
        else:
            self.deleted += 1

    def stale(self, line: LaidLine, text: str) -> StaleVersion:
        """Return the refusal with the current text, its author, and what the person wrote."""
        row = self.desk.corrections.get(line.key) if line.key else None
        who = User.objects.filter(pk=row[4]).first() if row and row[4] else None
        if row is None:
            return StaleVersion(
                say("This line now reads “%(theirs)s.” You entered “%(mine)s.”", theirs=line.text, mine=text)
            )
        return StaleVersion(
            say(
                "%(who)s changed this line to “%(theirs)s.” You entered “%(mine)s.”",
                who=name_of(who, to=self.actor),
                theirs=line.text,
                mine=text,
            )
        )

    def sentence(self, *, checked: bool | None) -> str:
        """Return the sentence of the act. Raises Refused if nothing changed."""
        page = pages_in_words([self.reading.page.position])
        counts = [count for count in (self.corrected, self.added, self.deleted) if count]
        number = sum(counts)
        if not number:
            if checked is None:
                raise Refused(say("The text is already like this. Nothing was changed."))
            return (
                say("Marked the text of %(page)s as checked.", page=page)
                if checked
                else say("Marked the text of %(page)s as not checked.", page=page)
            )
        if len(counts) > 1:
            sentence = say_n(
                "Changed %(count)s line on %(page)s", "Changed %(count)s lines on %(page)s", number, page=page
            )
        elif self.corrected:
            sentence = say_n(
                "Corrected %(count)s line on %(page)s", "Corrected %(count)s lines on %(page)s", number, page=page
            )
        elif self.added:
            sentence = say_n("Added %(count)s line on %(page)s", "Added %(count)s lines on %(page)s", number, page=page)
        else:
            sentence = say_n(
                "Deleted %(count)s line on %(page)s", "Deleted %(count)s lines on %(page)s", number, page=page
            )
        if checked is None:
            return say("%(done)s.", done=sentence)
        return (
            say("%(done)s and marked the text as checked.", done=sentence)
            if checked
            else say("%(done)s and marked the text as not checked.", done=sentence)
        )
