"""Files that people send are fetched outside only, a few hops far, and never more than fits."""

import httpx
import pytest

from core.kernel.refusal import Unsayable
from core.wire import HOPS_MAX, fetched

HOME = "https://api.example.org"
PUBLIC = "http://93.184.216.34"
MOST = 100


def client(asked: list[str]) -> httpx.AsyncClient:
    """Answer by the path: /to/<address> leads there, /<n> is so many bytes."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        path = request.url.path
        if path.startswith("/to/"):
            return httpx.Response(302, headers={"location": path.removeprefix("/to/")})
        return httpx.Response(200, content=b"x" * int(path.strip("/") or 1))

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("url", [f"{PUBLIC}/7", f"{HOME}/7", f"{PUBLIC}/to/{PUBLIC}/7", f"{PUBLIC}/to//7"])
async def test_a_file_outside_is_fetched(url: str) -> None:
    _, content = await fetched(client([]), url, home=HOME, most=MOST)
    assert content == b"x" * 7


@pytest.mark.parametrize(
    "inside",
    [
        "http://127.0.0.1:8000/7",
        "http://localhost/7",
        "http://[::1]/7",
        "http://[::ffff:127.0.0.1]/7",
        "http://169.254.169.254/7",
        "http://10.0.0.1/7",
        "http://2130706433/7",
        "file:///etc/passwd",
        "gopher://93.184.216.34/7",
        "https:///7",
        "not an address",
    ],
)
async def test_nothing_inside_is_asked_for_by_whatever_way(inside: str) -> None:
    for url in (inside, f"{PUBLIC}/to/{inside}"):
        asked: list[str] = []
        with pytest.raises((Unsayable, httpx.UnsupportedProtocol)):
            await fetched(client(asked), url, home=HOME, most=MOST)
        assert all(each.startswith(PUBLIC) for each in asked)


async def test_what_is_too_large_or_leads_round_is_left() -> None:
    with pytest.raises(Unsayable):
        await fetched(client([]), f"{PUBLIC}/{MOST + 1}", home=HOME, most=MOST)
    asked: list[str] = []

    def round_and_round(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": "/a"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(round_and_round))
    with pytest.raises(Unsayable):
        await fetched(http, f"{PUBLIC}/a", home=HOME, most=MOST)
    assert len(asked) == HOPS_MAX
