"""The whole loop in browsers: a client's talk, a master's terminal, the owner's console, the job file."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.talking import PATIENCE_MS, ask_for_times, take_a_time, terminal_of

if TYPE_CHECKING:
    import httpx
    from playwright.async_api import Locator

    from tests.browser.conftest import Opener, Person, Running

pytestmark = pytest.mark.browser

STEPS = ("Беру", "Выехал", "На месте", "Начал работу", "Закончил")


async def _bound(open_page: "Opener", owner: "httpx.AsyncClient") -> "tuple[Person, Person, str, Locator]":
    """Bring a client to a job, and its master to his terminal; return both, the job's id and its card."""
    client = await open_page("/chat")
    await ask_for_times(client.page)
    job_id = await take_a_time(client.page)
    token = await terminal_of(owner, job_id, client.page)
    master = await open_page(f"/terminal#t={token}")
    card = master.page.locator(f".card[data-job='{job_id}']")
    await card.wait_for(timeout=PATIENCE_MS)
    return client, master, job_id, card


async def _work_until_done(card: "Locator") -> None:
    """Press each step twice, whichever comes; a demo master may have taken some of them himself."""
    amount = card.locator("input[id^=amount]")
    for step in STEPS:
        button = card.locator("button", has_text=step)
        if await button.count():
            await button.dblclick(no_wait_after=True)
            await button.wait_for(state="detached", timeout=PATIENCE_MS)
    await amount.wait_for(timeout=PATIENCE_MS)


@pytest.mark.row("A76")
async def test_a_job_is_taken_done_and_paid_in_cash_from_a_phone(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    client, master, job_id, card = await _bound(open_page, owner)
    assert "#" not in master.page.url  # the token is in no history

    await _work_until_done(card)
    await card.locator("form .button").click()
    await card.locator("[data-method=cash]").click(timeout=PATIENCE_MS)
    cash = card.locator("input[id^=cash]")
    await cash.wait_for(timeout=PATIENCE_MS)
    due = int((await owner.get(f"/api/v1/jobs/{job_id}")).json()["payment"]["amount"]["minor"])

    await cash.fill(str(due // 100 - 100))
    await card.locator("form .button:not(.quiet)").click()
    await card.locator(".refusal").wait_for(timeout=PATIENCE_MS)  # too little, said in words

    await cash.fill(str(due // 100 + 500))
    # The change is told before it is given.
    await expect(card.locator("form .hint")).to_contain_text("500")
    await card.locator("form .button:not(.quiet)").dblclick(no_wait_after=True)
    receipt = card.locator(".tear")
    await expect(receipt).to_contain_text("Сдача", timeout=PATIENCE_MS)

    job = (await owner.get(f"/api/v1/jobs/{job_id}")).json()
    assert job["status"] == "paid"
    await expect(receipt).to_contain_text(job["payment"]["split"]["master"]["text"])
    await receipt.locator("button").click()
    await expect(master.page.locator("#finished")).to_contain_text(job["number"])
    await expect(client.page.locator("#slip .stamp")).to_have_text("Оплачено", timeout=PATIENCE_MS)


async def test_another_amount_waits_for_the_clients_tap(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    client, _, job_id, card = await _bound(open_page, owner)
    await _work_until_done(card)
    high = int((await owner.get(f"/api/v1/jobs/{job_id}")).json()["quote"]["high"]["minor"])

    await card.locator("input[id^=amount]").fill("три тысячи")
    await card.locator("form .button").click()
    await expect(card.locator("form .hint")).to_contain_text("цифрами")

    await card.locator("input[id^=amount]").fill(f"{high // 100 + 500},50")
    await card.locator("form .button").click()
    await card.locator(".tear").wait_for(timeout=PATIENCE_MS)

    yes = client.page.get_by_role("button", name="Да, согласен")
    await yes.click(timeout=PATIENCE_MS)

    await card.locator("[data-method=cash]").wait_for(timeout=PATIENCE_MS)
    payment = (await owner.get(f"/api/v1/jobs/{job_id}")).json()["payment"]
    assert payment["amount"]["minor"] == (high // 100 + 500) * 100 + 50


async def test_hours_are_changed_in_words_and_a_riddle_is_answered(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    _, master, _, _ = await _bound(open_page, owner)
    await master.page.fill("#when", "абракадабра")
    await master.page.click("#hours button")
    await master.page.locator("#hours-said.refusal").wait_for(timeout=PATIENCE_MS)

    await master.page.fill("#when", "послезавтра с 9 до 17")
    await master.page.click("#hours button")
    await expect(master.page.locator("#days")).to_contain_text("09:00–17:00", timeout=PATIENCE_MS)


async def test_the_owner_sees_the_job_why_and_books_that_balance(
    open_page: "Opener", owner: "httpx.AsyncClient", running: "Running"
) -> None:
    _, _, job_id, _ = await _bound(open_page, owner)
    link = (await owner.post("/api/v1/console-link")).json()["url"]
    boss = await open_page(link.removeprefix(running.base_url), viewport={"width": 1280, "height": 800})
    assert "key=" not in boss.page.url

    number = (await owner.get(f"/api/v1/jobs/{job_id}")).json()["number"]
    await boss.page.locator("#talks button", has_text=number).first.wait_for(timeout=PATIENCE_MS)
    await boss.page.locator("#why button", has_text=number).first.click()
    await boss.page.locator("dialog .reasons li").first.wait_for(timeout=PATIENCE_MS)
    await boss.page.keyboard.press("Escape")
    if await boss.page.locator("#balances tbody tr").count():
        await expect(boss.page.locator("#balances tfoot")).to_contain_text("Сходится")


async def test_a_job_file_opens_for_its_master_and_prints_complete(
    open_page: "Opener", owner: "httpx.AsyncClient"
) -> None:
    _, master, job_id, card = await _bound(open_page, owner)
    accept = card.locator("button", has_text="Беру")
    if await accept.count():
        await accept.click()

    await card.locator(f"a[href='/jobs/{job_id}/page']").click(timeout=PATIENCE_MS)

    file = master.page.locator("#file")
    for name in ("safety", "tools", "steps", "checks"):
        await expect(file.locator(f"section.{name} li").first).to_be_visible(timeout=PATIENCE_MS)
    await master.page.emulate_media(media="print")
    assert not await master.page.locator("#print").is_visible()


async def test_a_job_file_is_shut_to_a_stranger(open_page: "Opener", owner: "httpx.AsyncClient") -> None:
    _, _, job_id, _ = await _bound(open_page, owner)
    stranger = await open_page(f"/jobs/{job_id}/page")

    await expect(stranger.page.locator("#file")).to_contain_text("не открылся", timeout=PATIENCE_MS)
