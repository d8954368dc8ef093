"""What both roads of SMS share: the alphabets, what a text costs, how numbers are read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from channels.sms.alphabet import Coding, coding_of, octets, read_gsm, segments, split
from channels.sms.hand import IN_DOUBT, PARTS_WAIT, Hand, Whole
from channels.sms.pdu import Piece, Unreadable, encoding_of
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


# Parts


AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MESSAGES = {"a": ("раз ", "два ", "три"), "b": ("один ", "два ")}
PARTS = [(name, number) for name, parts in MESSAGES.items() for number in range(1, len(parts) + 1)]


def part(name: str, number: int) -> Piece:
    return Piece(
        sender="79110000001",
        ton=1,
        recipient="79990000000",
        coding=8,
        octets=MESSAGES[name][number - 1].encode("utf-16-be"),
        reference=ord(name),
        number=number,
        of=len(MESSAGES[name]),
    )


@given(st.permutations(PARTS), st.lists(st.sampled_from(PARTS)), st.data())
def test_parts_in_any_order_and_repeated_make_each_message_once(
    order: list[tuple[str, int]], repeats: list[tuple[str, int]], data: st.DataObject
) -> None:
    come = list(order)
    for each in repeats:  # again some time after it came
        place = data.draw(st.integers(come.index(each) + 1, len(come)))
        come.insert(place, each)
    mark: str | None = None
    found: list[Whole] = []

    for name, number in come:
        hand = Hand(mark)
        whole = hand.join(part(name, number), digest=f"{name}{number}", at=AT, is_new=False)
        found += [whole] if whole else []
        mark = hand.mark()

    assert sorted(each.text for each in found) == ["один два ", "раз два три"]
    assert len({each.key for each in found}) == 2


def test_a_mark_is_never_the_same() -> None:
    marks = [Hand().mark()]
    for _ in range(3):
        marks.append(Hand(marks[-1]).mark())

    assert len(set(marks)) == len(marks)


def test_doubts_end() -> None:
    hand = Hand()
    hand.join(part("a", 1), digest="x", at=AT, is_new=False)
    first = hand.join(Piece("79110000001", 1, "7", 8, b"\0x"), digest="y", at=AT, is_new=False)
    later = AT + IN_DOUBT + timedelta(seconds=1)

    assert not [*hand.overdue(later)]
    second = hand.join(Piece("79110000001", 1, "7", 8, b"\0x"), digest="y", at=later, is_new=False)
    assert first
    assert second
    assert first.key != second.key
    (given_up,) = hand.overdue(later + PARTS_WAIT)
    assert given_up.text == "раз …"
