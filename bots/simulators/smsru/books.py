"""The service's side: the account, what was sent, the phones, and who is told of statuses."""

import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import httpx

from bots.simulators.wire import Outgoing, Sender
from channels.sms.alphabet import segments
from core.kernel.money import Currency, Money
from core.ports import Clock

SEGMENTS_MAX = 8
RECIPIENTS_MAX = 100
A_DAY_MAX = 60  # to one number
CALLBACKS_MAX = 5
PRICE_MINOR = 4_50  # of a segment
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1)) * 6

OK, DELIVERED = 100, 103
TEXTS = {
    -1: "Сообщение не найдено",
    100: "Запрос выполнен или сообщение находится в нашей очереди",
    200: "Неправильный api_id",
    201: "Не хватает средств на лицевом счету",
    202: "Неправильно указан номер телефона получателя, либо на него нет маршрута",
    203: "Нет текста сообщения",
    205: "Сообщение слишком длинное (превышает 8 СМС)",
    207: "На этот номер нет маршрута для доставки сообщений",
    209: "Вы добавили этот номер (или один из номеров) в стоп-лист",
    210: "Используется GET, где необходимо использовать POST",
    211: "Метод не найден",
    213: "Указано более 100 номеров в списке получателей",
    221: "Необходимо создать буквенного отправителя",
    230: "Превышен общий лимит количества сообщений на этот номер в день",
    231: "Превышен лимит одинаковых сообщений на этот номер в минуту",
    901: "Callback: URL неверный (не начинается на http://)",
    902: "Callback: Обработчик не найден (возможно был удалён ранее)",
}
_NUMBER = re.compile(r"[1-9]\d{6,14}")


class No(Exception):  # noqa: N818 - it is an answer
    """A no to the whole request."""

    def __init__(self, code: int) -> None:
        """Say which."""
        super().__init__(code)
        self.body = said(code)


@dataclass
class Phone:
    """A person's phone.

    Attributes:
        is_stopped: It stands in the stop-list.
        sent: When what was sent to it.
    """

    is_stopped: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)
    sent: list[tuple[datetime, str]] = field(default_factory=list)


@dataclass
class Sms:
    """A message that was taken; `code` is its state."""

    id: str
    code: int = OK


