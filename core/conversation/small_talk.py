"""What people say beside the matter: prices, where is my master, cancel, a person please, thanks."""

from core.conversation import booking
from core.conversation.known import Known
from core.conversation.script import Script, choice, pressed
from core.flows import jobs, payments
from core.flows.actor import Actor, ActorKind
from core.flows.tx import Tx
from core.kernel.job import FINAL, JobState
from core.kernel.money import Currency, Money
from core.language.choose import Chosen
from core.meaning import Answer, Intent, Reading
from core.text.facts import Items, Named
from storage.tables import JobRow, TalkRow


async def during(  # noqa: PLR0911 - one return an intent
    script: Script,
    tx: Tx,
    talk: TalkRow,
    known: Known,
    job: JobRow | None,
    reading: Reading,
    said: Chosen,
) -> bool:
    """Answer what was said beside the open question. Return whether the turn ends with it."""
    intents = reading.intents
    is_about_job = bool(said.frames) or said.is_answer
    if Intent.CANCEL in intents and not said.frames:
        await _cancel(tx, talk, job)
        return True
    if Intent.MOVE in intents and not said.times and job is not None and job.state == JobState.QUOTED:
        await booking.offer(script, tx, talk, known)
        return True
    if Intent.STATUS in intents and not said.frames:
        await _tell_status(script, tx, talk, job)
        return True
    if Intent.PRICE in intents and not is_about_job:
        _tell_price(script, tx, talk, known, job)
        return job is not None or known.low_minor is None
    if is_about_job:
        if Intent.ANGER in intents:
            tx.say(talk, "client-sorry")
        return False
    if Intent.WORK_WANTED in intents:
        tx.say(talk, "client-work-wanted", link=script.links.join)
        return True
    for intent, name in _ASIDE:
        if intent in intents:
            tx.say(talk, name)
            return intent in _ENDS
    return False


async def after(
    script: Script, tx: Tx, talk: TalkRow, known: Known, job: JobRow | None, reading: Reading
) -> None:
    """Answer someone whose job is under way, or whose talk is over."""
    intents = reading.intents
    if Intent.CANCEL in intents:
        await _cancel(tx, talk, job)
    elif Intent.MOVE in intents and job is not None and JobState(job.state) not in FINAL:
        await _move(script, tx, talk, known, job)
    elif Intent.PRICE in intents and job is not None:
        _tell_price(script, tx, talk, known, job)
    elif Intent.COMPLAINT in intents and job is not None:
        tx.record("job", job.id, "complaint", actor=f"client:{job.client_id}", parties=[talk.id])
        tx.say(talk, "client-complaint", number=job.number)
    elif Intent.THANKS in intents:
        tx.say(talk, "client-thanks")
    elif Intent.WORK_WANTED in intents:
        tx.say(talk, "client-work-wanted", link=script.links.join)
    elif Intent.HUMAN in intents:
        tx.say(talk, "client-human")
    elif job is not None and JobState(job.state) not in FINAL:
        await _tell_status(script, tx, talk, job)
    else:
        tx.say(talk, "client-ask-problem")


async def press(
    script: Script, tx: Tx, talk: TalkRow, known: Known, job: JobRow | None, pressed_choice: str
) -> bool:
    """Take a button of small talk. Return False for a button that is not one."""
    verb, thing, answer = pressed(pressed_choice)
    match verb:
        case "cancel":
            await _cancel(tx, talk, job, is_sure=True)
        case "keep":
            tx.say(talk, "client-keep")
        case "price":
            _tell_price(script, tx, talk, known, job)
        case "agree" if job is not None:
            payment = await payments.of_job(tx, thing, job.id)
            actor = Actor(ActorKind.CLIENT, talk.id)
            await payments.agree(tx, payment=payment, job=job, is_agreed=answer == "yes", actor=str(actor))
        case _:
            return False
    return True


_ASIDE = (
    (Intent.HUMAN, "client-human"),
    (Intent.HELP, "client-help"),
    (Intent.SPAM, "client-spam"),
    (Intent.THANKS, "client-thanks"),
    (Intent.ANGER, "client-sorry"),
)
_ENDS = frozenset({Intent.SPAM, Intent.THANKS})


async def _cancel(tx: Tx, talk: TalkRow, job: JobRow | None, *, is_sure: bool = False) -> None:
    if job is None or JobState(job.state) in FINAL:
        if talk.status == "active":
            talk.status, talk.closed_at = "completed", tx.now
            tx.say(talk, "client-cancel-talk")
        else:
            tx.say(talk, "client-nothing-to-cancel")
        return
    if not is_sure:
        tx.say(
            talk,
            "client-cancel-ask",
            choices={"cancel": choice("cancel", job.id), "keep": choice("keep", job.id)},
            number=job.number,
        )
        return
    await jobs.cancel(tx, job=job, actor=Actor(ActorKind.CLIENT, talk.id))
    talk.status, talk.closed_at = "completed", tx.now


async def _move(script: Script, tx: Tx, talk: TalkRow, known: Known, job: JobRow) -> None:
    """Offer other times for a job nobody has accepted; an accepted one is cancelled and ordered anew."""
    if job.state in (JobState.QUOTED, JobState.OPEN):
        await booking.offer(script, tx, talk, known)
    else:
        tx.say(talk, "client-move-accepted", choices={"cancel": choice("cancel", job.id)}, number=job.number)


async def _tell_status(script: Script, tx: Tx, talk: TalkRow, job: JobRow | None) -> None:
    if job is None:
        tx.say(talk, "client-status-none")
        return
    public = script.market(talk).public_name(JobState(job.state))
    state = Named(f"status-{public}")
    if job.starts_at is None:
        tx.say(talk, "client-status-no-time", number=job.number, state=state)
    else:
        tx.say(talk, "client-status", number=job.number, state=state, when=job.starts_at)


def _tell_price(script: Script, tx: Tx, talk: TalkRow, known: Known, job: JobRow | None) -> None:
    stored = job.breakdown if job is not None else known.lines
    currency = script.market(talk).currency
    price, high = (
        (job.price_minor, job.high_minor) if job is not None else (known.low_minor, known.high_minor)
    )
    if price is None or high is None or not stored:
        tx.say(talk, "client-price-unknown")
        return
    lines = tuple(
        Named(
            "client-breakdown-line",
            {"label": Named(str(line["label"])), "amount": _money(line["amount_minor"], currency)},
        )
        for line in stored
    )
    tx.say(
        talk,
        "client-breakdown",
        lines=Items(lines),
        price=_money(price, currency),
        high=_money(high, currency),
    )


def _money(minor: int, currency: Currency) -> Money:
    return Money(int(minor), currency)


def is_yes(said: Chosen) -> bool:
    """Tell whether a short answer was a yes."""
    return said.answer is Answer.YES
