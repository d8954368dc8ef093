"""What is said goes out through courier, gate and channel to a messenger that is played in another process.

First all of it is there at once: how fast it goes, and what that costs this process. Then it comes a little
slower than the service takes it: how long from the commit to the service's answer. Then with trouble: others
use up the limit, answers are lost, the service is away. In the end every chat is read as its person sees it.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass, field

from scripts.bench import saying
from scripts.bench.figures import Figure, Found, Goal
from scripts.bench.grounds import Place
from scripts.bench.other_side import OtherSide, played
from scripts.bench.saying import Sayer, Seen
from scripts.bench.spending import Busy, watched

GOAL = Goal(per_second=28.5, core_share=0.3)  # Telegram takes 30 a second
SERVICES = {"telegram": "telegram-client", "max": "max-client", "vk": "vk-client", "smsc": "sms-client"}
CHATS, EACH_MOST = 200, 20
TRIAL_SERVICES, TRIAL_CHATS = ("telegram",), 8
FULL_S = 10.0  # shorter is a trial: few chats, and an outage of a moment
PACED = 0.8  # of the service's limit
TROUBLE = 0.5  # of it, while others use up the rest
OUTAGE_S = 10.0
LOST_ANSWERS = 5
DRAIN_S = 120.0


@dataclass(slots=True)
class _Told:
    """What was found so far."""

    measured: list[Figure] = field(default_factory=list)
    floors: list[Figure] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def measure(place: Place, *, seconds: float) -> Found:
    """Send through every channel, one after the other, each against its own simulator."""
    logging.disable()  # trouble is wanted here, and counted
    try:
        told = asyncio.run(_measure(place, seconds=seconds))
    finally:
        logging.disable(logging.NOTSET)
    return Found(
        bench="doors",
        ground=place.ground,
        goal=GOAL if seconds >= FULL_S else None,
        measured=told.measured,
        floors=told.floors,
        facts={
            "measured": "from the commit of what is to be said to the service's answer, for each channel: "
            f"all of it at once, at {PACED:.0%} of the limit, and with trouble. The service is played "
            "in another process by its published limits, so the processor told is ours alone",
            "trouble": "others use up half of the limit; then answers are lost; then it is away for a while. "
            "An answer that is lost makes an effect unknown, and it is not sent again, unless the service "
            "knows our key",
            **told.facts,
        },
        wrong=told.wrong,
    )


async def _measure(place: Place, *, seconds: float) -> _Told:
    is_full = seconds >= FULL_S
    told = _Told()
    services = SERVICES if is_full else TRIAL_SERVICES
    with played(services) as address:
        async with contextlib.AsyncExitStack() as stack:
            others = [await stack.enter_async_context(OtherSide(name, address)) for name in services]
            settings = {name: value for other in others for name, value in other.settings.items()}
            sayers = await stack.enter_async_context(saying.running(place, settings))
            for other in others:
                sayer, chats = sayers[SERVICES[other.service]], CHATS if is_full else TRIAL_CHATS
                await other.people(chats)
                limit = sayer.limits.per_second
                count = max(chats, min(chats * EACH_MOST, round(limit * seconds))) if is_full else chats
                told.floors.append(await _alone(sayer, other, count=max(4, count // 5)))
                await _at_once(told, sayer, other, count)
                await _paced(told, sayer, other, count)
                await _troubled(told, sayer, other, count=count, outage_s=OUTAGE_S if is_full else 0.2)
                told.facts[f"{other.service}, how much"] = (
                    f"{chats} chats, {count} messages a measurement; its limit is {limit:g} a second"
                )
    return told


async def _alone(sayer: Sayer, other: OtherSide, *, count: int) -> Figure:
    """Send through the bare channel at the same pace: no gate, no courier, no database."""
    with watched() as busy:
        took_s = await sayer.alone(other.chats, count=count, per_second=sayer.limits.per_second * PACED)
    return Figure.of(f"{other.service}, channel alone", took_s, within_s=busy.wall_s, core_share=_share(busy))


async def _at_once(told: _Told, sayer: Sayer, other: OtherSide, count: int) -> None:
    with watched() as busy:
        await sayer.commit(saying.texts(other.chats, count, "at once"))
        await sayer.drained(DRAIN_S + count / sayer.limits.per_second)
    name = f"{other.service}, at once"
    took_s = sayer.took_s("at once")
    told.measured.append(Figure.of(name, took_s, within_s=busy.wall_s, core_share=_share(busy)))
    told.facts[name] = f"{_processor(busy, len(took_s))}; {await _seen(told, sayer, other, 'at once')}"


async def _paced(told: _Told, sayer: Sayer, other: OtherSide, count: int) -> None:
    with watched() as busy:
        await sayer.commit_paced(
            saying.texts(other.chats, count, "paced"), per_second=sayer.limits.per_second * PACED
        )
        await sayer.drained(DRAIN_S)
    name = f"{other.service}, paced"
    took_s = sayer.took_s("paced")
    told.measured.append(Figure.of(name, took_s, within_s=busy.wall_s, core_share=_share(busy)))
    told.facts[name] = f"{_processor(busy, len(took_s))}; {await _seen(told, sayer, other, 'paced')}"


async def _troubled(told: _Told, sayer: Sayer, other: OtherSide, *, count: int, outage_s: float) -> None:
    """Let others use up the limit, lose answers, and stay away, while it comes at half of the limit."""
    pace = sayer.limits.per_second * TROUBLE
    with watched() as busy:
        async with asyncio.TaskGroup() as group:
            group.create_task(
                sayer.commit_paced(saying.texts(other.chats, count, "trouble"), per_second=pace)
            )
            group.create_task(_trouble(sayer, other, span_s=count / pace, outage_s=outage_s))
        await other.heal()
        await sayer.drained(DRAIN_S + count / sayer.limits.per_second)
    name = f"{other.service}, in trouble"
    took_s = sayer.took_s("trouble")
    told.measured.append(Figure.of(name, took_s, within_s=busy.wall_s, core_share=_share(busy)))
    told.facts[name] = (
        f"away for {outage_s:g} s, {LOST_ANSWERS} answers lost; {await _seen(told, sayer, other, 'trouble')}"
    )


async def _trouble(sayer: Sayer, other: OtherSide, *, span_s: float, outage_s: float) -> None:
    noise = asyncio.create_task(sayer.noise(await other.stranger(), per_second=sayer.limits.per_second))
    await asyncio.sleep(span_s / 4)
    noise.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await noise
    await other.lose_answers(LOST_ANSWERS)
    await asyncio.sleep(span_s / 4)
    await other.be_away()
    await asyncio.sleep(outage_s)
    await other.heal()


async def _seen(told: _Told, sayer: Sayer, other: OtherSide, phase: str) -> str:
    """Read every chat as its person sees it, and compare it with what was committed."""
    states = await sayer.states()
    seen = Seen()
    for chat_id, texts in sayer.said(phase).items():
        seen.compare(texts, await other.shown(chat_id), states=states)
    met = ", ".join(f"{count} {kind}" for kind, count in sorted(sayer.failures.items()))
    sayer.failures.clear()
    words = (
        f"met {met or 'no refusal'}; shown {seen.shown}, lost {seen.lost}, doubled {seen.doubled}, "
        f"out of order {seen.disordered}"
    )
    if seen.lost or seen.doubled or seen.disordered:
        told.wrong.append(f"{other.service}, {phase}: {words}")
    if not seen.unknown:
        return words
    outcome = Counter({"shown": seen.unknown_shown, "not shown": seen.unknown - seen.unknown_shown})
    return f"{words}; unknown {seen.unknown} ({', '.join(f'{n} {name}' for name, n in outcome.items())})"


def _share(busy: Busy) -> float:
    return busy.ours_s / busy.wall_s if busy.wall_s else 0.0


def _processor(busy: Busy, messages: int) -> str:
    each = 1_000 * busy.ours_s / messages if messages else 0.0
    return f"this process {_share(busy):.0%} of a core, {each:.1f} ms a message"
