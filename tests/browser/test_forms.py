"""The form without a script, the way from it into the talk, doors beside a talk, and a messenger's word."""

import json
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.talking import PATIENCE_MS, TROUBLE

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser

DESK = {"width": 1440, "height": 900}
DOORS = {
    "items": [
        {
            "name": name,
            "url": f"https://{host}/naryad_bot?start=avito",
            "qr": f"/api/v1/doors/{name}.svg?role=client",
        }
        for name, host in (("telegram", "t.me"), ("max", "max.ru"))
    ]
}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.mark.row("A7", "A34")
async def test_a_form_needs_no_script_and_leads_into_the_talk(open_page: "Opener") -> None:
    client = await open_page("/form?src=flyer", java_script_enabled=False)
    page = client.page
    await page.fill("#words", TROUBLE)
    await page.fill("#phone", "12")
    await page.click("form button")
    await expect(page.get_by_role("alert")).to_contain_text("Такого номера не бывает")
    assert await page.input_value("#words") == TROUBLE

    await page.fill("#phone", "8 911 000-00-58")
    await page.click("form button")
    link = await page.locator("a.button.big").get_attribute("href", timeout=PATIENCE_MS)
    assert link
    other = await open_page(link[link.index("/chat") :])
    await expect(other.page.locator(".own").first).to_contain_text(TROUBLE, timeout=PATIENCE_MS)
    assert "#" not in other.page.url


@pytest.mark.row("A30")
async def test_a_talk_shows_the_other_doors_and_goes_on_there(open_page: "Opener") -> None:
    client = await open_page("/privacy", viewport=DESK)
    page = client.page
    asked: list[str] = []

    async def doors(route: "Route") -> None:
        asked.append(route.request.url)
        is_picture = ".svg" in route.request.url
        body, type = (PICTURE, "image/svg+xml") if is_picture else (json.dumps(DOORS), "application/json")
        await route.fulfill(body=body, content_type=type)

    await page.route("**/api/v1/doors**", doors)
    await page.route("**/api/v1/doors/*", doors)
    await page.goto(page.url.replace("/privacy", "/chat?src=avito"))
    chip = page.get_by_role("complementary", name="Удобнее в мессенджере?").get_by_role(
        "link", name="Telegram"
    )
    await expect(chip).to_have_attribute("href", "https://t.me/naryad_bot?start=avito", timeout=PATIENCE_MS)
    await expect(page.locator(".code-by-phone")).to_be_visible()
    assert asked[0].endswith("role=client&src=avito")

    await page.fill("#words", TROUBLE)
    await page.click(".send")
    await expect(page.locator(".code-by-phone")).to_be_hidden()
    await chip.press("Enter")
    await expect(page.locator(".own").last).to_contain_text("Продолжить в Telegram")
    await expect(page.locator(".said:not(.own)").last).to_contain_text("код", timeout=PATIENCE_MS)


async def test_a_talk_that_cannot_begin_can_be_tried_again(open_page: "Opener") -> None:
    client = await open_page("/privacy")
    page = client.page
    await page.route("**/conversation/start", lambda route: route.fulfill(status=500, body="{}"))
    await page.goto(page.url.replace("/privacy", "/chat"))
    again = page.get_by_role("button", name="Попробовать ещё раз")
    await expect(again).to_be_focused(timeout=PATIENCE_MS)
    await page.unroute_all()
    await again.press("Enter")
    await page.locator(".said").first.wait_for(timeout=PATIENCE_MS)


@pytest.mark.row("A139")
async def test_a_messengers_word_that_nobody_signed_opens_nothing(open_page: "Opener") -> None:
    stranger = await open_page("/terminal#tgWebAppData=user%3D%257B%257D%26hash%3D0&tgWebAppVersion=8.0")
    page = stranger.page
    await expect(page.get_by_role("alert")).to_contain_text("Сюда пускаю мастеров", timeout=PATIENCE_MS)
    assert "#" not in page.url
