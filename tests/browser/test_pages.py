"""The pages themselves: they fit a small phone, speak both languages, and complain of nothing."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.talking import PATIENCE_MS

if TYPE_CHECKING:
    from tests.browser.conftest import Opener, Running

pytestmark = pytest.mark.browser

PATHS = ("/", "/chat", "/join", "/terminal", "/console", "/privacy", "/jobs/none/page")
SMALLEST = {"width": 360, "height": 640}
UNNAMED = """
[...document.querySelectorAll("button, input, textarea, select, a[href]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.labels?.length)
  .map((one) => one.outerHTML)
"""


@pytest.mark.row("A7")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_the_smallest_phone(
    open_page: "Opener", running: "Running", scheme: str
) -> None:
    person = await open_page("/", viewport=SMALLEST, color_scheme=scheme)
    for path in PATHS:
        await person.page.goto(running.base_url + path)
        await person.page.wait_for_load_state("load")

        assert await person.page.evaluate("document.documentElement.scrollWidth") == SMALLEST["width"], path


async def test_everything_that_can_be_pressed_has_a_name(open_page: "Opener", running: "Running") -> None:
    person = await open_page("/")
    for path in PATHS:
        await person.page.goto(running.base_url + path)

        assert await person.page.evaluate(UNNAMED) == [], path


async def test_a_page_speaks_the_readers_language_and_another_on_request(open_page: "Opener") -> None:
    from playwright.async_api import expect  # noqa: PLC0415 - only where Chromium is

    person = await open_page("/", locale="en-GB")
    heading = person.page.locator("h1")
    assert "master" in await heading.inner_text()

    await person.page.click("a[hreflang=ru]")
    await expect(heading).to_contain_text("Мастер")
    assert await person.page.locator("html").get_attribute("lang") == "ru"

    await person.page.goto(person.page.url.split("?")[0])  # and it is remembered
    await expect(heading).to_contain_text("Мастер")


async def test_a_terminal_without_its_link_shows_only_the_door(open_page: "Opener") -> None:
    person = await open_page("/terminal#t=m.nobody.nothing")

    await person.page.locator("#enter .refusal").wait_for(timeout=PATIENCE_MS)
    assert not await person.page.locator("#work").is_visible()
    assert "nobody" not in person.page.url


async def test_a_stranger_sees_nothing_in_the_console(open_page: "Opener") -> None:
    person = await open_page("/console")

    await person.page.locator("#closed").wait_for(timeout=PATIENCE_MS)
    assert not await person.page.locator("#open").is_visible()
