"""The fault library as a page: masters and the owner read it, in both languages and without JavaScript."""

import re

import httpx
import pytest

from core.library.library import load_library
from core.meaning import Lang

People = dict[str, httpx.AsyncClient]


@pytest.mark.parametrize("who", ["owner", "anna"])
async def test_masters_and_the_owner_read_the_library(people: People, who: str) -> None:
    page = await people[who].get("/library", params={"lang": "ru"})

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert len(re.findall(r'href="/library/\w+\?lang=ru"', page.text)) == len(load_library().by_id)
    assert not re.search(r"<script|\son\w+=|\sstyle=|<style", page.text)


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("client", 403)])
@pytest.mark.parametrize("path", ["/library", "/library/socket_dead"])
async def test_the_library_is_not_public(people: People, who: str, status: int, path: str) -> None:
    page = await people[who].get(path)

    assert page.status_code == status
    assert load_library().fault("socket_dead").ru.title not in page.text


@pytest.mark.parametrize("lang", list(Lang))
async def test_an_entry_is_told_whole(people: People, lang: Lang) -> None:
    fault = load_library().fault("socket_sparks")
    page = await people["owner"].get("/library/socket_sparks", headers={"Accept-Language": lang})

    assert page.status_code == 200
    told = fault.instructions(lang)
    for line in (told.title, *told.tools, *told.parts, *told.steps, *told.safety, *told.checks):
        assert line.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;") in page.text
    assert f'<html lang="{lang}">' in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("розетку искрит", {"socket_sparks"}),
        ("qwertyuiop", set()),
        ("<script>", set()),
        ("boiler_nothing", set()),
    ],
)
async def test_the_search_finds_words_in_any_form(people: People, query: str, found: set[str]) -> None:
    page = await people["owner"].get("/library", params={"q": query, "lang": "ru"})

    assert set(re.findall(r'href="/library/(\w+)\?', page.text)) >= found
    assert bool(re.search(r'href="/library/\w+\?', page.text)) is bool(found)
    assert "<script>" not in page.text


async def test_an_unknown_entry_is_not_found(people: People) -> None:
    assert (await people["owner"].get("/library/nothing")).status_code == 404
    assert (await people["owner"].get("/library", params={"q": "я" * 101})).status_code == 422
