"""Who may open which door: every call without a key, with a wrong one, and with somebody else's."""

import httpx
import pytest

from bots.sidecar.tokens import talk_token, terminal_token
from tests.fakes.web import FakeNaryad

People = dict[str, httpx.AsyncClient]

PAYOUT_TO = {"destination": "sbp", "phone": "+79114567890", "bank_id": "100000000111"}

# Method, path, body, who gets past the door. Everybody else with a good key gets 403.
DOORS = [
    ("GET", "/api/v1/jobs", None, {"owner"}),
    ("GET", "/api/v1/talks", None, {"owner"}),
    ("GET", "/api/v1/queue", None, {"owner"}),
    ("GET", "/api/v1/payments", None, {"owner"}),
    ("GET", "/api/v1/balances", None, {"owner"}),
    ("GET", "/api/v1/decisions", None, {"owner"}),
    ("GET", "/api/v1/masters/available-now?trade=electrical", None, {"owner"}),
    ("GET", "/api/v1/jobs/open", None, {"owner", "client", "anna"}),
    ("GET", "/api/v1/jobs/assigned", None, {"owner", "client", "anna"}),
    ("GET", "/api/v1/jobs/open/instructions", None, {"owner", "client", "anna"}),
    ("GET", "/api/v1/jobs/open/timeline", None, {"owner", "client", "anna"}),
    ("GET", "/api/v1/ai/conversation/talk/transcript", None, {"owner", "client"}),
    ("GET", "/api/v1/ai/conversation/anna-talk/transcript", None, {"owner", "anna"}),
    ("POST", "/api/v1/ai/conversation/talk/message", {"text": "да"}, {"owner", "client"}),
    ("GET", "/api/v1/masters/anna", None, {"owner", "anna"}),
    ("GET", "/api/v1/masters/anna/jobs", None, {"owner", "anna"}),
    ("GET", "/api/v1/masters/anna/schedule", None, {"owner", "anna"}),
    ("GET", "/api/v1/masters/anna/schedule/today", None, {"owner", "anna"}),
    ("PATCH", "/api/v1/masters/anna/schedule", {"text": "завтра с 8 до 20"}, {"owner", "anna"}),
    ("POST", "/api/v1/masters/anna/schedule/confirm", {"confirmed": True}, {"owner", "anna"}),
    ("POST", "/api/v1/masters/anna/terminal/provision", {"type": "smartphone"}, {"owner", "anna"}),
    ("POST", "/api/v1/jobs/create-file", {"job_id": "open"}, {"owner", "client"}),
    ("POST", "/api/v1/jobs/assigned/send-to-master", None, {"owner"}),
    ("POST", "/api/v1/jobs/open/accept", {}, {"owner", "anna"}),
    ("POST", "/api/v1/jobs/open/decline", {}, {"owner", "anna"}),
    ("POST", "/api/v1/jobs/assigned/travel", {}, {"owner", "anna"}),
    ("POST", "/api/v1/jobs/assigned/cancel", {}, {"owner", "client", "anna"}),
    ("POST", "/api/v1/jobs/open/cancel", {}, {"owner", "client"}),
    ("POST", "/api/v1/terminal/payment/initialize", {"job_id": "created"}, {"owner", "anna"}),
    (
        "POST",
        "/api/v1/terminal/payment/cash",
        {"payment_id": "created", "amount_received": 300_000},
        {"owner", "anna"},
    ),
    ("GET", "/api/v1/terminal/payment/created/status", None, {"owner", "anna"}),
    ("GET", "/api/v1/terminal/me", None, {"anna", "boris"}),
    ("GET", "/api/v1/terminal/jobs", None, {"anna", "boris"}),
    ("POST", "/api/v1/console-link", None, {"owner"}),
    ("GET", "/api/v1/masters/anna/terminals", None, {"owner", "anna"}),
    ("POST", "/api/v1/masters/anna/terminal/terminal/close", None, {"owner", "anna"}),
    ("GET", "/api/v1/masters/anna/earnings", None, {"owner", "anna"}),
    ("GET", "/api/v1/masters/anna/payouts", None, {"owner", "anna"}),
    ("PUT", "/api/v1/masters/anna/payout-account", PAYOUT_TO, {"owner", "anna"}),
    ("GET", "/api/v1/payouts", None, {"owner"}),
    ("GET", "/api/v1/payouts/file.csv?day=2026-03-06", None, {"owner"}),
    ("POST", "/api/v1/payouts/payout/end", {"done": True}, {"owner"}),
    ("POST", "/api/v1/payments/carded/refund", {"words": "Сломалось снова"}, {"owner"}),
    ("GET", "/api/v1/payments/carded/refunds", None, {"owner"}),
    ("GET", "/api/v1/sources", None, {"owner"}),
    ("GET", "/api/v1/joinings", None, {"owner"}),
    ("POST", "/api/v1/joinings/joining/undo", None, {"owner"}),
    ("POST", "/api/v1/talks/talk/hold", None, {"owner"}),
    ("POST", "/api/v1/talks/talk/say", {"text": "Это владелец"}, {"owner"}),
    ("POST", "/api/v1/talks/talk/release", None, {"owner"}),
    ("GET", "/api/v1/board", None, {"owner"}),
    ("GET", "/console/figures", None, {"owner"}),
    ("GET", "/api/v1/owner/chats", None, {"owner"}),
    ("POST", "/api/v1/owner/chats/talk/close", None, {"owner"}),
    ("POST", "/api/v1/owner/link-code", None, {"owner"}),
    ("POST", "/api/v1/letters/letter/replay", None, {"owner"}),
]
BAD_KEYS = ["nobody", "stranger", "anna's closed terminal"]
GOOD_KEYS = ["owner", "client", "other client", "anna", "boris"]


