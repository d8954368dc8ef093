"""Whole talks of many clients at once, from the first words to the cash: letters handled a second."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.kernel.offer import OfferState
from scripts.bench import floors, spending, town
from scripts.bench.driving import Driver, driven
from scripts.bench.figures import Found, Goal
from scripts.bench.grounds import Place
from scripts.bench.says import words
from storage.tables import OfferRow

GOAL = Goal(per_second=200)
AT_ONCE = 96  # clients
MASTERS = 2_000
DAYS = 15
STEPS = ("accept", "travel", "arrive", "start", "finish")
DEBT_BROUGHT_MINOR = 300_000  # a master who owes so much from cash brings it, well before the cap
ANSWERS_MOST = 6  # of a client to what he is asked, before he gives up
WARM_S = 15.0  # at most, until talks are at every point of their life
SPREAD_S = 2.0  # over which the first ones begin


class Astray(Exception):  # noqa: N818 - a talk that went another way is no defect
    """A talk did not come to the next of its letters."""


class Over(Exception):  # noqa: N818 - nothing is wrong
    """The time is up."""


def measure(place: Place, *, seconds: float) -> Found:
    """Have clients talk and masters work, each letter waiting for its outcome, until the time is up."""
    with town.writing(place) as connection:
        town.add_masters(connection, MASTERS if seconds >= 1 else MASTERS // 20, days=DAYS)
    return asyncio.run(_measure(place, seconds=seconds))


async def _measure(place: Place, *, seconds: float) -> Found:
    async with driven(place) as driver:
        clients = Clients(driver)
        talking = [asyncio.create_task(clients.talk_on(n), name="bench") for n in range(AT_ONCE)]
        await clients.are_everywhere(min(WARM_S, 4 * seconds))
        tally = await driver.count_for(seconds)
        statements = driver.statements.told(len(tally.took_s), within_s=tally.seconds)
        clients.is_over = True
        await asyncio.gather(*talking)
    mix = ", ".join(
        f"{kind} {100 * count / max(1, len(tally.took_s)):.0f} %"
        for kind, count in sorted(tally.kinds.items())
    )
    return Found(
        bench="talk",
        ground=place.ground,
        goal=GOAL,
        measured=(tally.figure("letters handled"),),
        floors=(
            floors.letters(place, group=1, seconds=seconds / 5),
            floors.letters(place, group=floors.GROUP, seconds=seconds / 5),
        ),
        facts={
            "measured": f"{AT_ONCE} clients at once among {MASTERS:,} masters; "
            f"{clients.done} talks came to the cash, {clients.astray} went astray",
            "mix": mix,
            **({"astray": clients.why} if clients.why else {}),
            **tally.facts(),
            **driver.busy.told(len(tally.took_s)),
        },
        time=spending.shares(driver.samples),
        statements=statements,
    )


class Clients:
    """Everybody who writes: clients in their talks, masters on their terminals."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._next = 0
        self.is_over = False
        self.done = 0
        self.astray = 0
        self.why = ""
        self._everywhere = asyncio.Event()
        self._owed: Counter[str] = Counter()  # by masters

    async def are_everywhere(self, within_s: float) -> None:
        """Wait until as many talks have ended as there are clients: the mix is then that of whole talks."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._everywhere.wait()

    async def talk_on(self, number: int) -> None:
        """Have one talk after the other. At first everybody begins at another moment."""
        await asyncio.sleep(number / AT_ONCE * SPREAD_S)
        while not self.is_over:
            self._next += 1
            try:
                await self._talk(self._next)
                self.done += 1
                if self.done >= AT_ONCE:
                    self._everywhere.set()
            except Over:
                return
            except Astray as astray:
                self.astray += 1
                self.why = str(astray)

    async def _talk(self, n: int) -> None:
        said, talk_id = words(n), f"talk-client-{n}"
        start = {
            "talk_id": talk_id,
            "kind": "client_request",
            "market": town.MARKET.name,
            "channel": "web",
            "chat_id": talk_id,
            "text": said.problem,
        }
        await self._ask("talk-start", f"chat:{talk_id}", start)
        if n % 3 == 0:
            await self._say(talk_id, text=said.question)
        view = await self._say(talk_id, text=said.place)
        for _ in range(ANSWERS_MOST):  # a time may be gone, or something still be missing
            if slots := view.get("slots"):
                view = await self._say(talk_id, choice=slots[n % len(slots)]["choice"])
            elif not view.get("job_id"):
                raise Astray(f"no times after {said.problem!r} and {said.place!r}: {view.get('understood')}")
            elif view["status"] != "completed":
                view = await self._say(talk_id, text=said.who)
            else:
                break
        else:
            raise Astray(f"never complete after {said.who!r}")
        await self._work(str(view["job_id"]))
        if n % 3 == 1:
            await self._say(talk_id, text="спасибо")

    async def _say(self, talk_id: str, **payload: str) -> Mapping[str, Any]:
        return await self._ask("talk-message", f"chat:{talk_id}", {"talk_id": talk_id, **payload})

    async def _work(self, job_id: str) -> None:
        """The offered master accepts, goes, works and takes cash."""
        async with self._driver.naryad.readers() as session:  # what his terminal shows him
            query = select(OfferRow.master_id).where(
                OfferRow.job_id == job_id, OfferRow.state == OfferState.OPEN
            )
            master_id = await session.scalar(query)
        if master_id is None:
            raise Astray("nobody was asked")
        actor = {"kind": "master", "id": master_id}
        lane = f"job:{job_id}"
        for step in STEPS:
            await self._ask("job-step", lane, {"job_id": job_id, "action": step, "actor": actor})
        opened = await self._ask("payment-open", lane, {"job_id": job_id, "actor": actor})
        cash = {
            "payment_id": opened["payment_id"],
            "job_id": job_id,
            "amount_received_minor": opened["amount"]["minor"],
            "actor": actor,
        }
        await self._ask("payment-cash", lane, cash)
        self._owed[master_id] += opened["split"]["fee"]["minor"] + opened["split"]["platform"]["minor"]
        if self._owed[master_id] >= DEBT_BROUGHT_MINOR:
            brought = {
                "master_id": master_id,
                "amount_minor": self._owed.pop(master_id),
                "actor": {"kind": "owner", "id": "owner"},
            }
            await self._ask("debt-paid", f"master:{master_id}", brought)

    async def _ask(self, kind: str, lane: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put a letter and return what it was answered.

        Raises:
            Astray: it was refused, or is a defect. A slot that is gone is not: fresh ones are offered.
            Over: the time is up.
        """
        if self.is_over:
            raise Over
        outcome = await self._driver.ask(kind, lane, payload)
        if outcome is None:
            raise Astray(f"{kind}: no answer in time")
        if outcome.status == "defect" or (outcome.status == "refusal" and kind != "talk-message"):
            raise Astray(f"{kind}: {outcome.status} {outcome.facts.get('name', '')}")
        return outcome.facts
