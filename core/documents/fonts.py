"""The letters on paper: one family with Cyrillic, № and ₽, and what is done about other signs."""

import unicodedata
from functools import cache

import font_source_sans_pro
from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Naryad", "Naryad-Bold"
UNKNOWN = "◊"  # stands where the font has no such letter
_FILES = {REGULAR: "SourceSansPro", BOLD: "SourceSansProSemibold"}
# Joiners, selectors and directions: they change how neighbours look and have no look of their own.
_INVISIBLE = dict.fromkeys(
    (0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0xFE00, 0xFE10))
)
_SPACES = {ord(sign): " " for sign in "\t\u2028\u2029\u202f\u2007\u2008\u2009\u200a"}
_MARKS = {"□": "☐", "✅": "✓", "✔": "✓", "❗": "!", "‼": "!!", "❓": "?", "➡": "→", "⬅": "←", "‑": "-"}


@cache
def register() -> None:
    """Make the family known to reportlab, once. Italics have no Cyrillic: upright stands for them."""
    rl_config.invariant = 1  # equal input gives equal bytes: no time of day, no chance in the file
    rl_config.useA85 = 0  # a photo stays as small as it is
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, font_source_sans_pro.font_files_ttf[file]))
    for bold, name in ((0, REGULAR), (1, BOLD)):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, name)
    # Any style that names no font of ours would silently print boxes for Cyrillic.
    rl_config.canvas_basefontname = REGULAR


@cache
def _signs() -> frozenset[int]:
    register()
    known: dict[int, int] = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return frozenset(known)


def printable(text: str) -> str:
    """Return a text with only signs that the font has.

    A sign is replaced by its plain form where it has one (`℃` → `°C`), an emoji by its name in brackets,
    a letter of a script that we cannot print by `◊`. Nothing is left out silently.
    """
    if text.isascii() and text.isprintable():
        return text
    known = _signs()
    whole = unicodedata.normalize("NFC", text).translate(_SPACES).translate(_INVISIBLE)
    return "".join(sign if ord(sign) in known or sign == "\n" else _stand_in(sign, known) for sign in whole)


def has_unknown(text: str) -> bool:
    """Tell whether a text has letters that cannot be printed."""
    return UNKNOWN in printable(text)


def _stand_in(sign: str, known: frozenset[int]) -> str:
    plain = _MARKS.get(sign) or unicodedata.normalize("NFKD", sign)
    if plain != sign and all(ord(each) in known for each in plain):
        return plain
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cf", "Mn", "Me", "Cn", "Co"):
        return "" if kind != "Cn" else UNKNOWN
    if kind == "Sk" and unicodedata.name(sign, "").startswith("EMOJI MODIFIER"):
        return ""
    if kind.startswith("S"):
        return f"[{unicodedata.name(sign, 'sign').lower()}]"
    return UNKNOWN
