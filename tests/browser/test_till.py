"""Money at the door, in browsers: by card, by SBP, after a refusal, over a bad line, without a network."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.talking import PATIENCE_MS, done_job

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Locator, Route

    from tests.browser.conftest import Opener, Person, Running

pytestmark = pytest.mark.browser

SOON_MS = 3_000  # what a bank says is on the screen by then, on two busy cores
QR_PX_MIN = 240


async def _at_the_methods(
    open_page: "Opener", owner: "httpx.AsyncClient", **context: object
) -> "tuple[Person, Locator, str]":
    """Open the terminal at a job that is done, up to the choice of a method."""
    job_id, token = await done_job(owner)
    master = await open_page(f"/terminal#t={token}", **context)
    card = master.page.locator(f".card[data-job='{job_id}']")
    await card.locator("form .button").click(timeout=PATIENCE_MS)
    await card.locator("[data-method=card]").wait_for(timeout=PATIENCE_MS)
    return master, card, job_id


async def _providers_page(
    open_page: "Opener", running: "Running", card: "Locator", master: "Person"
) -> "Person":
    """Open the page where the client pays, as its code or its link does."""
    link = card.get_by_role("link", name="Открыть страницу оплаты")
    url = await link.get_attribute("href", timeout=PATIENCE_MS)
    assert url is not None
    return await open_page(url.removeprefix(running.base_url), beside=master)


@pytest.mark.row("A79")
@pytest.mark.row("A102")
async def test_a_client_pays_by_the_code_on_the_screen_and_the_receipt_comes_by_itself(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    master, card, job_id = await _at_the_methods(open_page, owner, color_scheme="dark")
    await card.locator("[data-method=sbp]").click()
    code = card.locator("img.qr")
    await code.wait_for(timeout=PATIENCE_MS)
    await expect(code).to_have_js_property("complete", value=True)
    assert await code.evaluate("node => node.naturalWidth > 0")
    box = await code.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= QR_PX_MIN
    await expect(code).to_have_css("background-color", "rgb(255, 255, 255)")  # by night too
    await expect(card.locator("[data-until]")).to_contain_text("Код действует ещё 1")

    await master.page.reload()  # closed and opened in the middle: the same code is still there
    await code.wait_for(timeout=PATIENCE_MS)
    client = await _providers_page(open_page, running, card, master)
    await client.page.locator("form .button.big").click()

    await expect(card.locator(".tear")).to_contain_text("Оплата принята", timeout=SOON_MS)
    job = (await owner.get(f"/api/v1/jobs/{job_id}")).json()
    assert (job["status"], job["payment"]["method"]) == ("paid", "sbp")
    await expect(card.locator(".tear")).to_contain_text(job["payment"]["split"]["master"]["text"])


@pytest.mark.row("A78")
@pytest.mark.row("A80")
async def test_a_declined_card_is_explained_and_another_card_or_cash_is_taken(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    master, card, job_id = await _at_the_methods(open_page, owner)
    await card.locator("[data-method=card]").click()
    client = await _providers_page(open_page, running, card, master)
    await client.page.locator("form .button.bad").click()
    await expect(card.locator(".refusal")).to_contain_text("не хватило денег", timeout=SOON_MS)

    await card.locator("[data-method=card]").click()  # another card: a payment of its own
    await card.locator("img.qr").wait_for(timeout=PATIENCE_MS)
    await card.get_by_role("button", name="Другой способ").click()
    await card.locator("[data-method=cash]").click()
    await card.locator("form .button:not(.quiet)").click()
    await expect(card.locator(".tear")).to_contain_text("Оплата принята", timeout=PATIENCE_MS)
    job = (await owner.get(f"/api/v1/jobs/{job_id}")).json()
    assert (job["status"], job["payment"]["method"]) == ("paid", "cash")


@pytest.mark.row("A78")
@pytest.mark.row("A101")
async def test_pressing_twice_over_a_bad_line_asks_for_one_charge_and_it_is_paid(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    master, card, job_id = await _at_the_methods(open_page, owner)
    keys: list[str | None] = []

    async def spoil(route: "Route") -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if len(keys) == 1:
            await route.abort()  # lost on the way there
        elif len(keys) == 2:
            await route.fetch()  # lost on the way back
            await route.abort()
        else:
            await route.continue_()

    await master.page.route("**/api/v1/terminal/payment/card", spoil)
    method = card.locator("[data-method=card]")
    await method.dblclick(no_wait_after=True)
    await expect(master.page.locator("#net")).to_be_visible(timeout=SOON_MS)
    await master.page.reload()  # the page is closed in the middle, and opened again
    await card.locator(".till").wait_for(timeout=PATIENCE_MS)
    if await method.count():
        await method.click()
    client = await _providers_page(open_page, running, card, master)
    assert len(set(keys)) == 1  # however often it was pressed, it was one press

    await client.page.locator("form .button.big").click()
    await expect(card.locator(".tear")).to_contain_text("Оплата принята", timeout=PATIENCE_MS)
    paid = [row for row in (await owner.get("/api/v1/payments")).json()["items"] if row["job_id"] == job_id]
    assert [row["status"] for row in paid] == ["succeeded"]


@pytest.mark.row("A139")
async def test_a_terminal_opens_without_a_network_and_keeps_nothing_of_anybody(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    master, card, _ = await _at_the_methods(open_page, owner)
    page = master.page
    await page.evaluate("navigator.serviceWorker.ready")
    await page.context.set_offline(True)
    await expect(page.locator("#net")).to_contain_text("Нет связи", timeout=SOON_MS)
    await card.locator("[data-method=sbp]").click()  # waits for the line, and is not lost
    await expect(card.locator("[data-method=sbp]")).to_be_disabled()

    await page.reload()
    await expect(page.locator("#away")).to_be_visible(timeout=PATIENCE_MS)
    kept = await page.evaluate(
        "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).map(({ url }) => url))"
    )
    assert kept
    assert not [url for url in kept if "/api/" in url or "/jobs/" in url or "?" in url]

    await page.context.set_offline(False)
    await card.locator(".till").wait_for(timeout=PATIENCE_MS)
    if await card.locator("[data-method=sbp]").count():  # a press may have gone just before the line went
        await card.locator("[data-method=sbp]").click()
    await card.locator("img.qr").wait_for(timeout=PATIENCE_MS)
    await expect(page.locator("#net")).to_be_hidden()


@pytest.mark.row("A87")
async def test_a_master_says_where_his_money_goes_and_is_shown_its_end(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    _, token = await done_job(owner)
    master = await open_page(f"/terminal#t={token}")
    page = master.page
    await page.locator("#friday button").click(timeout=PATIENCE_MS)
    await page.fill("#payout-phone", "911")
    await page.locator("#payout-to .button:not(.quiet)").click()
    await expect(page.locator("#payout-to .refusal")).to_contain_text("+7 911")
    await page.fill("#payout-phone", "8 (911) 456-78-90")
    await page.select_option("#payout-bank", label="Т-Банк")
    await page.locator("#payout-to .button:not(.quiet)").click()
    await expect(page.locator("#friday")).to_contain_text("Т-Банк, •••• 7890", timeout=PATIENCE_MS)


@pytest.mark.row("A27")
async def test_a_device_is_ordered_and_activated_by_its_code(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    job_id, token = await done_job(owner)
    master = await open_page(f"/terminal#t={token}")
    await master.page.get_by_role("button", name="Заказать отдельный аппарат").click(timeout=PATIENCE_MS)
    code = await master.page.locator(".code").inner_text(timeout=PATIENCE_MS)

    device = await open_page("/terminal")
    await device.page.fill("#link", code)
    await device.page.locator("#enter .button").click()
    await device.page.locator(f".card[data-job='{job_id}']").wait_for(timeout=PATIENCE_MS)

    other = await open_page("/terminal")
    await other.page.fill("#link", code)
    await other.page.locator("#enter .button").click()
    await expect(other.page.locator("#enter .refusal")).to_contain_text("уже сработал")
