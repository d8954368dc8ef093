"""The job file on paper: all of it, for a door in the rain, whatever a client wrote."""

import pytest

from core.documents.job_file import count_pages, print_job_file
from core.flows.files import paper_of, photos_of
from core.library.library import load_library
from core.paper import Audience, is_complete
from core.text.catalogue import LANGUAGES
from tests.documents import pdf
from tests.documents.papers import TALK, URL, a_job, a_paper, a_reader, said, sections, sent
from tests.documents.pictures import heic, jpeg

FAULTS = sorted(load_library().by_id)


@pytest.mark.row("A134")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_words_of_the_file_stand_on_paper(lang: str) -> None:
    reader = a_reader(lang)
    job = a_job("socket_sparks", "breaker_trips")
    printed = print_job_file(a_paper(job, reader=reader))
    words = pdf.squeezed(pdf.text(printed.content))
    for section in sections(job, reader=reader).values():
        for line in section.lines if not section.items else [item.words for item in section.items]:
            assert pdf.squeezed(line) in words, (section.name, line)
    assert printed.pages == count_pages(printed.content) == len(pdf.pages(printed.content))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("client", marks=pytest.mark.row("A51")),
        pytest.param("address", marks=pytest.mark.row("A51")),
        pytest.param("time", marks=pytest.mark.row("A51")),
        pytest.param("diagnosis", marks=pytest.mark.row("A52")),
        pytest.param("price", marks=pytest.mark.row("A53")),
        pytest.param("tools", marks=pytest.mark.row("A54")),
        pytest.param("consumables", marks=pytest.mark.row("A55")),
        pytest.param("parts", marks=pytest.mark.row("A56")),
        pytest.param("steps", marks=pytest.mark.row("A57")),
        pytest.param("safety", marks=pytest.mark.row("A58")),
        pytest.param("checks", marks=pytest.mark.row("A59")),
        pytest.param("transcript", marks=[pytest.mark.row("A47"), pytest.mark.row("A49")]),
    ],
)
def test_a_section_has_its_place_and_all_its_lines(name: str) -> None:
    section = sections(a_job())[name]
    words = pdf.squeezed(pdf.text(print_job_file(a_paper()).content))
    assert section.lines
    assert pdf.squeezed(section.title) in words
    for line in [item.words for item in section.items] or section.lines:
        assert pdf.squeezed(line) in words


@pytest.mark.row("A63")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_is_enough_for_the_door(lang: str) -> None:
    first = pdf.pages(print_job_file(a_paper(reader=a_reader(lang))).content)[0]
    for words in (
        "К-4827",
        "14:00",
        "Анна",
        "+7 911 123-45-67",
        "Театральная, 30",
        "14В",
        "3 000 ₽",
        "2 205 ₽",
    ):
        assert words in first, words
    assert any(
        "yandex.ru/maps" in link for link in pdf.links(print_job_file(a_paper(reader=a_reader(lang))).content)
    )


def test_equal_input_gives_equal_bytes() -> None:
    assert print_job_file(a_paper()).content == print_job_file(a_paper()).content


def test_every_page_says_whose_it_is_and_how_many_there_are() -> None:
    found = pdf.pages(print_job_file(a_paper(a_job("socket_sparks", "breaker_trips"))).content)
    for number, page in enumerate(found, start=1):
        assert "Наряд К-4827 · 2 марта, 14:00" in page
        assert f"{number} / {len(found)}" in page


def test_a_client_is_not_told_what_the_master_earns() -> None:
    words = pdf.text(print_job_file(a_paper(reader=a_reader(audience=Audience.CLIENT))).content)
    assert "3 000 ₽" in words
    assert "2 205" not in words
    assert "заработок" not in words.lower()


def test_an_offered_master_is_told_no_contact_house_or_flat() -> None:
    paper = a_paper(
        None, said("Я Анна, звоните", sent("photo", "p")), reader=a_reader(audience=Audience.OFFERED)
    )
    words = pdf.text(print_job_file(paper).content)
    assert "Театральная" in words
    assert "2 205 ₽" in words
    for secret in ("Анна", "911", "Театральная, 30", "14В", "кв. 14"):
        assert secret not in words
    assert not paper.photos