@pytest.fixture(autouse=True)
def _answers(naryad: FakeNaryad) -> None:
    naryad.intake.answers["terminal-provision"] = lambda letter: {"terminal_id": letter["terminal_id"]}
    naryad.intake.answers["owner-code"] = lambda letter: {"digest": letter["digest"], "until": "…"}
    naryad.intake.answers["refund"] = {"refund_id": "refund"}


async def ask(who: httpx.AsyncClient, method: str, path: str, body: object) -> httpx.Response:
    return await who.request(method, path, json=body)


def refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["success"] is False
    assert error["error"]["code"]
    assert error["error"]["message"]
    assert isinstance(error["error"]["details"], dict)


@pytest.mark.parametrize(("method", "path", "body", "_"), DOORS)
async def test_without_a_good_key_no_door_opens(
    people: People, method: str, path: str, body: object, _: set[str]
) -> None:
    for name in BAD_KEYS:
        answer = await ask(people[name], method, path, body)
        refused(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body", "welcome"), DOORS)
async def test_a_door_opens_to_those_who_may_and_to_nobody_else(
    people: People, method: str, path: str, body: object, welcome: set[str]
) -> None:
    for name in GOOD_KEYS:
        answer = await ask(people[name], method, path, body)
        if name in welcome:
            assert answer.status_code in (200, 201), f"{name}: {answer.text}"
        else:
            refused(answer, 403)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/jobs/unknown",
        "/api/v1/jobs/%00",
        "/api/v1/jobs/" + "x" * 500,
        "/api/v1/jobs/unknown/instructions",
        "/api/v1/jobs/unknown/timeline",
        "/api/v1/masters/unknown",
        "/api/v1/masters/unknown/schedule/today",
        "/api/v1/ai/conversation/unknown/transcript",
        "/api/v1/terminal/payment/unknown/status",
    ],
)
async def test_what_does_not_exist_is_404_for_everybody_with_a_key(people: People, path: str) -> None:
    for name in GOOD_KEYS:
        refused(await people[name].get(path), 404)


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Basic b3duZXI6", "the-owner's-token", "Bearer м.ю.x"]
)
async def test_a_header_that_is_no_bearer_token_is_401(people: People, value: str) -> None:
    answer = await people["nobody"].get("/health", headers={b"Authorization": value.encode()})
    assert answer.status_code == 200  # open to everybody
    refused(await people["nobody"].get("/api/v1/jobs", headers={b"Authorization": value.encode()}), 401)


async def test_a_token_of_one_kind_opens_nothing_of_another(people: People, naryad: FakeNaryad) -> None:
    for token, status in (
        (talk_token("terminal", secret=naryad.secret), 403),
        (terminal_token("talk", secret=naryad.secret), 401),
        (talk_token("talk", secret=b"somebody else's secret"), 401),
        (talk_token("talk", secret=naryad.secret)[:-1], 401),
        (talk_token("talk", secret=naryad.secret).replace("talk", "other"), 401),
    ):
        answer = await people["nobody"].get(
            "/api/v1/ai/conversation/talk/transcript", headers={"Authorization": f"Bearer {token}"}
        )
        refused(answer, status)


