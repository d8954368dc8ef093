"""Job files a second: from the rows in memory to the bytes of the PDF, in one process and in two."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from scripts.bench.figures import Figure, Found, Goal
from scripts.bench.grounds import Place
from storage.tables import JobRow, UtteranceRow

GOAL = Goal(per_second=10)
PROCESSES = 2
FAULTS = ("socket_sparks", "breaker_trips")
TALK = (
    ("client", "Розетка на кухне искрит и выбивает автомат, пахнет горелым. Приезжайте скорее!"),
    ("naryad", "Отключите автомат этой линии и не трогайте розетку. Где это?"),
    ("client", "Театральная 30, квартира 14, второй подъезд, пятый этаж, домофон 14"),
    ("naryad", "Свободно сегодня в 14:00 и в 16:30. Когда удобно?"),
) * 5
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def measure(place: Place, *, seconds: float) -> Found:
    """Print the file of a job of two faults again and again. The database has no part in it."""
    share = seconds / 4
    alone = Figure.of("job files, one process", (took := _print_for(share)[0]), within_s=sum(took))
    floor = _empty_for(share)
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_print_for, [0.01] * PROCESSES))  # libraries and fonts are there
        begun = time.perf_counter()
        runs = list(pool.map(_print_for, [share] * PROCESSES))
        together_s = time.perf_counter() - begun
    both = Figure.of(
        "job files, two processes", [span for spans, _ in runs for span in spans], within_s=together_s
    )
    _, (pages, size) = runs[0]
    return Found(
        bench="jobfile",
        ground=place.ground,
        goal=GOAL,
        measured=(alone, both),
        floors=(floor,),
        facts={
            "measured": f"{len(FAULTS)} faults, {len(TALK)} lines of talk, drawings, no photos: "
            f"{pages} pages, {size / 1024:.0f} KiB"
        },
    )


def _print_for(seconds: float) -> tuple[list[float], tuple[int, int]]:
    """Print for some seconds; returns how long each took, and the pages and bytes of the last."""
    from core.documents.job_file import print_job_file
    from core.flows import files
    from core.flows.files import Reader
    from core.markets.policy import load_market
    from core.text.catalogue import catalogue

    job, said = _rows()
    reader = Reader(
        lang="ru",
        zone=ZoneInfo("Europe/Kaliningrad"),
        now=AT,
        catalogue=catalogue(),
        url="http://naryad.example",
    )
    market = load_market("home_services")
    took: list[float] = []
    ends = time.perf_counter() + seconds
    while True:
        begun = time.perf_counter()
        sections = files.job_file(job, said, market=market, reader=reader)
        paper = files.paper_of(job, sections, files.photos_of(said), reader=reader)
        printed = print_job_file(paper)
        took.append(time.perf_counter() - begun)
        if begun >= ends:
            # The first of a process reads libraries and fonts.
            return took[1:] or took, (printed.pages, len(printed.content))


def _empty_for(seconds: float) -> Figure:
    """Save a page with one line in each of the same fonts: the least reportlab can do."""
    from reportlab.pdfgen.canvas import Canvas

    from core.documents.fonts import BOLD, REGULAR, register

    register()
    took: list[float] = []
    ends = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < ends or not took:
        canvas = Canvas(BytesIO(), invariant=1)
        for font in (REGULAR, BOLD):
            canvas.setFont(font, 10)
            canvas.drawString(100, 700, "Наряд К-4827")
        canvas.save()
        took.append(time.perf_counter() - begun)
    return Figure.of("an empty page with the same fonts", took, within_s=sum(took))


def _rows() -> tuple[JobRow, list[UtteranceRow]]:
    job = JobRow(
        id="0195-bench",
        number="К-4827",
        market="home_services",
        city="Калининград",
        state="assigned",
        client_id="client",
        talk_id="talk",
        lang="ru",
        trade="electrical",
        faults=list(FAULTS),
        words=TALK[0][1],
        urgency="urgent",
        address={"street": "Театральная", "house": "30", "flat": "14", "entrance": "2", "floor": "5"},
        district="Центральный",
        client_name="Анна Сергеевна",
        client_phone="+79111234567",
        currency="RUB",
        price_minor=450_000,
        low_minor=380_000,
        high_minor=520_000,
        breakdown=[],
        starts_at=AT,
        ends_at=AT + timedelta(minutes=150),
        duration_low_min=60,
        duration_high_min=150,
        created_at=AT,
    )
    said = [UtteranceRow(talk_id="talk", author=who, text=words, media=[], buttons=[]) for who, words in TALK]
    return job, said
