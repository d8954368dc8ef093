"""What the played ATOL Online remembers, in its own SQLite file, and what it would print."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bots.simulators.atol.shapes import TIME, DocumentIn
from bots.simulators.file import File, Row
from core.gateways.wire import MOSCOW
from core.ports import Chance, Clock
from core.wire import is_same

TOKEN_LASTS = timedelta(hours=24)
STORAGE = "9999078900004312"  # number of the fiscal storage
REGISTER = "0000000400054952"  # number of the cash register
OPERATOR_INN = "7709364346"
OPERATIONS = {"sell": 1, "sell_refund": 2}  # as a receipt's code counts them
WRONG_INN = (2003, "ИНН в чеке не соответствует ИНН компании", "agent")
JAMMED = (-1, "Превышено время ожидания чека в очереди", "timeout")

_SCHEMA = """
create table if not exists documents (
    number integer primary key autoincrement, uuid text not null unique, external_id text not null unique,
    operation text not null, status text not null, total text not null, body text not null,
    callback_url text not null, created_at text not null, error text, is_told integer not null default 0);
"""


class No(Exception):  # noqa: N818 - it is an answer
    """ATOL says no: an HTTP status, a code, a sentence; `uuid` of the document it knows."""

    def __init__(
        self, http: int, code: int, text: str, *, status: str | None = None, uuid: str | None = None
    ) -> None:
        super().__init__(text)
        self.http, self.code, self.text, self.status, self.uuid = http, code, text, status, uuid


class Books:
    """The documents of one group of cash registers.

    Attributes:
        jams: So many of the next documents cannot be printed.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        chance: Chance,
        login: str,
        password: str,
        group: str,
        inn: str,
        prints_in: timedelta,
    ) -> None:
        """Open the file, made if there is none."""
        self._file = File(path, _SCHEMA)
        self._clock = clock
        self._chance = chance
        self._login, self._password = login, password
        self._group, self._inn = group, inn
        self._prints_in = prints_in
        self.jams = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def now(self) -> str:
        """Return the time as ATOL writes it."""
        return _moscow(self._clock.now())

    def id(self) -> str:
        """Return a new id."""
        return self._chance.id(self._clock.now())

    # Who asks

    def token(self, login: str, password: str) -> str:
        """Return a token for 24 hours."""
        if not (is_same(login, self._login) and is_same(password, self._password)):
            raise No(401, 12, "Неверный логин или пароль")
        until = int((self._clock.now() + TOKEN_LASTS).timestamp())
        return f"{until:x}.{self._sealed(until)}"

    def let_in(self, token: str | None, group: str) -> None:
        """Check a token and the group."""
        until, _, seal = (token or "").partition(".")
        try:
            ends = int(until, 16)
        except ValueError:
            raise No(401, 10, "Не распознан токен запроса") from None
        if not is_same(seal, self._sealed(ends)):
            raise No(401, 10, "Не распознан токен запроса")
        if ends <= self._clock.now().timestamp():
            raise No(401, 11, "Переданный токен не активен")
        if group != self._group:
            raise No(401, 20, "Код группы, указанный в запросе, не соответствует токену")

    def _sealed(self, until: int) -> str:
        return hmac.new(self._password.encode(), str(until).encode(), hashlib.sha256).hexdigest()

    # Documents

    def take(self, operation: str, asked: DocumentIn) -> Row:
        """Take a document; it is printed after a moment."""
        if known := self._file.row("select * from documents where external_id = ?", asked.external_id):
            told = f"В системе существует чек с external_id : {asked.external_id} и group_code: {self._group}"
            raise No(400, 33, told, status="wait", uuid=known["uuid"])
        error = WRONG_INN if asked.receipt.company.inn != self._inn else None
        if error is None and self.jams:
            self.jams -= 1
            error = JAMMED
        uuid = self.id()
        self._file.do(
            "insert into documents (uuid, external_id, operation, status, total, body, callback_url,"
            " created_at, error) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            uuid,
            asked.external_id,
            operation,
            "fail" if error else "done",
            f"{asked.receipt.total:.2f}",
            asked.receipt.model_dump_json(exclude_none=True),
            (asked.service and asked.service.callback_url) or "",
            self._clock.now().isoformat(timespec="microseconds"),
            json.dumps(error, ensure_ascii=False) if error else None,
        )
        return self._found(uuid)

    def report(self, uuid: str, *, url: str) -> dict[str, Any]:
        """Return how a document stands; `url` is where its page is."""
        document = self._found(uuid)
        common = {
            "uuid": uuid,
            "timestamp": self.now(),
            "group_code": self._group,
            "daemon_code": "played-agent-1",
            "device_code": "PLAYED-1",
            "external_id": document["external_id"],
            "callback_url": document["callback_url"],
        }
        if self._clock.now() < datetime.fromisoformat(document["created_at"]) + self._prints_in:
            error = self.error(34, "Состояние чека не найдено. Попробуйте позднее")
            return {"error": error, "status": "wait", "timestamp": self.now(), "callback_url": ""}
        if document["status"] == "fail":
            code, text, kind = json.loads(document["error"])
            return {**common, "status": "fail", "payload": None, "error": self.error(code, text, kind)}
        return {**common, "status": "done", "error": None, "payload": _payload(document, url)}

    def error(self, code: int, text: str, kind: str = "system") -> dict[str, Any]:
        """Return an error as ATOL writes it."""
        return {"error_id": self.id(), "code": code, "text": text, "type": kind}

    def printed(self, number: int, attribute: int) -> Row | None:
        """Return a document by its number and attribute, if it was printed."""
        found = self._file.row("select * from documents where number = ? and status = 'done'", number)
        return found if found is not None and attribute_of(found) == attribute else None

    def untold(self) -> list[Row]:
        """Return documents whose result is still to be told to a `callback_url`."""
        return self._file.rows("select * from documents where callback_url <> '' and not is_told")

    def told(self, uuid: str) -> None:
        """Remember that a result was told."""
        self._file.do("update documents set is_told = 1 where uuid = ?", uuid)

    def _found(self, uuid: str) -> Row:
        found = self._file.row("select * from documents where uuid = ?", uuid)
        if found is None:
            told = f'Передан некорректный UUID : "{uuid}". Необходимо повторить запрос с корректными данными'
            raise No(400, 30, told, status="fail")
        return found


