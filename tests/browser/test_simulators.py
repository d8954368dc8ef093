"""The page of the other side, in Chromium: be somebody, write, press, send a photo, share, break, block."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.async_api import expect

from bots.simulators.telegram import CLIENT_TOKEN
from tests.towns import town

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.browser

SOON_MS = 5_000
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def test_one_is_the_other_side_of_a_talk(browser: "Browser", tmp_path: Path) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    async with town(tmp_path, only=("telegram", "vk")) as (_, url), httpx.AsyncClient(base_url=url) as bot:

        async def call(method: str, **told: Any) -> Any:
            return (await bot.post(f"/telegram/bot{CLIENT_TOKEN}/{method}", json=told)).json()["result"]

        await page.goto(url)
        await page.fill("#new [name=name]", "Света")
        await page.get_by_role("button", name="Стать им").click()
        await page.fill("#words", "розетка искрит")
        await page.keyboard.press("Enter")
        await expect(page.locator(".own")).to_contain_text("розетка искрит", timeout=SOON_MS)
        (update,) = await call("getUpdates", timeout=3)
        chat_id = update["message"]["chat"]["id"]

        buttons = {"inline_keyboard": [[{"text": "Срочно", "callback_data": "urgent"}]]}
        await call("sendMessage", chat_id=chat_id, text="Когда приехать?", reply_markup=buttons)
        asked = {"keyboard": [[{"text": "Мой номер", "request_contact": True}]]}
        await call("sendMessage", chat_id=chat_id, text="Ваш телефон?", reply_markup=asked)
        await page.get_by_role("button", name="Срочно").click(timeout=SOON_MS)
        await page.get_by_role("button", name="Мой номер").click()
        await page.set_input_files(
            "#picker", {"name": "socket.png", "mimeType": "image/png", "buffer": PHOTO}
        )
        await expect(page.locator(".own img")).to_have_js_property("naturalWidth", 1, timeout=SOON_MS)
        await page.locator("#more summary").click()
        await page.get_by_role("button", name="Я здесь").click()
        await expect(page.locator(".own")).to_have_count(5, timeout=SOON_MS)

        came = await call("getUpdates", offset=update["update_id"] + 1, timeout=1)
        pressed, contact, photo, place = came
        assert pressed["callback_query"]["data"] == "urgent"
        assert contact["message"]["contact"]["phone_number"] == "79110000001"
        assert photo["message"]["photo"][-1]["file_size"] == len(PHOTO)
        assert place["message"]["location"]["latitude"] == 54.7104

        await page.select_option("#fault [name=kind]", "refuse")
        await page.get_by_role("button", name="Сломать").click()
        await expect(page.locator("#done")).to_have_text("Сломано.", timeout=SOON_MS)
        broken = await bot.post(f"/telegram/bot{CLIENT_TOKEN}/getMe")
        await page.get_by_role("button", name="Заблокировать").click()
        await expect(page.get_by_role("button", name="Разблокировать")).to_be_visible(timeout=SOON_MS)
        shut = {"chat_id": chat_id, "text": "Вы где?"}
        refused = await bot.post(f"/telegram/bot{CLIENT_TOKEN}/sendMessage", json=shut)
        await page.get_by_role("link", name="Ко всем людям").click()
        await expect(page.locator("#people")).to_contain_text("заблокировал", timeout=SOON_MS)
        await context.close()

    assert (broken.status_code, refused.status_code) == (503, 403)
    assert complaints == []
