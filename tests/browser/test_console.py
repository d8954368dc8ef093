"""The owner's screen: what goes on, a talk he steps into, figures; by phone and desk, keyboard and reader."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    import httpx

    from tests.browser.conftest import Opener, Person, Running

PATIENCE_MS = 15_000
DESK = {"width": 1440, "height": 900}
START = "/api/v1/ai/conversation/start"

pytestmark = pytest.mark.row("A140", "L8")


async def opened(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running", **more: object
) -> "Person":
    link = (await owner.post("/api/v1/console-link")).json()["url"]
    boss = await open_page(link.removeprefix(running.base_url), **more)
    await boss.page.locator("#board .chart, #board .calm").first.wait_for(timeout=PATIENCE_MS)
    return boss


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_screen_fits_and_every_part_has_its_name(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running", width: int, scheme: str
) -> None:
    view = {"width": width, "height": 844}
    boss = await opened(open_page, owner, running, viewport=view, color_scheme=scheme)
    await boss.page.locator("#then .figure").first.wait_for(timeout=PATIENCE_MS)
    assert await boss.page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = await boss.page.evaluate(
        "[...document.querySelectorAll('button, a, input, select, section')].filter((one) => one.offsetParent"
        " && !(one.innerText || one.ariaLabel || one.getAttribute('aria-labelledby') || '').trim()).length"
    )
    assert unnamed == 0
    plots = boss.page.locator("svg.plot")
    for number in range(await plots.count()):
        assert await plots.nth(number).get_attribute("role") == "img"
        assert await plots.nth(number).locator("> title, > desc").count() == 2


async def test_the_owner_steps_into_a_talk_by_keyboard_and_hands_it_back(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    talk = (await owner.post(START, json={"text": "не работает розетка"})).json()["conversation_id"]
    boss = await opened(open_page, owner, running, viewport=DESK)
    line = boss.page.locator(f"#talks [data-id='{talk}']")
    await line.wait_for(timeout=PATIENCE_MS)
    await line.focus()
    await boss.page.keyboard.press("Enter")
    await boss.page.get_by_role("button", name="Вступить").click()
    words = boss.page.locator("dialog textarea")
    await expect(words).to_be_focused(timeout=PATIENCE_MS)
    await boss.page.keyboard.type("Это хозяин. Что случилось?")
    await boss.page.keyboard.press("Enter")
    await expect(boss.page.locator("dialog .from-owner")).to_contain_text("хозяин", timeout=PATIENCE_MS)
    await owner.post(f"/api/v1/ai/conversation/{talk}/message", json={"text": "Театральная 30"})
    await expect(boss.page.locator("dialog .from-client").last).to_contain_text(
        "Театральная", timeout=PATIENCE_MS
    )
    await boss.page.get_by_role("button", name="Вернуть программе").click()
    await expect(boss.page.get_by_role("button", name="Вступить")).to_be_visible(timeout=PATIENCE_MS)
    await boss.page.keyboard.press("Escape")
    await expect(boss.page.locator("dialog")).to_be_hidden()
    await expect(line).to_be_focused()


async def test_an_alarm_is_answered_where_it_stands(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    talk = (await owner.post(START, json={"text": "позовите живого человека"})).json()["conversation_id"]
    boss = await opened(open_page, owner, running)
    card = boss.page.locator(".alarm", has=boss.page.locator(f"[data-id^='{talk}']"))
    await card.wait_for(timeout=PATIENCE_MS)
    await card.locator("input").fill("Перезвоню через час")
    await card.get_by_role("button", name="Ответить и закрыть").click()
    await expect(card).to_have_count(0, timeout=PATIENCE_MS)
    said = (await owner.get(f"/api/v1/ai/conversation/{talk}/transcript")).json()["messages"][-1]
    assert "Перезвоню через час" in said["text"]


async def test_figures_open_without_a_script(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    boss = await opened(open_page, owner, running)
    await boss.page.goto(f"{running.base_url}/console/figures?days=7")
    await expect(boss.page.locator("nav.ranges [aria-current]")).to_contain_text("7")
    assert await boss.page.locator("script").count() == 0
