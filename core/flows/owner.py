"""The owner in his messenger: a digest every morning, what goes wrong at once (L41).

His chat is a talk of one of the bots whose step is `owner`: a talk keeps the role of the door it came by.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from core.flows import news
from core.flows.tx import Letter, Tx
from core.kernel.job import JobState
from core.kernel.money import Currency, Money
from core.kernel.refusal import Refusal, UnknownThing
from core.markets.policy import Market
from core.text.facts import phone
from storage.queries import figures, owner as asked, views
from storage.queries.figures import Span
from storage.tables import LinkCodeRow, MasterRow, Priority, Row, TalkRow

CODE, DIGEST, WATCH, UNLINK = "owner-code", "owner-digest", "owner-watch", "owner-unlink"
KINDS = (CODE, DIGEST, WATCH, UNLINK)
HOLD, SAY, RELEASE = "talk-hold", "talk-say", "talk-release"  # what he does in a talk (L8)
STEP = "owner"  # the step of a talk that is his
CODE_LIVES = timedelta(minutes=15)
_TOLD_MAX = 5  # of one kind at once
_NOT_THERE = (JobState.ASSIGNED, JobState.TRAVELLING)


def choice(verb: str, thing: str) -> str:
    """Return what one of his buttons chooses."""
    return f"{verb}:{thing}:0"


async def tell(tx: Tx, name: str, /, *, choices: Mapping[str, str] | None = None, **facts: Any) -> None:
    """Say something in every chat of the owner's; nobody waits for it."""
    for talk in await asked.chats(tx.session):
        tx.say(talk, name, choices=choices, news=True, **facts)


async def tell_ticket(tx: Tx, *, kind: str, ticket_id: str, talk_id: str, words: str) -> None:
    """Tell the owner that somebody needs him, with the two things he can do at once."""
    choices = {"hold": choice("own-hold", talk_id), "close": choice("own-close", ticket_id)}
    await tell(tx, "owner-ticket", choices=choices, kind=kind, words=words)


async def say_digest(tx: Tx, market: Market, talk: TalkRow, *, day: date) -> None:
    """Say how a day went and what waits, in one chat of the owner's."""
    since = datetime.combine(day, time(), tx.zone)
    span = Span([(since, since + timedelta(days=1))])
    currency = Currency(market.currency)
    sold = (await figures.sales(tx.session, span, currency=currency.value))[0]
    stars = await figures.stars(tx.session, span)
    if sold.count:
        tx.say(
            talk,
            "owner-digest",
            news=True,
            priority=Priority.DIGEST,
            day=day,
            done=sold.count,
            amount=Money(sold.amount_minor, currency),
            platform=Money(sold.platform_minor, currency),
            count=sum(stars.values()),
            poor=sum(count for given, count in stars.items() if given <= market.rating.poor_stars),
        )
    else:
        tx.say(talk, "owner-digest-none", news=True, priority=Priority.DIGEST, day=day)
    tickets, waiting = await asked.waiting(tx.session)
    dead = (await views.mail_counts(tx.session, now=tx.now)).letters_dead
    if tickets or waiting or dead:
        facts: dict[str, Any] = {"tickets": tickets, "waiting": waiting, "dead": dead}
        tx.say(talk, "owner-waits", news=True, priority=Priority.DIGEST, **facts)
    else:
        tx.say(talk, "owner-calm", news=True, priority=Priority.DIGEST)


class OwnerHandler:
    """`owner-code` {digest}, `owner-digest` {day}, `owner-watch` {since, until}, `owner-unlink` {talk_id}."""

    def __init__(self, market: Market) -> None:
        """Take the market whose money and ratings are told."""
        self._market = market

    def needs(self, letter: Letter, have: Any) -> Mapping[type[Row], Collection[str]]:  # noqa: ANN401
        """The chat that is unlinked; all else is asked."""
        del have
        talk_id = letter.payload.get("talk_id")
        return {TalkRow: [str(talk_id)]} if talk_id else {}

    def text(self, letter: Letter) -> tuple[str, str] | None:
        """Nothing to be read."""
        del letter
        return None

    async def handle(self, turn: Sequence[Letter], tx: Tx) -> None:
        """Do what the letter says."""
        payload = turn[-1].payload
        match turn[-1].kind:
            case "owner-code":
                await self._keep_code(tx, str(payload["digest"]))
            case "owner-digest":
                for talk in await asked.chats(tx.session):
                    await say_digest(tx, self._market, talk, day=date.fromisoformat(str(payload["day"])))
            case "owner-watch":
                since, until = (datetime.fromisoformat(str(payload[end])) for end in ("since", "until"))
                await self._watch(tx, since=since, until=until)
            case _:
                await self._unlink(tx, str(payload["talk_id"]))

    async def refuse(self, turn: Sequence[Letter], tx: Tx, refusal: Refusal) -> None:
        """The owner reads it in the answer."""

    async def _keep_code(self, tx: Tx, digest: str) -> None:
        """Keep a code's digest; only the latest code is good."""
        await asked.use_up_codes(tx.session, now=tx.now)
        until = tx.now + CODE_LIVES
        tx.add(LinkCodeRow(digest=digest, talk_id=None, role=STEP, expires_at=until, created_at=tx.now))
        tx.answer({"digest": digest, "until": until.astimezone(tx.zone).isoformat(timespec="seconds")})

    async def _unlink(self, tx: Tx, talk_id: str) -> None:
        talk = await tx.get(TalkRow, talk_id)
        if talk is None or talk.step != STEP:
            raise UnknownThing(thing="chat")
        unlink(tx, talk)
        tx.answer({"id": talk.id, "status": "closed"})

    async def _watch(self, tx: Tx, *, since: datetime, until: datetime) -> None:
        """Tell what has gone wrong between two looks."""
        for letter_id in (await asked.died(tx.session, since=since, until=until))[:_TOLD_MAX]:
            await tell(tx, "owner-dead", choices={"replay": choice("own-replay", letter_id)})
        late = await asked.late_jobs(
            tx.session, since=since, until=until, late=self._market.offer_rules.late / 3, states=_NOT_THERE
        )
        for job in late[:_TOLD_MAX]:
            master = await tx.see(MasterRow, job.master_id) if job.master_id else None
            told = news.master_facts(master)
            number = phone(master.phone) if master and master.phone else "none"
            facts = {"master": told["master"], "phone": number, "number": job.number, "when": job.starts_at}
            await tell(tx, "owner-late", **facts)


def link(tx: Tx, talk: TalkRow) -> None:
    """Make a chat the owner's."""
    talk.step, talk.known = STEP, {}
    talk.status, talk.closed_at, talk.job_id = "completed", tx.now, None
    tx.record("talk", talk.id, "owner_linked", actor="owner", parties=[talk.id])
    choices = {"digest": choice("own-digest", "now"), "unlink": choice("own-unlink", "chat")}
    tx.say(talk, "owner-linked", choices=choices)


def unlink(tx: Tx, talk: TalkRow) -> None:
    """Let a chat be anybody's again."""
    talk.step, talk.known = "aside", {}
    tx.record("talk", talk.id, "owner_unlinked", actor="owner", parties=[talk.id])
    tx.say(talk, "owner-unlinked", news=True)
