"""Every talk of this folder, replayed through the real pump, and what must be true of any talk."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from core.language.reader import EmbeddedReader
from storage.queries import books
from storage.tables import UtteranceRow
from tests.databases import SqliteTemplate
from tests.dialogues.play import Names, Play, Turn, plays
from tests.dialogues.stage import CLIENT, OWNER, Stage
from tests.flows.city import ZONE

SPAN: TypeAdapter[timedelta] = TypeAdapter(timedelta)
PERSONS = ("says", "sends", "chooses")
CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
# What an English listener may be shown in Russian letters: names of people, streets and numbers of jobs.
LINK = re.compile(r"https?://\S+")
PROPER = re.compile(r"К-\d+|\b[А-ЯЁ][а-яё]+\b|https?://\S+")

Open = Callable[[Play], "Stage"]


@pytest.fixture(scope="session")
def reader() -> EmbeddedReader:
    return EmbeddedReader()


@pytest.fixture
async def stages(
    tmp_path: Path, sqlite_template: SqliteTemplate, reader: EmbeddedReader
) -> AsyncIterator[Open]:
    opened: list[Stage] = []
    with sqlite_template.copy(tmp_path) as url:

        def open_stage(play: Play) -> Stage:
            stage = Stage(tmp_path, url, reader, play.now)
            if play.served is not None:
                stage.serve(play.served)
            opened.append(stage)
            return stage

        yield open_stage
        for stage in opened:
            await stage.close()


def _case(play: Play) -> object:
    return pytest.param(play, id=play.name, marks=[pytest.mark.row(row) for row in play.rows])


@pytest.mark.parametrize("play", [_case(play) for play in plays()])
async def test_a_talk_goes_as_it_is_written(
    play: Play, stages: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    stage = stages(play)
    for master in play.master:
        await stage.add_master(**master.model_dump())
    first = stage.person(play.persona)
    first.lang, first.participant = play.lang, play.participant
    seen = 0
    for number, turn in enumerate(play.turn, start=1):
        who = turn.who or play.persona
        if turn.at_once:
            await _do(stage, who, turn)
            continue
        await _do(stage, who, turn)
        await stage.settle()
        said = await stage.said_since(seen)
        seen = said[-1].seq if said else seen
        try:
            await _check(stage, who, turn, said)
            await _check_manners(stage, who, turn, said)
            assert not [record.message for record in caplog.records if "pump." in record.message]
        except Exception as failure:
            failure.add_note(f"in turn {number} of {play.name}, where was said:\n{await _transcript(stage)}")
            raise


async def _do(stage: Stage, who: str, turn: Turn) -> None:
    if turn.after is not None:
        await stage.wait(SPAN.validate_python(turn.after))
    for _ in range(turn.times):
        await _speak(stage, who, turn)
        await _act(stage, who, turn)


async def _speak(stage: Stage, who: str, turn: Turn) -> None:
    """What is said or pressed in a talk."""
    if isinstance(turn.says, list):
        for words in turn.says:
            await stage.say(who, words, pushed=True)
        stage.clock.advance(seconds=1)
    elif turn.says is not None:
        await stage.say(who, await _with_code(stage, _long(turn.says)))
    if turn.sends is not None:
        await stage.say(who, media=[{"id": "photo-1", "kind": turn.sends}])
    if turn.chooses is not None:
        await stage.press(who, turn.chooses, of=turn.of)


async def _act(stage: Stage, who: str, turn: Turn) -> None:
    """What is done by HTTP: steps, money, hours."""
    if turn.does is not None:
        await stage.act(who, turn.does, **({"master_id": turn.to} if turn.to else {}))
    if turn.opens is not None:
        await stage.open_payment(who, None if turn.opens == "quote" else turn.opens)
    if turn.takes is not None:
        await stage.take_cash(who, turn.takes)
    if turn.repays is not None:
        await stage.repay(who, turn.repays)
    if turn.hours is not None:
        await stage.change_hours(who, **turn.hours)


async def _with_code(stage: Stage, words: str) -> str:
    """Return the words with the last code that was told to anybody."""
    if "<code>" not in words:
        return words
    said = [each.text for each in await stage.said_since(0) if each.name == "master-claim-code"]
    return words.replace("<code>", re.findall(r"\b\d{6}\b", said[-1])[0])


def _long(words: str) -> str:
    """Return the words; `text*1000` is a text a thousand times."""
    text, star, times = words.rpartition("*")
    return text * int(times) if star and times.isdigit() else words


async def _check(stage: Stage, who: str, turn: Turn, said: Sequence[UtteranceRow]) -> None:
    if turn.refused is not None:
        assert stage.person(who).outcome == turn.refused
    if who != OWNER:
        await _check_heard(stage, who, turn.hears, said)
    for name, names in turn.others.items():
        await _check_heard(stage, name, names, said)
    await _check_rows(stage, who, turn)
    words = "\n".join(each.text for each in said if each.author == "naryad")
    labels = "\n".join(button["label"] for each in said for button in each.buttons)
    for piece in turn.is_told:
        assert piece in words or piece in labels, f"nobody was told {piece!r}"
    for piece in turn.is_not_told:
        assert piece not in words, f"somebody was told {piece!r}"


async def _check_heard(stage: Stage, who: str, names: Names | None, said: Sequence[UtteranceRow]) -> None:
    if names is None:
        return
    talk = stage.person(who).talk_id
    heard = [each.name for each in said if each.talk_id == talk and each.author == "naryad"]
    if isinstance(names, str):
        assert names in heard, f"{who} heard {heard}"
    else:
        assert heard == names, f"{who} heard {heard}"


async def _check_rows(stage: Stage, who: str, turn: Turn) -> None:
    answer = stage.person(CLIENT if CLIENT in stage.people and who == OWNER else who).answer
    understood = answer.get("understood", {})
    for name, value in turn.reads.items():
        assert _read(understood, name) == value, f"{name} was read as {_read(understood, name)}"
    if turn.missing is not None:
        assert understood["missing"] == turn.missing
    if turn.status is not None:
        assert (await stage.talk(who)).status == turn.status
    if turn.lang is not None:
        assert (await stage.talk(who)).lang == turn.lang
    if turn.state is not None:
        job = await stage.job()
        assert (job.state if job else "none") == turn.state
    _check_figures(answer, turn)
    for name, status in turn.is_master.items():
        assert await stage.master_status(name) == status
    if turn.tickets is not None:
        assert await stage.tickets() == turn.tickets
    if turn.stars is not None:
        assert await stage.stars() == turn.stars
    async with stage.read() as session:
        found = {account: minor / 100 for (account, _), minor in (await books.balances(session)).items()}
    assert sum(found.values()) == 0
    assert {account: found.get(account, 0) for account in turn.balances} == turn.balances


def _check_figures(answer: Mapping[str, Any], turn: Turn) -> None:
    slots = answer.get("slots", [])
    if turn.slots is not None:
        assert [slot["start"][5:16].replace("T", " ") for slot in slots] == turn.slots
    if turn.prices is not None:
        assert [slot["quote"]["price"]["minor"] // 100 for slot in slots] == turn.prices
    if turn.quote is not None:
        assert {part: answer["quote"][part]["minor"] // 100 for part in turn.quote} == turn.quote
    if turn.split is not None:
        parts = {name: answer["split"][name]["minor"] / 100 for name in turn.split}
        assert parts == turn.split


def _read(understood: dict[str, object], name: str) -> object:
    """Return what was understood by a short name: a part of it, of the identity, or of the jobs."""
    requests = understood.get("requests") or []
    identity = understood.get("identity") or {}
    assert isinstance(requests, list)
    assert isinstance(identity, dict)
    match name:
        case "trade":
            return understood.get("category")
        case "fault":
            return next((one["fault"] for one in requests if one["fault"]), None)
        case "faults":
            return [one["fault"] for one in requests]
        case "time":
            times = understood.get("time") or [{}]
            assert isinstance(times, list)
            return times[0].get("start")
        case _ if name in understood:
            return understood[name]
        case _:
            return identity.get(name)


async def _check_manners(stage: Stage, who: str, turn: Turn, said: Sequence[UtteranceRow]) -> None:
    """Whatever is said: nobody is left without an answer, told the same twice, or in another language."""
    assert not await stage.dead()
    assert not await stage.city.stuck()
    told = [each for each in said if each.author == "naryad"]
    if any(getattr(turn, deed) for deed in PERSONS) and turn.hears != []:
        assert [each for each in told if each.talk_id == stage.person(who).talk_id], "nobody answered"
    for talk_id in {each.talk_id for each in told}:
        own = [each for each in told if each.talk_id == talk_id]
        texts = [each.text for each in own]
        if not turn.repeats and turn.times == 1:
            assert len(texts) == len(set(texts)), "the same was said twice"
        questions = [each.name for each in own if "-ask" in str(each.name)]
        assert len(questions) <= turn.times or turn.after, f"several questions at once: {questions}"
    if not turn.repeats and turn.times == 1 and not turn.after:
        await _check_not_repeated(stage, who, told)
    for each in told:
        assert not re.search(r"[{}]|\bNone\b", each.text), each.text
        assert all(len(button["choice"].encode()) <= 64 for button in each.buttons)
        await _check_language(stage, each)


async def _check_not_repeated(stage: Stage, who: str, told: Sequence[UtteranceRow]) -> None:
    talk = stage.person(who).talk_id
    now = [each for each in told if each.talk_id == talk]
    if not now:
        return
    before = [e for e in await stage.said_since(0) if e.talk_id == talk and e.author == "naryad"]
    earlier = [each for each in before if each.seq < now[0].seq]
    assert not earlier or earlier[-1].text != now[-1].text, f"said once more: {now[-1].text!r}"


async def _check_language(stage: Stage, said: UtteranceRow) -> None:
    name = next(person.name for person in stage.people.values() if person.talk_id == said.talk_id)
    lang = (await stage.talk(name)).lang
    if lang == "en":
        assert not CYRILLIC.search(PROPER.sub("", said.text)), f"not English: {said.text!r}"
    else:
        words = LINK.sub("", said.text)
        assert len(CYRILLIC.findall(words)) > len(LATIN.findall(words)), f"not Russian: {said.text!r}"


async def _transcript(stage: Stage) -> str:
    names = {person.talk_id: person.name for person in stage.people.values()}
    lines: list[str] = []
    for each in await stage.said_since(0):
        at = f"{each.at.astimezone(ZONE):%d %H:%M}"
        who = names.get(each.talk_id, "?")
        if each.author == "naryad":
            buttons = "".join(f" [{button['label']}]" for button in each.buttons)
            lines.append(f"{at}   → {who}: {each.text}{buttons}  ({each.name})")
        else:
            lines.append(f"{at} {who}: {each.text[:200]}")
    return "\n".join(lines)
