"""The client's talk in a browser."""

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.talking import PATIENCE_MS, TROUBLE, ask_for_times, say, take_a_time

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser

MESSAGE = "**/api/v1/ai/conversation/*/message"
TRANSCRIPT = "**/api/v1/ai/conversation/*/transcript*"


async def test_a_client_is_greeted_answered_and_finds_the_talk_again(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await say(client.page, TROUBLE)
    heard = await client.page.locator(".said > p").all_inner_texts()
    assert heard.count(TROUBLE) == 1

    await client.page.reload()
    await client.page.locator(".own").first.wait_for(timeout=PATIENCE_MS)
    assert await client.page.locator(".said > p").all_inner_texts() == heard


async def test_words_are_on_the_screen_before_the_server_has_them(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await client.page.route(MESSAGE, lambda _: None)  # a line that swallows everything

    await client.page.fill("#words", TROUBLE)
    await client.page.click(".send")

    assert TROUBLE in await client.page.locator(".own").inner_text(timeout=1_000)
    await client.page.unroute_all(behavior="ignoreErrors")


async def test_a_bad_line_neither_loses_nor_doubles_a_message(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    fates = ["lost on the way there", "lost on the way back"]

    async def spoil(route: "Route") -> None:
        fate = fates.pop(0) if fates else ""
        if fate == "lost on the way there":
            await route.abort()
        elif fate:
            await route.fetch()  # the server has it, the page does not know
            await route.abort()
        else:
            await route.continue_()

    await client.page.route(MESSAGE, spoil)
    await client.page.fill("#words", TROUBLE)
    await client.page.click(".send")
    await client.page.locator("#net").wait_for(timeout=PATIENCE_MS)  # the person is told

    await client.page.locator(".own time").wait_for(timeout=PATIENCE_MS)
    await client.page.reload()
    await client.page.locator(".own time").wait_for(timeout=PATIENCE_MS)
    assert await client.page.locator(".own").count() == 1


async def test_a_message_survives_a_reload_on_a_dead_line(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await client.page.route(MESSAGE, lambda route: route.abort())
    await client.page.fill("#words", TROUBLE)
    await client.page.click(".send")
    await client.page.locator(".own").wait_for(timeout=PATIENCE_MS)
    await client.page.unroute_all()

    await client.page.reload()

    await client.page.locator(".own time").wait_for(timeout=PATIENCE_MS)
    # It may have arrived just before the reload; then it is asked for again, and shown once in the end.
    await expect(client.page.locator(".own")).to_have_count(1, timeout=PATIENCE_MS)


async def test_times_stand_with_their_prices_and_are_taken_once(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await ask_for_times(client.page)
    slot = client.page.locator(".slot:enabled").first
    assert "₽" in await slot.locator(".slot-price").inner_text()
    assert ":" in await slot.locator(".slot-time").inner_text()

    presses: list[str] = []
    client.page.on(
        "request", lambda sent: presses.append(sent.url) if sent.url.endswith("/message") else None
    )
    await slot.dblclick(no_wait_after=True)
    await client.page.locator(".slot[aria-pressed=true]").wait_for(timeout=PATIENCE_MS)

    assert await client.page.locator(".slot:enabled").count() == 0  # pressed buttons are ink now
    assert len(presses) == 1


async def test_the_slip_fills_itself_in(open_page: "Opener") -> None:
    client = await open_page("/chat", viewport={"width": 1280, "height": 800})
    await ask_for_times(client.page)
    await take_a_time(client.page)

    slip = client.page.locator("#slip")
    await slip.locator(".stamp").wait_for(timeout=PATIENCE_MS)
    written = await slip.inner_text()
    assert "Театральная" in written
    assert "____" not in written


async def test_what_a_person_writes_is_text_and_never_a_page(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await say(client.page, hostile)

    assert await client.page.locator(".own p").first.inner_text() == hostile
    assert await client.page.locator(".said img, .said script").count() == 0
    assert await client.page.title() not in ("1", "2")


async def test_a_talk_works_by_keyboard_alone(open_page: "Opener") -> None:
    client = await open_page("/chat", viewport={"width": 1280, "height": 800})
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    for _ in range(12):
        await client.page.keyboard.press("Tab")
        if await client.page.evaluate("document.activeElement.id") == "words":
            break
    await client.page.keyboard.type(TROUBLE)
    await client.page.keyboard.press("Enter")

    await client.page.locator(".own time").wait_for(timeout=PATIENCE_MS)
    assert await client.page.locator("#words").input_value() == ""


async def test_a_new_request_leaves_the_old_one_within_reach(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await say(client.page, TROUBLE)

    await client.page.click("#new")
    await client.page.locator("#others").wait_for(timeout=PATIENCE_MS)
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    assert await client.page.locator(".own").count() == 0

    await client.page.select_option("#others", "1")
    await client.page.locator(".own").wait_for(timeout=PATIENCE_MS)
    assert TROUBLE in await client.page.locator(".own").inner_text()


async def test_a_talk_the_server_forgot_begins_anew(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await client.page.evaluate(
        """() => {
          const talks = JSON.parse(localStorage['talks.client']);
          talks[0].id = 'gone'; talks[0].token = 'c.gone.gone';
          localStorage['talks.client'] = JSON.stringify(talks);
        }"""
    )

    await client.page.reload()

    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    assert await client.page.evaluate("JSON.parse(localStorage['talks.client'])[0].id") != "gone"
    assert not await client.page.locator("#others").is_visible()  # the lost one is not offered again


async def test_a_master_talks_in_the_same_way(open_page: "Opener") -> None:
    master = await open_page("/join")
    await master.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)
    await say(master.page, "Иван Петров, электрик, Калининград")

    assert await master.page.locator(".own time").count() == 1


# The route that lets a transcript wait shows that news cannot overtake what was said before it.
async def test_news_does_not_show_a_message_twice(open_page: "Opener") -> None:
    client = await open_page("/chat")
    await client.page.locator(".said").first.wait_for(timeout=PATIENCE_MS)

    async def slowly(route: "Route") -> None:
        await client.page.wait_for_timeout(300)
        await route.continue_()

    await client.page.route(TRANSCRIPT, slowly)
    await say(client.page, TROUBLE)
    await client.page.wait_for_timeout(1_500)

    assert await client.page.locator(".own").count() == 1
    await client.page.unroute_all(behavior="ignoreErrors")
