"""What the played tax office remembers, in its own SQLite file: incomes, and which of them are annulled."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bots.simulators.file import File, Row
from bots.simulators.moynalog.shapes import CancelIn, IncomeIn
from core.gateways.wire import MOSCOW
from core.ports import Chance, Clock
from core.wire import is_same

TOKEN_LASTS = timedelta(hours=1)
AHEAD_MAX = timedelta(minutes=5)  # of an income that has not happened yet
YEAR_MAX = Decimal(2_400_000)  # roubles; who earns more in a year is no NPD payer any more

_SCHEMA = """
create table if not exists incomes (
    id text primary key, inn text not null, at text not null, registered_at text not null,
    total text not null, body text not null, device text not null,
    annulled_at text, annulled_why text);
create index if not exists incomes_at on incomes (inn, at);
"""


class No(Exception):  # noqa: N818 - it is an answer
    """The service says no: an HTTP status, a code and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Books:
    """The incomes of every taxpayer."""

    def __init__(self, path: Path, *, key: str, clock: Clock, chance: Chance) -> None:
        """Open the file, made if there is none. `key` makes every account's tokens and passwords."""
        self._file = File(path, _SCHEMA)
        self._key = key
        self._clock = clock
        self._chance = chance

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # Who asks

    def enter(self, inn: str, device: str) -> dict[str, Any]:
        """Return tokens for a taxpayer who has shown who he is."""
        until = self._clock.now() + TOKEN_LASTS
        stamp = f"{inn}.{device}.{int(until.timestamp()):x}"
        return {
            "token": f"{stamp}.{_sealed(self._key, stamp)}",
            "refreshToken": refresh_token_of(inn, self._key),
            "tokenExpireIn": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "refreshTokenExpiresIn": None,
            "profile": {"inn": inn, "displayName": "", "status": "ACTIVE"},
        }

    def by_password(self, inn: str, password: str, device: str) -> dict[str, Any]:
        """Let a taxpayer in by his password."""
        if not is_same(password, password_of(inn, self._key)):
            raise No(401, "authentication.failed", "Неверный логин или пароль")
        return self.enter(inn, device)

    def by_refresh_token(self, token: str, device: str) -> dict[str, Any]:
        """Let a taxpayer in by his refresh token."""
        inn = token.partition(".")[0]
        if not is_same(token, refresh_token_of(inn, self._key)):
            raise No(401, "authentication.failed", "Обновите токен")
        return self.enter(inn, device)

    def who(self, header: str) -> tuple[str, str]:
        """Return the taxpayer and the device of a token."""
        stamp, _, seal = header.removeprefix("Bearer ").rpartition(".")
        inn, _, rest = stamp.partition(".")
        device, _, until = rest.rpartition(".")
        is_ours = header.startswith("Bearer ") and is_same(seal, _sealed(self._key, stamp))
        if not is_ours or int(until or "0", 16) <= self._clock.now().timestamp():
            raise No(401, "authentication.failed", "Не авторизован")
        return inn, device

    # Incomes

    def register(self, inn: str, device: str, asked: IncomeIn) -> str:
        """Register an income, however often it is asked: there is no key to know a repeat by."""
        now = self._clock.now()
        if asked.operation_time > now + AHEAD_MAX:
            raise No(400, "validation.failed", "Дата операции не может быть в будущем")
        total = Decimal(asked.total_amount)
        year = asked.operation_time.astimezone(MOSCOW).year
        if not asked.ignore_limit and self._earned(inn, year) + total > YEAR_MAX:
            raise No(400, "income.limit.exceeded", "Превышен максимальный доход за год")
        id = self._chance.id(now).replace("-", "")[-10:]
        self._file.do(
            "insert into incomes (id, inn, at, registered_at, total, body, device)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            id,
            inn,
            _text(asked.operation_time),
            _text(now),
            f"{total:.2f}",
            asked.model_dump_json(include={"services", "payment_type", "client"}, by_alias=True),
            device,
        )
        return id

    def annul(self, inn: str, asked: CancelIn) -> dict[str, Any]:
        """Annul an income, once."""
        known = self.income(inn, asked.receipt_uuid)
        if known["annulled_at"] is not None:
            raise No(400, "receipt.already.cancelled", "Чек уже аннулирован")
        self._file.do(
            "update incomes set annulled_at = ?, annulled_why = ? where id = ?",
            _text(self._clock.now()),
            asked.comment,
            known["id"],
        )
        return told(self.income(inn, known["id"]))

    def income(self, inn: str, id: str) -> Row:
        """Return an income of a taxpayer."""
        found = self._file.row("select * from incomes where inn = ? and id = ?", inn, id)
        if found is None:
            raise No(404, "receipt.not.found", "Чек не найден")
        return found

    def incomes(self, inn: str, *, since: datetime, until: datetime, is_rising: bool) -> list[Row]:
        """Return the incomes of a span, in the order of their moments."""
        order = "asc" if is_rising else "desc"
        return self._file.rows(
            f"select * from incomes where inn = ? and at >= ? and at <= ? order by at {order}, rowid {order}",  # noqa: S608 - our own words
            inn,
            _text(since),
            _text(until),
        )

    def _earned(self, inn: str, year: int) -> Decimal:
        ends = [datetime(each, 1, 1, tzinfo=MOSCOW) for each in (year, year + 1)]
        rows = self.incomes(inn, since=ends[0], until=ends[1], is_rising=True)
        return sum((Decimal(row["total"]) for row in rows if row["annulled_at"] is None), Decimal(0))


def told(row: Row) -> dict[str, Any]:
    """Return an income as lists tell it."""
    body = json.loads(row["body"])
    client = body["client"]
    annulled = row["annulled_at"] and {
        "operationTime": row["annulled_at"],
        "registerTime": row["annulled_at"],
        "taxPeriodId": _period(row["annulled_at"]),
        "comment": row["annulled_why"],
    }
    return {
        "approvedReceiptUuid": row["id"],
        "name": body["services"][0]["name"],
        "services": [
            {**each, "amount": float(each["amount"]), "quantity": float(each["quantity"]), "serviceNumber": n}
            for n, each in enumerate(body["services"])
        ],
        "operationTime": row["at"],
        "requestTime": row["registered_at"],
        "registerTime": row["registered_at"],
        "taxPeriodId": _period(row["at"]),
        "paymentType": body["paymentType"],
        "incomeType": client["incomeType"],
        "partnerCode": None,
        "totalAmount": float(row["total"]),
        "cancellationInfo": annulled,
        "sourceDeviceId": row["device"],
        "clientInn": client["inn"],
        "clientDisplayName": client["displayName"],
        "partnerDisplayName": None,
        "partnerLogo": None,
        "partnerInn": None,
        "inn": row["inn"],
        "profession": "",
        "description": [],
        "invoiceId": None,
    }


def refresh_token_of(inn: str, key: str) -> str:
    """Return the refresh token of a taxpayer's account."""
    return f"{inn}.{_sealed(key, f'refresh:{inn}')}"


def password_of(inn: str, key: str) -> str:
    """Return the password of a taxpayer's account."""
    return _sealed(key, f"password:{inn}")


def _sealed(key: str, what: str) -> str:
    return hmac.new(key.encode(), what.encode(), hashlib.sha256).hexdigest()


def _period(at: str) -> int:
    return int(datetime.fromisoformat(at).astimezone(MOSCOW).strftime("%Y%m"))


def _text(at: datetime) -> str:
    # In UTC and of one length, so that texts sort as times.
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
