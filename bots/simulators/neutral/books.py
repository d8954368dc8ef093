"""What the built-in provider remembers, in its own SQLite file: a restart forgets nothing.

Every change is one short transaction with no waiting inside, so two that come at once follow each other.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bots.simulators.neutral.shapes import CaptureIn, ChargeIn, PayoutIn, RefundIn
from core.gateways.wire import moscow_day
from core.kernel.money import Currency, Money, Rate
from core.ports import Chance, Clock

FEE = Rate(200)  # 2 % of what is paid, as `home_services` expects of a provider (K2)
HOLD_LASTS = timedelta(days=7)
UNKNOWN_BANKS_PHONE = "0000"  # a payout to a phone that ends so finds nobody

Row = dict[str, Any]

_SCHEMA = """
create table if not exists charges (
    id text primary key, order_id text not null unique, page text not null unique, status text not null,
    amount_minor integer not null, paid_minor integer not null default 0,
    refunded_minor integer not null default 0, fee_minor integer not null default 0,
    currency text not null, method text not null, two_stage integer not null, description text not null,
    return_url text not null, notice_url text not null, lang text not null, expires_at text not null,
    created_at text not null, held_at text, paid_at text, reason text, is_mute integer not null default 0,
    said text not null);
create table if not exists refunds (
    id text primary key, refund_id text not null unique, charge_id text not null references charges,
    status text not null, amount_minor integer not null, currency text not null, reason text,
    created_at text not null, said text not null);
create table if not exists payouts (
    id text primary key, payout_id text not null unique, status text not null,
    amount_minor integer not null, currency text not null, reason text, created_at text not null,
    said text not null);
create table if not exists notices (
    id text primary key, url text not null, subject text not null, thing_id text not null,
    order_id text not null, status text not null, delivered integer not null default 0);
