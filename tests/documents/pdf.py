"""Reads what stands in a PDF of ours: the words of each page as they were set, links and pictures."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|(T\*|Tm|Td)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(content: bytes) -> list[str]:
    """Return the text of every page; what is broken into lines is joined by spaces."""
    objects = _objects(content)
    fonts = _fonts(objects)
    found = []
    for body in objects.values():
        if re.search(rb"/Type /Page\b", body):
            contents = re.search(rb"/Contents (\d+) 0 R", body)
            assert contents
            found.append(_text(_stream(objects[int(contents[1])]), fonts))
    return found


def text(content: bytes) -> str:
    """Return all words of a file."""
    return " ".join(" ".join(pages(content)).split())


def squeezed(words: str) -> str:
    """Return words without any space, for those that lines have broken."""
    return "".join(words.split())


def pictures(content: bytes) -> list[bytes]:
    """Return the JPEGs in a file."""
    return [_raw(body) for body in _objects(content).values() if b"/DCTDecode" in body]


def links(content: bytes) -> list[str]:
    """Return the addresses that can be pressed."""
    return [found.decode("ascii") for found in re.findall(rb"/URI \(([^)]*)\)", content)]


def _objects(content: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in _OBJECT.findall(content)}


def _raw(body: bytes) -> bytes:
    return body.split(b"stream\n", 1)[1].split(b"\x0aendstream", 1)[0].strip(b"\r\n")


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.split(b"stream", 1)[1].lstrip(b"\r\n").rsplit(b"endstream", 1)[0])


def _fonts(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        name, cmap = re.search(rb"/Name /(F\d+\+\d+)", body), re.search(rb"/ToUnicode (\d+) 0 R", body)
        if name and cmap:
            fonts[name[1]] = _cmap(_stream(objects[int(cmap[1])]))
    return fonts


def _cmap(body: bytes) -> dict[int, str]:
    pairs = re.findall(
        rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>", body.split(b"endcodespacerange")[1], re.IGNORECASE
    )
    found = {int(code, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for code, sign in pairs}
    for first, last, sign in re.findall(
        rb"<([0-9A-F]{2})> <([0-9A-F]{2})> <([0-9A-F]{4})>", body, re.IGNORECASE
    ):
        for code in range(int(first, 16), int(last, 16) + 1):
            found[code] = chr(int(sign, 16) + code - int(first, 16))
    return found


def _text(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    font: dict[int, str] = {}
    words: list[str] = []
    for name, shown, moved in _SHOWN.findall(stream):
        if name:
            font = fonts.get(name, {})
        elif moved:
            words.append(" ")
        elif shown:
            words.append("".join(font.get(code, "?") for code in _bytes(shown)))
    return "".join(words)


def _bytes(escaped: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8) & 0xFF]) if code.isdigit() else _NAMED.get(code, code)

    return _ESCAPE.sub(plain, escaped)
