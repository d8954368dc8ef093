"""Clients' photos for paper: turned upright, made small, without the coordinates that phones add."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, ImageOps

SIDE_MAX = 1_280
PIXELS_MAX = 64_000_000  # a phone's largest picture has 50 million; a bomb has thousands of millions
QUALITY = 80
_WHITE = (255, 255, 255)


class PhotoRefused(ValueError):  # noqa: N818 - it is said on the paper, not raised at anybody
    """A file that cannot be shown as a photo: `broken`, or `large` beyond what is opened."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A JPEG with nothing but its pixels."""

    content: bytes
    width: int
    height: int


@cache
def _prepare() -> None:
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX


def shrink(content: bytes) -> Shrunk:
    """Return a photo upright and at most `SIDE_MAX` pixels long.

    Raises:
        PhotoRefused: it is broken, or too large to be opened safely.
    """
    _prepare()
    try:
        with Image.open(BytesIO(content)) as opened:
            _check(opened)
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is read at a fraction of its size
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
            return _as_jpeg(_flat(upright))
    except PhotoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoRefused("large") from None
    except Exception:  # noqa: BLE001 - decoders fail in many ways, and a job file fails in none
        raise PhotoRefused("broken") from None


def _check(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        raise PhotoRefused("large")


def _flat(image: Image.Image) -> Image.Image:
    """Lay what is transparent on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGB", clear.size, _WHITE)
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper
    return image.convert("RGB")


def _as_jpeg(image: Image.Image) -> Shrunk:
    out = BytesIO()
    bare = Image.new("RGB", image.size)  # nothing that was written beside the pixels comes along
    bare.paste(image)
    bare.save(out, "JPEG", quality=QUALITY, optimize=False)
    return Shrunk(out.getvalue(), *bare.size)
