"""Card money through the built-in provider while the program is killed between any two steps of it."""

import hashlib
import hmac
import itertools
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.loop import Door, a_client_with_a_job, a_master
from tests.running import Running, serving

SECRET = "secret-of-a-test"
PATIENCE_S = 30.0


def at_provider(program: Running, query: str) -> tuple[Any, ...]:
    """Ask the provider's own books."""
    with closing(sqlite3.connect(program.data_dir / "simulator.db")) as file:
        return tuple(file.execute(query).fetchone())


def client_pays(program: Running) -> None:
    """The client pays the last charge that waits."""
    (id,) = at_provider(program, "SELECT id FROM charges WHERE status = 'waiting' ORDER BY rowid DESC")
    key = hmac.new(SECRET.encode(), b"simulator", hashlib.sha256).hexdigest()
    answer = httpx.post(
        f"{program.base_url}/simulator/_sim/charges/{id}/pay",
        headers={"Authorization": f"Bearer {key}"},
        timeout=20,
    )
    assert answer.is_success, answer.text


@pytest.mark.row("L5", "L18")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_card_money_survives_a_kill_after_every_step(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    more = {"NARYAD_DEMO": "0", "SECRET_KEY": SECRET, "FISCAL_PROVIDER": "none", "NPD_PROVIDER": "none"}
    if database == "postgresql":
        more["DATABASE_URL"] = request.getfixturevalue("cluster").create("killed_money")
    with serving(tmp_path, **more) as program:
        master = a_master(program.base_url, program.owner_token)
        client = a_client_with_a_job(program.base_url)
        master.works(client.job_id)
        owner, numbers = Door(program.base_url, program.owner_token), itertools.count()

        def again(door: Door, path: str, body: dict[str, Any], *, after_s: float | None = None) -> Any:
            """Send, kill (perhaps before the answer), start, and send the same again."""
            key = f"step-{next(numbers)}"
            asking = threading.Thread(target=_send, args=(door, path, body, key))
            asking.start()
            asking.join(after_s)
            program.kill()
            asking.join()
            program.start()
            return door.post(path, body, key=key)

        payment = again(master.door, "/terminal/payment/initialize", {"job_id": client.job_id})
        till = {"payment_id": payment["payment_id"]}
        shown = again(master.door, "/terminal/payment/card", till, after_s=0.05)
        view = _until(master.door, payment["payment_id"], "confirmation_url")
        assert shown["payment_id"] == payment["payment_id"]
        client_pays(program)
        program.kill()
        program.start()
        paid = _until(master.door, payment["payment_id"], "settled_at")
        assert (paid["status"], view["status"]) == ("succeeded", "pending")
        body = {"amount": 100_00, "words": "по доброте"}
        refund = again(owner, f"/payments/{payment['payment_id']}/refund", body, after_s=0.1)
        _refunded(owner, payment["payment_id"], refund["refund_id"])

        amount = paid["amount"]["minor"]
        there = "SELECT count(*), sum(paid_minor) FROM charges WHERE status = 'paid'"
        assert at_provider(program, there) == (1, amount)
        assert at_provider(program, "SELECT count(*), sum(amount_minor) FROM refunds") == (1, 100_00)
        books = {each["account"]: each["balance"]["minor"] for each in owner.get("/balances")["accounts"]}
        assert sum(books.values()) == 0
        assert books["client"] == 100_00 - amount
        heard = client.heard()
        assert len([text for text in heard if "плачено" in text]) == 1
        assert len([text for text in heard if "вернул" in text.lower()]) == 1


def _send(door: Door, path: str, body: dict[str, Any], key: str) -> None:
    with suppress(httpx.TransportError):  # it may be killed in the middle
        door.send("POST", path, body, key=key)


def _until(door: Door, payment_id: str, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        view = dict(door.get(f"/terminal/payment/{payment_id}/status"))
        if view.get(name):
            return view
        assert time.monotonic() < deadline, view
        time.sleep(0.05)


def _refunded(owner: Door, payment_id: str, refund_id: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        (refund,) = owner.get(f"/payments/{payment_id}/refunds")["items"]
        if refund["status"] == "done":
            assert refund["refund_id"] == refund_id
            return
        assert time.monotonic() < deadline, refund
        time.sleep(0.05)
