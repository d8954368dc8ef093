"""The whole loop by HTTP only, for tests: a master joins, a client asks, they meet, cash is taken."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

API = "/api/v1"
PHONES = iter(range(1_000_000, 9_999_999, 7))


@dataclass
class Door:
    """One person's HTTP: every POST has a key, so that it may be sent again after a crash."""

    base_url: str
    token: str = ""
    timeout_s: float = 20.0
    client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Open the connection."""
        self.client = httpx.Client(base_url=self.base_url, timeout=self.timeout_s)

    def __del__(self) -> None:
        """Close the connection with its person."""
        self.client.close()

    def get(self, path: str) -> Any:
        """GET and return the JSON. Raises for an error."""
        answer = self.client.get(API + path, headers=self._headers())
        answer.raise_for_status()
        return answer.json()

    def send(self, method: str, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
        """Send a change once."""
        headers = {**self._headers(), "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.request(method, API + path, json=body or {}, headers=headers)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Any:
        """POST and return the JSON. Raises for an error."""
        answer = self.send("POST", path, body, key=key)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass
class Client:
    """A client in a talk."""

    door: Door
    view: dict[str, Any]

    @property
    def talk_id(self) -> str:
        """The talk's id."""
        return str(self.view["conversation_id"])

    @property
    def job_id(self) -> str:
        """The job's id, from the tap on a slot on."""
        return str(self.view["job_id"])

    def says(self, text: str) -> dict[str, Any]:
        """Say something and return what the talk answers."""
        return self._turn({"text": text})

    def taps(self, choice: str) -> dict[str, Any]:
        """Press a button."""
        return self._turn({"choice": choice})

    def takes_slot(self, number: int = 1) -> dict[str, Any]:
        """Tap one of the offered times."""
        return self.taps(self.view["slots"][number - 1]["choice"])

    def heard(self) -> list[str]:
        """Return everything we said in the talk."""
        said = self.door.get(f"/ai/conversation/{self.talk_id}/transcript")["messages"]
        return [line["text"] for line in said if line["from"] == "naryad"]

    def _turn(self, body: dict[str, Any]) -> dict[str, Any]:
        names = ("conversation_id", "job_id", "job_number")
        kept: dict[str, Any] = {name: self.view[name] for name in names if name in self.view}
        self.view = {**kept, **self.door.post(f"/ai/conversation/{self.talk_id}/message", body)}
        return self.view


def a_client(base_url: str, text: str = "Не работает выключатель в коридоре", **more: Any) -> Client:
    """Begin a client's talk with a problem."""
    door = Door(base_url)
    body = {"channel": "web", "kind": "client_request", "text": text, **more}
    view = door.post("/ai/conversation/start", body)
    door.token = view["token"]
    return Client(door, view)


def a_client_with_a_job(
    base_url: str,
    *,
    text: str = "Не работает выключатель в коридоре",
    when: str = "завтра после обеда",
    slot: int = 1,
) -> Client:
    """Bring a client to a job that seeks a master."""
    client = a_client(base_url, text)
    client.says(f"Театральная 30, кв 14, {when}")
    client.takes_slot(slot)
    client.says("Анна, +7 911 123-45-67")
    return client


@dataclass
class Master:
    """A master who joined by HTTP."""

    door: Door
    id: str
    talk: Door
    talk_id: str

    def heard(self) -> list[str]:
        """Return everything we said to him."""
        said = self.talk.get(f"/ai/conversation/{self.talk_id}/transcript")["messages"]
        return [line["text"] for line in said if line["from"] == "naryad"]

    def does(self, job_id: str, step: str, *, key: str | None = None) -> httpx.Response:
        """Do a step of a job."""
        return self.door.send("POST", f"/jobs/{job_id}/{step}", key=key)

    def works(self, job_id: str, *, until: str = "finish") -> None:
        """Accept and do all steps up to one."""
        for step in ("accept", "travel", "arrive", "start", "finish"):
            answer = self.does(job_id, step)
            assert answer.is_success, f"{step}: {answer.text}"
            if step == until:
                return

    def takes_cash(self, job_id: str, *, amount: int | None = None) -> dict[str, Any]:
        """Open the payment and take cash, exactly the amount."""
        body = {"job_id": job_id, **({"amount": amount} if amount else {})}
        payment = self.door.post("/terminal/payment/initialize", body)
        minor = payment["amount"]["minor"]
        return dict(
            self.door.post(
                "/terminal/payment/cash", {"payment_id": payment["payment_id"], "amount_received": minor}
            )
        )


def a_master(
    base_url: str, owner_token: str, *, days: int = 10, spans: tuple[str, str] = ("00:00", "24:00")
) -> Master:
    """Let a master join by talking, with hours for some days, and give him his terminal."""
    phone = f"+7911{next(PHONES):07d}"
    door = Door(base_url)
    words = f"Здравствуйте, я Пётр Ильин, {phone}"
    view = door.post("/masters/onboard/start", {"channel": "web", "text": words})
    door.token = view["token"]
    talk = f"/ai/conversation/{view['conversation_id']}/message"
    for text in ("Калининград", "электрика", "10 лет"):
        view = door.post(talk, {"text": text})
    master_id = str(view["master_id"])
    owner = Door(base_url, owner_token)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Kaliningrad")).date()
    hours = {(today + timedelta(days=ahead)).isoformat(): [list(spans)] for ahead in range(days)}
    changed = owner.send("PATCH", f"/masters/{master_id}/schedule", {"days": hours})
    assert changed.is_success, changed.text
    given = owner.post(f"/masters/{master_id}/terminal/provision", {"type": "smartphone"})
    return Master(Door(base_url, given["token"]), master_id, door, str(view["conversation_id"]))
