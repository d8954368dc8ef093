"""Forms that were filled in elsewhere: what each tells, where its talk begins, and the letter it becomes."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bots.doors import KINDS, TEXT_MAX, talk_id_of
from bots.settings import Settings
from channels.hh import Applicant, HeadHunter
from core.conversation.forms import FORM, READ, WEB
from core.kernel.refusal import Unsayable
from core.messages import Address, Role, door_of
from storage.mail import LetterDraft
from storage.outbox import Effect
from storage.tables import TalkRow

SITE, GOOGLE, HH = "site", "google", "hh"
_FORMS = uuid.UUID("0d5cf2f3-52e4-4e50-bd36-9a3d0ad8b1c4")  # ours alone: ids of talks are made from it
_REGION = "RU"  # of numbers that come without their country
_OPEN = frozenset({"on", "broken"})  # how an open door may stand


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody told by a form.

    Attributes:
        intake: Where he filled it in: site, google, hh.
        key: Of this one form there; the same again is the same form.
        source: What its talk keeps as where he came from (A30).
        text: Everything he told in words: what is broken, where, when; or what he can do.
        phone, email: As he typed them; neither proves anything.
        sender: A mark of the browser that sent it: only this one may go on in the form's talk.
    """

    intake: str
    key: str
    role: Role
    source: str
    text: str
    name: str = ""
    phone: str = ""
    email: str = ""
    lang: str = ""
    sender: str = ""

    @property
    def own_id(self) -> str:
        """The id of the talk that is this form's alone."""
        return str(uuid.uuid5(_FORMS, f"{self.intake}:{self.key}"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form's talk begins, and where the way into it is sent if nobody looks at it there."""

    talk_id: str
    address: Address
    link_to: Address | None = None


async def place_of(
    form: Form, *, doors: Mapping[str, str], readers: async_sessionmaker[AsyncSession]
) -> Place:
    """Choose by which door a form is answered: SMS, else mail, else its talk waits on the web.

    Where somebody talks with us at that address already, the form's talk is one of its own: whoever filled it
    in may be anybody. A master's talk is on the web in any case, for what comes by SMS or mail comes from
    clients; he is sent the way into it.

    Args:
        doors: Each door and how it stands, as `/health` tells it.
    """
    on_web = Address(WEB, form.own_id)
    for channel, chat_id in (("sms", phone_of(form.phone)), ("email", mailbox(form.email))):
        if not chat_id or doors.get(door_of(channel, form.role)) not in _OPEN:
            continue
        there = Address(channel, chat_id)
        if form.role is Role.MASTER:
            return Place(form.own_id, on_web, link_to=there)
        talk_id = talk_id_of(there, form.role)
        async with readers() as session:
            if await session.get(TalkRow, talk_id) is None:
                return Place(talk_id, there)
        break
    return Place(form.own_id, on_web)


def letter_of(
    form: Form, place: Place, *, market: str, media: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the letter of a form, as the intake takes it."""
    participant = {"name": form.name, "phone": phone_of(form.phone), "email": mailbox(form.email)}
    payload: dict[str, Any] = {
        "talk_id": place.talk_id,
        "own_id": form.own_id,
        "kind": KINDS[form.role],
        "market": market,
        "channel": place.address.channel,
        "chat_id": place.address.chat_id,
        "source": form.source,
        "lang": form.lang,
        "participant": {part: value for part, value in participant.items() if value},
        "text": form.text[:TEXT_MAX],
        "media": list(media),
        "sender": form.sender,
    }
    if place.link_to is not None:
        payload["link_to"] = {"channel": place.link_to.channel, "chat_id": place.link_to.chat_id}
    return {
        "lane": f"chat:{place.talk_id}",
        "key": f"form:{form.intake}:{form.key}"[:300],
        "kind": FORM,
        "payload": {name: value for name, value in payload.items() if value not in ("", [], {})},
    }


def phone_of(typed: str) -> str:
    """Return a number in E.164, or nothing if it cannot be one."""
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mailbox(typed: str) -> str:
    """Return an address of mail, or nothing if it cannot be one."""
    name, at, host = typed.strip().rpartition("@")
    return typed.strip() if at and name and "." in host and not set(typed.strip()) & set(" \r\n,;<>") else ""


def open_sites(settings: Settings) -> Mapping[str, HeadHunter]:
    """Return the sites that tell who answered, by name: those whose token is set."""
    if settings.hh_token is None:
        return {}
    agent = f"Naryad ({settings.smtp_from or settings.url})"
    token = settings.hh_token.get_secret_value()
    return {HH: HeadHunter(token=token, agent=agent, url=settings.hh_api_url)}


class ReadingForms:
    """Performs `form-read`: asks the site who answered, and brings his form."""

    is_repeatable = True  # it only reads; the same answer is one form

    def __init__(
        self,
        sites: Mapping[str, HeadHunter],
        *,
        doors: Collection[str],
        readers: async_sessionmaker[AsyncSession],
        market: str,
    ) -> None:
        """Take the sites by name, the doors by which people can be told something, and the market."""
        self._sites = sites
        self._doors = dict.fromkeys(doors, "on")
        self._readers = readers
        self._market = market

    async def perform(self, effect: Effect) -> LetterDraft:
        """Read it.

        Raises:
            Outage: the site does not tell now, or takes our token no more.
            Unsayable: it knows no such answer, or is not connected any more.
        """
        source, id = str(effect.payload["source"]), str(effect.payload["response_id"])
        site = self._sites.get(source)
        applicant = await site.applicant(id) if site is not None else None
        if applicant is None:
            raise Unsayable
        form = form_of(applicant, key=id)
        place = await place_of(form, doors=self._doors, readers=self._readers)
        return LetterDraft(**letter_of(form, place, market=self._market))


def form_of(applicant: Applicant, *, key: str) -> Form:
    """Return what an applicant's answer tells. His years are told with their unit, as he would write them."""
    told = [applicant.title, applicant.city]
    if applicant.years:
        told.append(f"стаж {applicant.years} лет")
    return Form(
        intake=HH,
        key=key,
        role=Role.MASTER,
        source=HH,
        text=", ".join(part for part in told if part),
        name=applicant.name,
        phone=applicant.phone,
        email=applicant.email,
        lang="ru",
    )


__all__ = ["READ", "ReadingForms"]
