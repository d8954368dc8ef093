"""What both roads of SMS share: the alphabets, what a text costs, how numbers are read."""

import pytest
from hypothesis import given, strategies as st

from channels.sms.alphabet import Coding, coding_of, octets, read_gsm, segments, split
from channels.sms.pdu import Unreadable, encoding_of
from channels.sms.phones import e164, is_e164

GSM = "@£$¥ abcXYZ019 ÄÖÑÜ§ {}[]~|€^\\ ΔΦ"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # an escape and a letter each
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("€" * 153, 3),  # no pair is torn in two: 76 of them in a segment
        ("ж", 1),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 670, 10),
        ("a" * 69 + "ж", 1),  # one such letter and all are dear
        ("a" * 70 + "ж", 2),
        ("🔧" * 35, 1),
        ("🔧" * 36, 2),
        ("🔧" * 67, 3),  # 33 in a segment: no letter is torn in two
    ],
)
def test_a_text_costs_so_many_segments(text: str, number: int) -> None:
    assert segments(text) == number


@given(st.text(max_size=500))
def test_what_is_split_is_the_text(text: str) -> None:
    coding = coding_of(text)

    whole = b"".join(split(text, coding))

    assert whole == octets(text, coding)
    if coding is Coding.GSM:
        assert read_gsm(whole) == text
    else:
        assert all(each.decode("utf-16-be") for each in split(text, coding))


def test_the_gsm_alphabet_is_that_of_the_description() -> None:
    assert octets(GSM, Coding.GSM).hex(" ") == (
        "00 01 02 03 20 61 62 63 58 59 5a 30 31 39 20 5b 5c 5d 5e 5f 20 "
        "1b 28 1b 29 1b 3c 1b 3e 1b 3d 1b 40 1b 65 1b 14 1b 2f 20 10 12"
    )
    assert read_gsm(b"\x1b") == " "  # torn by somebody else
    assert read_gsm(b"\x1b\x41\x80") == "A\ufffd"


@pytest.mark.parametrize(
    ("coding", "name"),
    [
        (0x00, "gsm"),
        (0x01, "latin-1"),
        (0x03, "latin-1"),
        (0x08, "utf-16-be"),
        (0x10, "gsm"),
        (0x18, "utf-16-be"),
        (0xC0, "gsm"),
        (0xE0, "utf-16-be"),
        (0xF1, "gsm"),
    ],
)
def test_how_octets_are_read(coding: int, name: str) -> None:
    assert encoding_of(coding) == name


@pytest.mark.parametrize("coding", [0x02, 0x04, 0x05, 0x14, 0xF5])
def test_what_is_no_text_is_told_as_such(coding: int) -> None:
    with pytest.raises(Unreadable):
        encoding_of(coding)


@pytest.mark.parametrize(
    ("told", "ton", "number"),
    [
        ("79110000001", 1, "+79110000001"),
        ("+79110000001", 0, "+79110000001"),
        ("79110000001", 0, "+79110000001"),
        ("89110000001", 0, "+79110000001"),
        ("9110000001", 2, "+79110000001"),
        ("491701234567", 1, "+491701234567"),
        ("Sberbank", 5, None),
        ("900", 3, None),
        ("0", 1, None),
        ("", 0, None),
        ("٣٣٣٣٣٣٣٣٣٣", 0, None),
    ],
)
def test_a_number_is_read_or_nobodys(told: str, ton: int, number: str | None) -> None:
    assert e164(told, ton=ton) == number


def test_only_whole_numbers_are_written_to() -> None:
    assert is_e164("+79110000001")
    assert not any(map(is_e164, ("79110000001", "+", "+0123456789", "+7911 000", "+7911000000123456", "Ж")))
