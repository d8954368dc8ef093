"""Photos for paper: upright, small, without coordinates; bombs and broken files are refused."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from core.documents.photos import PIXELS_MAX, SIDE_MAX, PhotoRefused, Shrunk, shrink
from tests.documents.pictures import heic, jpeg, png


def _opened(shrunk: Shrunk) -> Image.Image:
    return Image.open(BytesIO(shrunk.content))


def test_a_photo_is_turned_as_it_was_taken() -> None:
    shrunk = shrink(jpeg(400, 200, orientation=6))
    assert (shrunk.width, shrunk.height) == (200, 400)
    red, _, blue = _opened(shrunk).getpixel((190, 10))  # type: ignore[misc]
    assert blue > red  # the left upper corner stands right now


def test_nothing_is_written_beside_the_pixels() -> None:
    shrunk = shrink(jpeg(400, 200, has_gps=True))
    assert not _opened(shrunk).getexif()
    assert b"Exif" not in shrunk.content


@pytest.mark.parametrize("content", [jpeg(3_000, 1_500), heic(2_000, 1_000)])
def test_a_large_photo_is_made_small(content: bytes) -> None:
    shrunk = shrink(content)
    assert (shrunk.width, shrunk.height) == (SIDE_MAX, SIDE_MAX // 2)


def test_what_is_transparent_is_white_on_paper() -> None:
    assert _opened(shrink(png(10, 10))).getpixel((5, 5)) == (255, 255, 255)


def _bomb(side: int) -> bytes:
    """Return a PNG that says it is huge; no pixel of it need be there."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_is_opened(side: int) -> None:
    assert side * side > PIXELS_MAX
    with pytest.raises(PhotoRefused, match="large"):
        shrink(_bomb(side))


@pytest.mark.parametrize("content", [b"", b"x", b"\xff\xd8\xff", jpeg(200, 200)[:300], b"%PDF-1.4"])
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoRefused, match="broken"):
        shrink(content)