create table if not exists keys (key text primary key, body text not null);
create index if not exists charges_paid on charges (paid_at);
create index if not exists notices_waiting on notices (id) where not delivered;
"""


class No(Exception):  # noqa: N818 - it is an answer
    """The provider says no: an HTTP status, a code and a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Books:
    """The books of the built-in provider."""

    def __init__(self, path: Path, *, clock: Clock, chance: Chance) -> None:
        """Open the file, made if there is none."""
        self._clock = clock
        self._chance = chance
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = normal", "busy_timeout = 5000"):
            self._db.execute(f"pragma {pragma}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Charges

    def ask(self, key: str, asked: ChargeIn) -> Row:
        """Make a charge, or return the one made by this key before."""
        with self._change():
            self._remember(key, asked.model_dump_json())
            if found := self._one("charges", "order_id", asked.order_id):
                return self._aged(found)
            if asked.two_stage and asked.method == "sbp":
                raise No(422, "no_hold", "SBP knows no hold.")
            now = self._clock.now()
            if asked.expires_at <= now:
                raise No(422, "expired", "expires_at has passed.")
            return self._insert(
                "charges",
                id=f"ch_{self._chance.id(now)}",
                order_id=asked.order_id,
                page=self._chance.token(),
                status="waiting",
                amount_minor=asked.amount_minor,
                currency=asked.currency,
                method=asked.method,
                two_stage=int(asked.two_stage),
                description=asked.description,
                return_url=asked.return_url,
                notice_url=asked.notice_url,
                lang=asked.lang,
                expires_at=_text(asked.expires_at),
                created_at=_text(now),
                said=json.dumps(
                    {"facts": asked.facts, "receipt": asked.receipt and asked.receipt.model_dump()},
                    ensure_ascii=False,
                ),
            )

    def charge(self, by: str, value: str) -> Row:
        """Return the charge with this `id`, `order_id` or `page`."""
        with self._change():
            return self._aged(self._found("charges", by, value))

    def pay(self, page: str, *, is_mute: bool = False) -> Row:
        """The client pays; once more is no more. A mute charge is never told of."""
        with self._change():
            charge = self._aged(self._found("charges", "page", page))
            if charge["status"] in {"paid", "held"}:
                return charge
            if charge["status"] != "waiting":
                raise No(409, "over", "This charge is over.")
            self._set("charges", charge["id"], is_mute=int(is_mute))
            if charge["two_stage"]:
                return self._step(charge, "held", held_at=_text(self._clock.now()))
            return self._take(charge, charge["amount_minor"])

    def decline(self, page: str) -> Row:
        """The client's bank says no."""
        with self._change():
            charge = self._aged(self._found("charges", "page", page))
            if charge["status"] == "declined":
                return charge
            if charge["status"] != "waiting":
                raise No(409, "over", "This charge is over.")
            return self._step(charge, "declined", reason="insufficient_funds")

    def capture(self, id: str, key: str, asked: CaptureIn) -> Row:
        """Take what is held, all or a part; the rest is let go."""
        with self._change():
            self._remember(key, f"{id} {asked.model_dump_json()}")
            charge = self._aged(self._found("charges", "id", id))
            if charge["status"] == "paid" and charge["paid_minor"] == asked.amount_minor:
                return charge
            if charge["status"] != "held":
                raise No(409, "not_held", "Nothing is held.")
            if asked.amount_minor > charge["amount_minor"]:
                raise No(422, "too_much", "More than is held.")
            return self._take(charge, asked.amount_minor)

    def cancel(self, id: str) -> Row:
        """Let go of what is held, or close what nobody has paid."""
        with self._change():
            charge = self._aged(self._found("charges", "id", id))
            if charge["status"] in {"cancelled", "expired", "declined"}:
                return charge
            if charge["status"] == "paid":
                raise No(409, "paid", "It is paid; it can be refunded.")
            return self._step(charge, "cancelled", reason="cancelled_by_shop")

    # Refunds and payouts

    def refund(self, key: str, asked: RefundIn) -> Row:
        """Give money back, all or a part."""
        with self._change():
            self._remember(key, asked.model_dump_json())
            if found := self._one("refunds", "refund_id", asked.refund_id):
                return found
            charge = self._found("charges", "id", asked.charge_id)
            if charge["status"] != "paid":
                raise No(422, "not_paid", "Only what is paid can be refunded.")
            refunded = charge["refunded_minor"] + asked.amount_minor
            if refunded > charge["paid_minor"]:
                raise No(422, "too_much", "More than is left of the charge.")
            now = self._clock.now()
            self._set("charges", charge["id"], refunded_minor=refunded)
            refund = self._insert(
                "refunds",
                id=f"re_{self._chance.id(now)}",
                refund_id=asked.refund_id,
                charge_id=charge["id"],
                status="done",
                amount_minor=asked.amount_minor,
                currency=charge["currency"],
                created_at=_text(now),
                said=asked.model_dump_json(include={"reason", "receipt"}),
            )
            self._tell("refund", refund, order_id=asked.refund_id, url=charge["notice_url"])
            return refund

    def pay_out(self, key: str, asked: PayoutIn) -> Row:
        """Send money to a person."""
        with self._change():
            self._remember(key, asked.model_dump_json())
            if found := self._one("payouts", "payout_id", asked.payout_id):
                return found
            now = self._clock.now()
            is_nobody = (asked.phone or "").endswith(UNKNOWN_BANKS_PHONE)
            return self._insert(
                "payouts",
                id=f"po_{self._chance.id(now)}",
                payout_id=asked.payout_id,
                status="failed" if is_nobody else "done",
                amount_minor=asked.amount_minor,
                currency=asked.currency,
                reason="recipient_not_found" if is_nobody else None,
                created_at=_text(now),
                said=asked.model_dump_json(include={"destination", "description"}),
            )

    def thing(self, table: str, by: str, value: str) -> Row:
        """Return the refund or payout with this id, theirs or ours."""
        return self._found(table, by, value)

    def registry(self, day: date) -> Sequence[Row]:
        """Return what moved on a day of Moscow time."""
        day_begins, next_begins = map(_text, moscow_day(day))
        rows = self._db.execute(
            """
            select 'charge' as subject, id, order_id, paid_minor as amount_minor, currency, fee_minor,
                paid_at as at
            from charges where paid_at >= :a and paid_at < :b
            union all select 'refund', id, refund_id, amount_minor, currency, 0, created_at
            from refunds where created_at >= :a and created_at < :b and status = 'done'
            union all select 'payout', id, payout_id, amount_minor, currency, 0, created_at
            from payouts where created_at >= :a and created_at < :b and status = 'done'
            order by at, id
            """,
            {"a": day_begins, "b": next_begins},
        )
        return [dict(row) for row in rows]

    # Notices

    def waiting_notices(self) -> Sequence[Row]:
        """Return the notices that nobody has taken yet, oldest first."""
        return [
            dict(row) for row in self._db.execute("select * from notices where not delivered order by id")
        ]

    def taken(self, notice_id: str) -> None:
        """Remember that a notice was taken."""
        self._db.execute("update notices set delivered = 1 where id = ?", (notice_id,))

    # Parts

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except No:
            # What was written before a no stays: that a charge's time is over, and what a key stands for.
            self._db.execute("commit")
            raise
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def _aged(self, charge: Row) -> Row:
        """Close a charge whose time is over."""
        now = self._clock.now()
        if charge["status"] == "waiting" and now >= datetime.fromisoformat(charge["expires_at"]):
            return self._step(charge, "expired", reason="expired")
        if charge["status"] == "held" and now >= datetime.fromisoformat(charge["held_at"]) + HOLD_LASTS:
            return self._step(charge, "cancelled", reason="hold_expired")
        return charge

    def _take(self, charge: Row, minor: int) -> Row:
        fee, _ = Money(minor, Currency(charge["currency"])).split(FEE)
        return self._step(
            charge, "paid", paid_minor=minor, fee_minor=fee.minor, paid_at=_text(self._clock.now())
        )

    def _step(self, charge: Row, status: str, **facts: object) -> Row:
        self._set("charges", charge["id"], status=status, **facts)
        after = self._found("charges", "id", charge["id"])
        if not after["is_mute"]:
            self._tell("charge", after, order_id=after["order_id"], url=after["notice_url"])
        return after

    def _tell(self, subject: str, thing: Row, *, order_id: str, url: str) -> None:
        self._insert(
            "notices",
            id=f"no_{self._chance.id(self._clock.now())}",
            url=url,
            subject=subject,
            thing_id=thing["id"],
            order_id=order_id,
            status=thing["status"],
        )

    def _remember(self, key: str, body: str) -> None:
        """Hold a key to its first body. The body itself names people and is not kept."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        self._db.execute("insert or ignore into keys values (?, ?)", (key, digest))
        (known,) = self._db.execute("select body from keys where key = ?", (key,)).fetchone()
        if known != digest:
            raise No(409, "key_reused", "This Idempotence-Key came with another body before.")

    def _one(self, table: str, by: str, value: str) -> Row | None:
        row = self._db.execute(f"select * from {table} where {by} = ?", (value,)).fetchone()  # noqa: S608 - our own words
        return None if row is None else dict(row)

    def _found(self, table: str, by: str, value: str) -> Row:
        found = self._one(table, by, value)
        if found is None:
            raise No(404, "unknown", "There is no such thing.")
        return found

    def _insert(self, table: str, **values: object) -> Row:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._db.execute(f"insert into {table} ({names}) values ({marks})", tuple(values.values()))  # noqa: S608 - our own words
        return self._found(table, "id", str(values["id"]))

    def _set(self, table: str, id: str, **values: object) -> None:
        changes = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(f"update {table} set {changes} where id = ?", (*values.values(), id))  # noqa: S608 - our own words


def _text(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")  # of one length, so that texts sort as times
