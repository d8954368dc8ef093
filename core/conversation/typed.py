"""A button that was written by hand: its label, its number where there are none, or the telling part."""

from dataclasses import replace

from core.conversation.hearing import Heard
from core.flows.tx import Tx
from core.messages import NUMBERED_CHANNELS, Role
from storage.queries import talks
from storage.tables import TalkRow

LABEL_MAX = 32  # characters of a button's label
PART_MIN = 5  # of a part of it
_NOT = frozenset({"не", "нет", "not", "cannot"})


async def typed_button(tx: Tx, talk: TalkRow, words: Heard) -> Heard:
    """Take the label of a button that was written by hand as a press of it."""
    if words.choice or len(words.texts) != 1 or not 0 < len(words.texts[0]) <= LABEL_MAX:
        return words
    typed = _plain(words.texts[0])
    buttons = await talks.last_buttons(tx.session, talk_id=talk.id)
    if talk.channel in NUMBERED_CHANNELS and typed.isdecimal() and 0 < int(typed) <= len(buttons):
        return replace(words, choice=buttons[int(typed) - 1]["choice"])
    meant = {each["choice"] for each in buttons if _plain(each["label"]) == typed}
    if not meant and talk.role == Role.MASTER:  # "начинаю" is enough of a step
        meant = {each["choice"] for each in buttons if _is_part(typed, _plain(each["label"]))}
    return replace(words, choice=meant.pop()) if len(meant) == 1 else words


def _plain(label: str) -> str:
    return label.strip(" .!").casefold().replace("ё", "е")


def _is_part(typed: str, label: str) -> bool:
    """Tell whether somebody wrote the telling part of a label, and did not leave out its "not"."""
    said, whole = typed.split(), label.split()
    is_inside = any(whole[n : n + len(said)] == said for n in range(len(whole)))
    return is_inside and len(typed) >= PART_MIN and _NOT.isdisjoint(said) == _NOT.isdisjoint(whole)
