"""Pictures made for tests."""

from io import BytesIO

import pillow_heif
from PIL import Image

_ORIENTATION, _GPS = 0x0112, 0x8825


def jpeg(width: int, height: int, *, orientation: int = 1, has_gps: bool = False) -> bytes:
    """Return a photo as a phone writes it, blue in its left upper corner."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    if has_gps:
        exif.get_ifd(_GPS).update({1: "N", 2: (54.0, 42.0, 0.0), 3: "E", 4: (20.0, 30.0, 0.0)})
    return _saved(_picture(width, height), "JPEG", exif=exif)


def heic(width: int, height: int) -> bytes:
    """Return a photo as an iPhone writes it."""
    pillow_heif.register_heif_opener()
    return _saved(_picture(width, height), "HEIF")


def png(width: int, height: int) -> bytes:
    """Return a picture through which one can see."""
    return _saved(Image.new("RGBA", (width, height), (255, 0, 0, 0)), "PNG")


def _picture(width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), (200, 80, 40))
    picture.paste((20, 60, 200), (0, 0, max(1, width // 4), max(1, height // 4)))
    return picture


def _saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()
