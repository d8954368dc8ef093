"""People for the browser's tests: a client, a master and the owner, each on a page of their own.

`running` is the program, serving: `running.base_url` and `running.owner_token`.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PHONE = {"width": 390, "height": 844}


class Running(Protocol):
    """The program, serving."""

    base_url: str
    owner_token: str


@dataclass
class Person:
    """Somebody at a page; `complaints` are what the page's console said against us."""

    page: "Page"
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Coroutine[Any, Any, Person]]


@pytest.fixture
async def open_page(browser: "Browser", running: Running) -> AsyncIterator[Opener]:
    """Lend a way to open pages, each in a browser of its own unless `beside` names whose browser to share."""
    people: list[Person] = []

    async def opened(path: str, *, beside: Person | None = None, **context: Any) -> Person:
        if beside is None:
            settings = {"viewport": PHONE, "locale": "ru-RU", **context}
            page = await (await browser.new_context(**settings)).new_page()
        else:
            page = await beside.page.context.new_page()
        person = Person(page)
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        page.on("console", lambda said: _listen(said, person))
        people.append(person)
        await page.goto(running.base_url + path)
        return person

    yield opened
    for person in people:
        assert person.complaints == []


def _listen(said: Any, person: Person) -> None:
    # A refused call is also told here, but a refusal is an answer and shown on the page.
    if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
        person.complaints.append(said.text)


@pytest.fixture
async def owner(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """Lend the owner's way into the API."""
    headers = {"Authorization": f"Bearer {running.owner_token}"}
    async with httpx.AsyncClient(base_url=running.base_url, headers=headers, timeout=30) as client:
        yield client