class Books:
    """One account."""

    def __init__(
        self, *, clock: Clock, api_id: str, senders: frozenset[str], balance_minor: int, sender: Sender
    ) -> None:
        """Open for one customer, who may write in those names."""
        self.balance_minor = balance_minor
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Sms] = {}
        self.callbacks: list[str] = []
        self.final_code = DELIVERED
        self.noes: deque[tuple[int, bool]] = deque()
        self._clock, self._api_id, self._senders, self._sender = clock, api_id, senders, sender
        self._ids = count(10_000_000)
        self._last: list[str] = []

    async def serve(self, method: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Answer a request. Raises No."""
        if form.get("api_id") != self._api_id:
            raise No(200)
        acts: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, Any]]] = {
            "sms/status": self._status,
            "my/balance": lambda _: said(OK) | {"balance": self._balance()},
            "auth/check": lambda _: said(OK),
            "callback/add": self._add,
            "callback/del": self._delete,
            "callback/get": lambda _: said(OK) | {"callback": self.callbacks},
        }
        if method == "sms/send":
            return await self._send(form)
        if method not in acts:
            raise No(211)
        return acts[method](form)

    # Methods

    async def _send(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        if self.noes and self.noes[0][1]:
            raise No(self.noes.popleft()[0])
        numbers = form.get("to", "").split(",")
        if len(numbers) > RECIPIENTS_MAX:
            raise No(213)
        if "from" in form and form["from"] not in self._senders:
            raise No(221)
        text, is_test = form.get("msg", ""), form.get("test") == "1"
        told: dict[str, Any] = {}
        taken: list[Sms] = []
        for number in numbers:
            if code := self._no_to(number, text):
                told[number] = said(code)
                continue
            sms = Sms(f"202611-{next(self._ids)}")
            told[number] = {"status": "OK", "status_code": OK, "sms_id": sms.id}
            if not is_test:
                self._take(sms, number, text)
                taken.append(sms)
        for sms in taken:
            sms.code = self.final_code
        await self._tell(
            [line for sms in taken for line in (self._record(sms.id, 102), self._record(sms.id))]
        )
        return said(OK) | {"sms": told, "balance": self._balance()}

    def _no_to(self, number: str, text: str) -> int:
        """Return the code of a no to one number, or 0."""
        if self.noes:
            return self.noes.popleft()[0]
        now, phone = self._clock.now(), self.phone(number)
        lately = [at for at, words in phone.sent if words == text and now - at < timedelta(minutes=1)]
        today = [at for at, _ in phone.sent if now - at < timedelta(days=1)]
        checks = (
            (_NUMBER.fullmatch(number), 202),
            (text.strip(), 203),
            (segments(text) <= SEGMENTS_MAX, 205),
            (not phone.is_stopped, 209),
            (not lately, 231),
            (len(today) < A_DAY_MAX, 230),
            (self.balance_minor >= segments(text) * PRICE_MINOR, 201),
        )
        return next((code for is_right, code in checks if not is_right), 0)

    def _take(self, sms: Sms, number: str, text: str) -> None:
        phone, now = self.phone(number), self._clock.now()
        self.messages[sms.id] = sms
        self.balance_minor -= segments(text) * PRICE_MINOR
        phone.sent.append((now, text))
        shown = {"id": sms.id, "text": text, "segments": segments(text), "at": now.isoformat()}
        phone.shown.append(shown | {"buttons": [], "files": []})

    def _status(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        told = {}
        for id in form.get("sms_id", "").split(","):
            code = self.messages[id].code if id in self.messages else -1
            told[id] = said(code) | {"status": "ERROR" if code < 0 else "OK"}
        return said(OK) | {"sms": told, "balance": self._balance()}

    def _add(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        url = form.get("url", "")
        if not url.startswith(("http://", "https://")) or len(self.callbacks) >= CALLBACKS_MAX:
            raise No(901)
        self.callbacks = [*dict.fromkeys((*self.callbacks, url))]
        return said(OK) | {"callback": self.callbacks}

    def _delete(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        if form.get("url") not in self.callbacks:
            raise No(902)
        self.callbacks.remove(form["url"])
        return said(OK)

    # Knocking

    def _record(self, id: str, code: int | None = None) -> str:
        code = self.messages[id].code if code is None else code
        return f"sms_status\n{id}\n{code}\n{int(self._clock.now().timestamp())}"

    async def _tell(self, records: list[str]) -> None:
        if records:
            self._last = records
        for url in self.callbacks if records else ():
            await self.knock(url, records)

    async def knock(self, url: str, records: list[str]) -> None:
        """Tell records to an address, with the hash that proves who tells."""
        digest = hashlib.sha256((self._api_id + "".join(records)).encode()).hexdigest()
        form = {f"data[{number}]": record for number, record in enumerate(records)} | {"hash": digest}
        make = partial(httpx.Request, "POST", url, data=form)
        await self._sender.tell(Outgoing(url=url, about=records[0].split("\n")[:2][-1], make=make))

    async def again(self) -> None:
        """Tell the last records once more."""
        await self._tell(self._last)

    def phone(self, number: str) -> Phone:
        """Return a phone by its digits; every number has one."""
        return self.phones.setdefault(number.removeprefix("+"), Phone())

    def _balance(self) -> float:
        return float(Money(self.balance_minor, Currency.RUB).minor) / 100


def said(code: int) -> dict[str, Any]:
    """Return a status as it is told everywhere."""
    is_ok = code == OK or 0 <= code <= DELIVERED
    told = {"status": "OK" if is_ok else "ERROR", "status_code": code}
    return told if code == OK else told | {"status_text": TEXTS.get(code, f"Код {code}")}