@pytest.mark.parametrize(
    "words",
    [
        "Ж" * 3_000,
        "https://" + "a" * 500 + ".example/" + "б" * 200,
        "🔥🔥 спасите 👨‍👩‍👧 ⚠️ ℃ \U0001f9d1\U0001f3fd‍🔧",
        "გამარჯობა 你好 مرحبا",
        "<b>не разметка</b> & <script>alert(1)</script> </para>",
        "строка\nстрока\r\nтаб\tдалее\x00\x07\x1b[31m",
        "слово " * 4_000,
        "\u202eобратно\u202c zero\u200bwidth",
    ],
)
def test_whatever_a_client_writes_is_printed(words: str) -> None:
    job = a_job(client_name=words[:200], address={"street": words[:300], "house": words[:100]})
    printed = print_job_file(a_paper(job, *TALK, said(words)))
    assert printed.pages >= 2
    shown = pdf.squeezed(pdf.text(printed.content))
    if words.startswith(("Ж", "слово")):
        assert shown.count(words[:1]) >= words.count(words[:1])


def test_letters_that_cannot_be_printed_are_said_to_be_on_the_screen() -> None:
    words = pdf.text(print_job_file(a_paper(None, said("გა 🔥"))).content)
    assert "◊◊ [fire]" in words
    assert "Знаком ◊ отмечены" in words
    assert "Знаком ◊" not in pdf.text(print_job_file(a_paper()).content)


@pytest.mark.row("A50")
def test_photos_are_shown_upright_small_and_without_coordinates() -> None:
    photos = {
        "turned": jpeg(400, 200, orientation=6, has_gps=True),
        "phone": heic(300, 400),
        "large": jpeg(2_600, 1_000),
    }
    talk = [said("Вот щиток", *(sent("photo", name) for name in photos))]
    printed = print_job_file(a_paper(None, *talk), load=lambda photo: photos[photo.id])
    shown = pdf.pictures(printed.content)
    assert len(shown) == 3
    assert all(b"Exif" not in picture and b"GPS" not in picture for picture in shown)
    assert "Вот щиток" in pdf.text(printed.content)


def test_twenty_photos_are_all_there() -> None:
    photo = jpeg(90, 60)
    talk = [said(f"Фото {number}", sent("photo", f"p{number}")) for number in range(20)]
    printed = print_job_file(a_paper(None, *talk), load=lambda _: photo)
    words = pdf.text(printed.content)
    assert all(f"Фото {number}" in words for number in range(20))


def test_a_photo_that_does_not_open_is_named() -> None:
    talk = [said("Щиток", sent("photo", "broken")), said("", sent("photo", "gone"))]
    words = pdf.text(
        print_job_file(a_paper(None, *talk), load=lambda p: b"x" if p.id == "broken" else b"").content
    )
    assert "Щиток: файл не открывается" in words
    assert "gone.bin: файл не открывается" in words


@pytest.mark.row("A48")
def test_recordings_and_videos_are_named_with_where_to_play_them() -> None:
    talk = [*TALK, said("", sent("voice", "call")), said("Видео щитка", sent("video", "clip"))]
    content = print_job_file(a_paper(None, *talk)).content
    assert "Голос: call.bin" in pdf.text(content)
    assert f"{URL}/api/v1/ai/conversation/talk/media/clip" in pdf.links(content)


def test_what_is_not_there_has_no_heading() -> None:
    words = pdf.text(print_job_file(a_paper()).content)
    assert "Фото клиента" not in words
    assert "Записи и файлы" not in words


def test_steps_of_several_faults_are_counted_for_each() -> None:
    steps = sections(a_job("socket_sparks", "breaker_trips"))["steps"]
    assert [group.title for group in steps.groups] == [
        load_library().fault(id).ru.title for id in ("socket_sparks", "breaker_trips")
    ]
    assert tuple(line for group in steps.groups for line in group.lines) == steps.lines
    assert not sections(a_job("socket_sparks"))["steps"].groups


def test_a_part_that_two_faults_need_stands_once_with_both_amounts() -> None:
    one, two = (sections(a_job(*faults))["parts"] for faults in (("socket_sparks",), ("socket_sparks",) * 2))
    assert [item.words for item in one.items] == [item.words for item in two.items]
    assert two.items[0].amount == "1 шт. + 1 шт."


@pytest.mark.row("A60")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_of_the_library_makes_a_complete_file(lang: str) -> None:
    library = load_library()
    for fault in FAULTS:
        job = a_job(fault, trade=library.fault(fault).trade.value)
        made = sections(job, reader=a_reader(lang))
        assert is_complete(made.values()), (fault, [name for name, each in made.items() if not each.lines])


def test_an_entry_of_each_trade_prints() -> None:
    library = load_library()
    firsts = {library.fault(id).trade: id for id in reversed(FAULTS)}
    for trade, fault in firsts.items():
        job, reader = a_job(fault, trade=trade.value), a_reader("en")
        made = tuple(sections(job, reader=reader).values())
        assert print_job_file(paper_of(job, made, photos_of(TALK), reader=reader)).pages >= 2
