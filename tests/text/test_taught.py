"""The words that our texts teach a master are words that we understand."""

import re

import pytest

from core.conversation.errands import Errand, said
from core.language.reader import EmbeddedReader
from core.meaning import Intent, Lang, LookContext
from tests.text.samples import MESSAGES, NOW, renderings

ERRANDS = {
    "я на месте": Errand.ARRIVE,
    "I am here": Errand.ARRIVE,
    "не дождался": Errand.GAVE_UP,
    "nobody came, leaving": Errand.GAVE_UP,
    "беру": Errand.ACCEPT,
    "I take it": Errand.ACCEPT,
    "не приеду": Errand.LEAVE,
    "I can’t come": Errand.LEAVE,
    "опаздываю на 20 минут": Errand.LATE,
    "20 minutes late": Errand.LATE,
    "взял 3000 наличными": Errand.CASH,
    "took 3000 cash": Errand.CASH,
    "мои заявки": Errand.MY_JOBS,
    "my jobs": Errand.MY_JOBS,
    "заработок": Errand.EARNINGS,
    "earnings": Errand.EARNINGS,
    "пауза": Errand.PAUSE,
    "pause": Errand.PAUSE,
    "пауза до пятницы": Errand.PAUSE,
    "pause until Friday": Errand.PAUSE,
    "это новая поломка": Errand.NEW_FAULT,
    "it is a new fault": Errand.NEW_FAULT,
    "работаю": Errand.RESUME,
    "working": Errand.RESUME,
}
HUMAN = {"человек", "human", "дайте человека", "a person please", "get me a person"}
WORK = {"капает кран", "dead socket"}
OTHERWISE = {"другое", "something else"}  # names no work, so a master looks on the spot
# Read as hours, times, choices, refusals or lengths: the reader's own tests hold those.
ELSEWHERE = re.compile(r"\d|после обеда|afternoon|перв|first|не могу|I can’t$|выключатель|switch")


def _taught() -> list[tuple[str, str]]:
    return sorted(
        {
            (words, lang)
            for lang, messages in MESSAGES.items()
            for name in messages
            if not name.startswith(("web-", "page-"))
            for said_ in renderings(name, lang)
            for words in re.findall(r"[«“](.+?)[»”]", said_.text)
        }
    )


@pytest.fixture(scope="module")
def reader() -> EmbeddedReader:
    return EmbeddedReader()


@pytest.mark.parametrize(("words", "lang"), _taught())
def test_what_we_ask_people_to_say_is_understood(words: str, lang: str, reader: EmbeddedReader) -> None:
    if words in ERRANDS:
        assert said([words], lang=Lang(lang)).has(ERRANDS[words])
    elif words in HUMAN:
        assert Intent.HUMAN in reader.look(words, LookContext(now=NOW)).intents
    elif words in WORK | OTHERWISE:
        assert bool(reader.look(words, LookContext(now=NOW)).frames) is (words in WORK)
    else:
        assert ELSEWHERE.search(words), "taught, and nobody has looked whether it is understood"
