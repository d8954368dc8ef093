"""One reply becomes messages that a channel can show: split, numbered, cut, and nothing of it lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from channels.cutting import is_seen, length, shorten, split, tidy
from core.messages import Ask, Button, Limits, Paper, Reply
from core.text.catalogue import catalogue

MESSAGES_OF_BUTTONS_MAX = 2  # more than that is read better as a numbered list

_ASKED_IN_WORDS = {Ask.CONTACT: "channel-words-for-contact", Ask.LOCATION: "channel-words-for-location"}
_BREAKS = re.compile(r"[ \t\n]+")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # none of these texts tells a time
_NO_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class _Written:
    """What is said in words, and what stays to be pressed."""

    lines: tuple[str, ...]
    buttons: tuple[Button, ...]


def lay_out(reply: Reply, limits: Limits, *, links: Sequence[str] = ()) -> tuple[Reply, ...]:
    """Return the messages that say a reply, in order, each fit to be sent; none if it says nothing.

    * A long text is split at the end of a paragraph, a line, a sentence or a word, in this order of liking.
    * Buttons stand under the last message. Twice as many as fit are parted in two messages; still more,
      and any where there are none, are a numbered list in the text: `1 — завтра 9:00`. A choice's number
      is its place among the choices of `reply.buttons`, from one; links and things to share have none.
    * A label that is too long is cut and keeps its number, and the text lists all labels in full.
    * Where there is no button for it, a link is told as `label: url`, and a thing to share is asked in words.
    * Papers go one by one after the text; the first takes the text along if that fits beside it.
    * What is said aloud stays with the first message.

    Args:
        reply: As the conversation made it.
        limits: Of the channel it goes to.
        links: An address for each of `reply.papers`, or fewer. Where a channel takes no files, or not of
            this size, the text has the paper's name and its address instead; without one it says that the
            file cannot be sent here, so whoever sends papers gives their links along.
    """
    papers, told = _papers(reply, limits, links)
    written = _write(reply, limits)
    text = "\n\n".join(part for part in (tidy(reply.text), *told, *written.lines) if is_seen(part))
    groups = _grouped(written.buttons, limits)
    messages = list(_parts(text, papers, limits))
    if not messages and groups:
        messages = [Reply(_words(reply.lang, "channel-choose"))]
    more = _words(reply.lang, "channel-more") if len(groups) > 1 else ""
    for place, group in enumerate(groups):
        if place:
            messages.append(Reply(more))
        messages[-1] = replace(messages[-1], buttons=group)
    return tuple(
        replace(
            reply,
            text=each.text,
            buttons=each.buttons,
            papers=each.papers,
            spoken=reply.spoken if place == 0 else "",
        )
        for place, each in enumerate(messages)
    )


def _parts(text: str, papers: Sequence[Paper], limits: Limits) -> Iterator[Reply]:
    rest = [(paper,) for paper in papers]
    if rest and length(text) <= min(limits.caption, limits.text):
        yield Reply(text, papers=rest.pop(0))
    else:
        yield from (Reply(part) for part in split(text, limits.text))
    yield from (Reply("", papers=paper) for paper in rest)


def _papers(reply: Reply, limits: Limits, links: Sequence[str]) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """Part the papers that can be sent from those that are told of."""
    sent: list[Paper] = []
    told: list[str] = []
    for place, paper in enumerate(reply.papers):
        if limits.papers and len(paper.content) <= limits.paper_bytes:
            sent.append(paper)
        elif place < len(links):
            told.append(f"{paper.name}: {links[place]}")
        else:
            told.append(_words(reply.lang, "channel-paper-kept", file=paper.name))
    return tuple(sent), tuple(told)


def _write(reply: Reply, limits: Limits) -> _Written:
    """Choose what is pressed and what is told in words."""
    labelled = [replace(each, label=_one_line(each.label)) for each in reply.buttons]
    choices = [each for each in labelled if each.choice]
    others = [
        each for each in labelled if not each.choice and (each.asks is None or each.asks in limits.asks)
    ]
    unasked = [each for each in labelled if each.asks is not None and each not in others]
    if limits.buttons == 0:
        return _Written(_in_words(others + unasked, choices, reply.lang), ())
    numbered = [f"{number} — {each.label}" for number, each in enumerate(choices, 1)]
    if len(choices) + len(others) > limits.buttons * MESSAGES_OF_BUTTONS_MAX:
        pressed, told = others[: limits.buttons], others[limits.buttons :]
        return _Written(_in_words(told + unasked, choices, reply.lang), _cut(pressed, limits))
    lines = [*_in_words(_too_long(others, limits) + unasked, (), reply.lang)]
    if _too_long(choices, limits):
        lines.append("\n".join(numbered))
        names = iter(numbered)
        labelled = [replace(each, label=next(names)) if each.choice else each for each in labelled]
    pressed = [each for each in labelled if each.choice or each.asks is None or each.asks in limits.asks]
    return _Written(tuple(lines), _cut(pressed, limits))


def _in_words(others: Sequence[Button], choices: Sequence[Button], lang: str) -> tuple[str, ...]:
    """Tell links, things to share, and choices with their numbers."""
    links = [f"{each.label}: {each.url}" for each in others if each.url]
    asked = dict.fromkeys(_ASKED_IN_WORDS[each.asks] for each in others if each.asks is not None)
    lines = ["\n".join(links), " ".join(_words(lang, name) for name in asked)]
    if choices:
        lines.append("\n".join(f"{number} — {each.label}" for number, each in enumerate(choices, 1)))
        lines.append(_words(lang, "channel-answer-number"))
    return tuple(lines)


def _too_long(buttons: Sequence[Button], limits: Limits) -> list[Button]:
    return [each for each in buttons if length(each.label) > limits.label]


def _cut(buttons: Sequence[Button], limits: Limits) -> tuple[Button, ...]:
    return tuple(replace(each, label=shorten(each.label, limits.label)) for each in buttons)


def _grouped(buttons: Sequence[Button], limits: Limits) -> list[tuple[Button, ...]]:
    size = max(limits.buttons, 1)
    return [tuple(buttons[first : first + size]) for first in range(0, len(buttons), size)]


def _one_line(label: str) -> str:
    return _BREAKS.sub(" ", tidy(label))


def _words(lang: str, name: str, **facts: object) -> str:
    return catalogue().line(lang, name, now=_NO_TIME, zone=_NO_ZONE, **facts)
