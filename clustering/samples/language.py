"""Readable, continuous English for invented documents: a small grammar over the words of a theme."""

from __future__ import annotations

import datetime
from random import Random

from clustering.samples.vocabulary import FIRST_NAMES, LAST_NAMES, STREETS, TOWNS, Theme

SENTENCES: tuple[str, ...] = (
    "{Who} {did}, and {who} hope that others will follow.",
    "It is now {count} years since {who} {did}.",
    "{Office} has promised an answer, but so far nothing has been heard.",
    "We believe that {issue} cannot be left to chance.",
    "What is needed is {aim}.",
    "If {office} will not act, {who} must.",
    "There is no reason why {issue} should be passed over in silence.",
    "Those who have studied {issue} agree that the cause lies deeper than {office} has admitted.",
    "{Who} do not ask for favors; they ask for {aim}.",
    "In the spring of {year} {who} {did}.",
    "We therefore urge every reader to {step}.",
    "Nobody should suppose that {issue} will disappear of its own accord.",
    "At the last meeting {person} of {town} reported on {issue}.",
    '"We have waited long enough," said {person}, who spoke for {who}.',
    "Readers of this page will recall the winter of {year}, when {issue} first came before {office}.",
    "Since then much has been written, and little has been done.",
    "It is easy to find fault with {office}; it is harder to {step}.",
    "We propose to do both.",
    "Our correspondent in {town} writes that {who} {did}.",
    "Nothing in the {thing} prevents {office} from granting {aim}.",
    "A delegation of {count} called on {office} in the second week of the month.",
    "Its members were received politely and were told to come back in the autumn.",
    '"Nobody asked us," {person} told the meeting, "and nobody listened when we spoke of {issue}."',
    "The motion was made by {person} and seconded by {person2}.",
    "After some discussion it was carried without a dissenting voice.",
    "Letters have come from as far away as {town}, and nearly all of them deal with {issue}.",
    "We print one of them below with the permission of the writer.",
    "Should {office} refuse, the matter will be taken to the voters in the fall.",
    "There is room for honest disagreement about {issue}, but not about the figures.",
    "{p} out of every hundred persons who were asked had never heard of the {thing}.",
    "That fact alone should give {office} reason to think again.",
    "Only when {who} {did} was the {thing} brought out again.",
    "The costs, which came to {n} dollars, were met by {who}.",
    "No one was turned away, and no one was paid.",
    "A second meeting is to be held at {address} as soon as {office} has replied.",
    "Until that time {who} are asked to {step}.",
    "The history of {issue} is longer than most people suppose.",
    "It begins in {year}, when {person} drew up a {thing} that is still worth reading.",
    "Much of what was said in those days could be said again this evening.",
    "Opponents argue that {aim} would cost too much.",
    "They forget what {issue} costs us every year.",
    "Whatever {office} may decide, {who} will go on with their work.",
    "Let nobody say that it cannot be done, for in {town} it has been done.",
    "The first {thing} was made in {year}, and the second followed within {count} months.",
    "{fact}",
    "{fact}",
    "These figures speak for themselves, but {office} has drawn another conclusion from them.",
    "It has been said that {who} are too few to matter.",
    "That was the opinion of {office} until {who} {did}.",
    "For that reason the {thing} was read aloud and every paragraph was discussed.",
    "On the one hand there is {issue}; on the other there is the plain wish for {aim}.",
    "When {who} {did}, the newspapers gave the matter {count} lines on an inside page.",
    "A copy of the {thing} may be had from the office at {address}.",
    "{Person}, who has served for {count} years, explained how {office} reached its decision.",
    "We are not the first to raise the question of {issue}.",
    "As early as {year} a committee of {count} members recommended {aim}.",
    "Its advice was received with thanks and put away in a drawer.",
    "The remedy is neither new nor costly.",
    "To obtain {aim}, we shall have to {step} and to persuade others to do the same.",
    "Some of {who} have asked whether {issue} is really our concern.",
    "The answer must be that it concerns everyone who lives in {town}.",
    "Neither {issue} nor the silence of {office} has discouraged {who}.",
    "Between {year} and the present day {office} has considered the {thing} on {count} occasions.",
    "Each time the decision was put off, and each time {who} paid the price.",
    "This {thing} is the work of many hands.",
    "Let us consider for a moment what {aim} would mean in practice.",
    "It would mean, first of all, that {who} could plan for the year ahead.",
    "It would also mean an end to {issue}, or at least the beginning of an end.",
    "We recognize that {office} has duties of its own.",
    "Even so, a plain question deserves a plain answer.",
    "The record shows that {who} {did} long before {office} took an interest.",
    "With patience and good humor {who} {did}.",
    "In {town}, where conditions are much like ours, {who} {did} and were heard.",
    "There the {thing} was adopted by a vote of {n} to {count}.",
    "No single {thing} will settle the matter.",
    "But a beginning has been made, and the next step is to {step}.",
    "Please remember to {step} before the end of the month.",
)
OPENINGS: tuple[str, ...] = (
    "In the meantime, ", "At the same time, ", "As a result, ", "In our view, ", "Last winter, for example, ",
    "On the contrary, ", "Moreover, ", "By now, ", "In short, ", "Here again, ",
)  # fmt: skip
HEADLINES: tuple[str, ...] = (
    "{Aim}", "{Issue}: what can be done", "{Office} puts off decision", "{Who} meet in {town}", "The case for {aim}",
    "{Issue}", "Hearing set on {issue}", "Facts about {issue}", "{person} elected to {office2}", "Why we ask for {aim}",
    "{Office} hears {count} speakers", "Report from {town}", "A plan for {town}",
)  # fmt: skip
SLOGANS: tuple[str, ...] = (
    "{Aim} now!", "{Aim}", "Stop {issue}!", "{Step}!", "{Issue}: how much longer?", "We ask for {aim}",
    "Who pays for {issue}?", "An evening with {person}", "Open meeting on {issue}", "Hear {person}",
    "Vote yes for {aim}", "An appeal to {who}", "Rally for {aim}", "What {office} did not tell you",
    "Ten questions about {issue}", "It concerns you!", "Come and be heard!", "Do you know the facts?",
    "Benefit supper and dance", "{town} needs {aim}",
)  # fmt: skip
MINOR_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "at",
        "before",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "over",
        "the",
        "to",
        "with",
    )
)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def title_case(text: str) -> str:
    """Return the text in headline capitals: all but minor words."""
    words = text.split(" ")
    keep = [w if (i and w.lower() in MINOR_WORDS) else w[:1].upper() + w[1:] for i, w in enumerate(words)]
    return " ".join(keep)


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def long_date(day: datetime.date) -> str:
    """Write a date: "May 6, 1965"."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


class Writer:
    """Writes for one organization in one year; the same random source gives the same text."""

    def __init__(self, theme: Theme, rng: Random, *, year: int, town: str) -> None:
        self.theme = theme
        self.rng = rng
        self.year = year
        self.town = town
        self._recent: list[str] = []

    def person(self) -> str:
        """Return a made-up full name."""
        rng = self.rng
        middle = f" {rng.choice('ABCDEFGHJKLMPRSTW')}." if rng.random() < 0.5 else ""
        return f"{rng.choice(FIRST_NAMES)}{middle} {rng.choice(LAST_NAMES)}"

    def address(self) -> str:
        """Return a made-up street address."""
        return f"{self.rng.randint(3, 480)} {self.rng.choice(STREETS)}"

    def fill(self, template: str) -> str:
        """Put words into a template's gaps; a capitalized gap gets a capitalized word."""
        slots: dict[str, str] = {}
        theme, rng = self.theme, self.rng
        for name in ("who", "office", "issue", "aim", "step", "did", "thing"):
            slots[name] = rng.choice(getattr(theme, name))
            slots[name.capitalize()] = capital(slots[name])
        slots["person"] = slots["Person"] = self.person()
        slots["person2"] = self.person()
        slots["town"] = rng.choice(TOWNS) if rng.random() < 0.5 else self.town
        slots["address"] = self.address()
        slots["year"] = str(self.year - rng.randint(1, 14))
        slots["count"] = rng.choice(("two", "three", "four", "five", "six", "seven", "nine", "eleven", "twelve"))
        slots["n"] = str(rng.choice((48, 112, 165, 230, 318, 412, 640, 875, 1200, 2350)))
        slots["m"] = str(rng.choice((7, 12, 19, 23, 31, 37, 44)))
        slots["p"] = str(rng.choice((6, 8, 11, 14, 17, 22, 28, 35, 41)))
        slots["office2"] = rng.choice(("the board", "a second term", "the county committee"))
        slots["fact"] = rng.choice(theme.fact).format(**slots)
        return template.format(**slots)

    def sentence(self) -> str:
        """Return one sentence, with another pattern than the last few."""
        template = self.rng.choice(SENTENCES)
        while template in self._recent and template != "{fact}":
            template = self.rng.choice(SENTENCES)
        self._recent = [*self._recent[-24:], template]
        text = self.fill(template)
        starts_low = template.startswith(("{Who}", "{Office}", "The ", "There ", "It ", "We ", "Much ", "Nothing "))
        if starts_low and self.rng.random() < 0.22:
            return self.rng.choice(OPENINGS) + text[:1].lower() + text[1:]
        return capital(text)

    def paragraph(self, sentences: int = 0) -> str:
        """Return a paragraph of so many sentences, or of two to six."""
        return " ".join(self.sentence() for _ in range(sentences or self.rng.randint(2, 6)))

    def paragraphs(self, count: int) -> list[str]:
        """Return several paragraphs."""
        return [self.paragraph() for _ in range(count)]

    def headline(self) -> str:
        """Return a headline in headline capitals, without a period."""
        return title_case(self.fill(self.rng.choice(HEADLINES)))

    def slogan(self) -> str:
        """Return a short slogan, as on a flyer."""
        return title_case(self.fill(self.rng.choice(SLOGANS)))

    def day(self) -> datetime.date:
        """Return some day of the writer's year."""
        return datetime.date(self.year, 1, 1) + datetime.timedelta(days=self.rng.randint(0, 364))