def attribute_of(document: Row) -> int:
    """Return the fiscal attribute (FPD) of a document."""
    return int.from_bytes(hashlib.sha256(str(document["uuid"]).encode()).digest()[:4])


def code_of(document: Row) -> str:
    """Return what the square code of a printed receipt says."""
    at = datetime.fromisoformat(document["created_at"]).astimezone(MOSCOW)
    kind = OPERATIONS[document["operation"]]
    return (
        f"t={at:%Y%m%dT%H%M%S}&s={document['total']}&fn={STORAGE}&i={document['number']}"
        f"&fp={attribute_of(document)}&n={kind}"
    )


def _payload(document: Row, url: str) -> dict[str, Any]:
    return {
        "total": float(document["total"]),
        "fns_site": "www.nalog.gov.ru",
        "fn_number": STORAGE,
        "shift_number": 1,
        "receipt_datetime": _moscow(datetime.fromisoformat(document["created_at"])),
        "fiscal_receipt_number": document["number"],
        "fiscal_document_number": document["number"],
        "ecr_registration_number": REGISTER,
        "fiscal_document_attribute": attribute_of(document),
        "ofd_inn": OPERATOR_INN,
        "ofd_receipt_url": f"{url}/receipt?{code_of(document)}",
    }


def _moscow(at: datetime) -> str:
    return at.astimezone(MOSCOW).strftime(TIME)