async def test_an_offered_master_sees_no_contact_house_or_flat(people: People) -> None:
    for path in ("/api/v1/jobs/open", "/api/v1/jobs/open/instructions", "/jobs/open/page"):
        seen = (await people["anna"].get(path)).text
        assert "Театральная" in seen
        assert "+7911" not in seen
        assert "911 000" not in seen
        assert "Ольга" not in seen
        assert '"house"' not in seen
        assert "Театральная, 30" not in seen
    job = (await people["anna"].get("/api/v1/jobs/open")).json()
    assert job["client"] is None
    listed = (await people["anna"].get("/api/v1/terminal/jobs")).json()["items"]
    assert next(each for each in listed if each["id"] == "open")["client"] is None
    assert next(each for each in listed if each["id"] == "assigned")["client"]["phone"] == "+79110000000"


async def test_a_master_who_declined_is_not_told_the_address(people: People, naryad: FakeNaryad) -> None:
    whole = (await people["owner"].get("/api/v1/jobs/open")).json()
    naryad.intake.answers["job-step"] = {**whole, "offer": None}
    answer = (await people["anna"].post("/api/v1/jobs/open/decline", json={})).json()
    assert answer["client"] is None
    assert "house" not in answer["address"]


async def test_a_master_whose_offer_is_over_may_still_ask_and_hears_why(
    people: People, naryad: FakeNaryad
) -> None:
    naryad.intake.refusals["job-step"] = {
        "name": "AlreadyTaken",
        "text": "Заявку уже взял другой мастер.",
        "number": "К-1",
    }
    answer = await people["anna"].post("/api/v1/jobs/open/accept", json={})
    refused(answer, 409)
    assert answer.json()["error"] == {
        "code": "AlreadyTaken",
        "message": "Заявку уже взял другой мастер.",
        "details": {"number": "К-1"},
    }


async def test_a_client_is_not_told_who_is_asked(people: People) -> None:
    job = (await people["client"].get("/api/v1/jobs/open")).json()
    assert job["offer"]["master_id"] is None
    assert job["client"]["phone"] == "+79110000000"


async def test_a_client_is_not_told_what_others_earn_of_his_money(people: People, naryad: FakeNaryad) -> None:
    whole, seen = [(await people[name].get("/api/v1/jobs/paid")).json() for name in ("owner", "client")]
    assert None not in (whole["split_preview"], whole["payment"]["split"])
    assert seen["split_preview"] is None
    assert seen["quote"] == whole["quote"]
    assert seen["payment"] == {**whole["payment"], "split": None}

    naryad.intake.answers["job-step"] = whole
    cancelled = (await people["client"].post("/api/v1/jobs/open/cancel", json={})).json()
    assert cancelled["split_preview"] is None


async def test_a_master_sees_what_he_earns(people: People) -> None:
    for job_id in ("open", "assigned"):  # offered to her, and hers
        assert (await people["anna"].get(f"/api/v1/jobs/{job_id}")).json()["split_preview"] is not None


async def test_the_talk_that_made_a_master_is_his_key_until_he_has_a_terminal(
    people: People, naryad: FakeNaryad
) -> None:
    headers = {"Authorization": f"Bearer {talk_token('anna-talk', secret=naryad.secret)}"}
    assert (await people["nobody"].get("/api/v1/masters/anna", headers=headers)).status_code == 200
    refused(await people["nobody"].get("/api/v1/masters/boris", headers=headers), 403)


async def test_a_later_talk_is_no_key_to_a_master_who_was_there_before(
    people: People, naryad: FakeNaryad
) -> None:
    headers = {"Authorization": f"Bearer {talk_token('late-talk', secret=naryad.secret)}"}
    refused(await people["nobody"].get("/api/v1/masters/boris", headers=headers), 403)


@pytest.mark.parametrize("path", ["/api/v1/jobs?state=%00", "/api/v1/jobs?after=a%00b"])
async def test_a_nul_in_a_query_is_a_malformed_request(people: People, path: str) -> None:
    answer = await people["owner"].get(path)
    assert answer.status_code == 422
