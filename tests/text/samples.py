"""Facts of every kind that a text may mention, to render every text in all its branches."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fluent.syntax import FluentParser, ast as fluent
from fluent.syntax.visitor import Visitor

from core.kernel.money import Currency, Money
from core.messages import Said
from core.text.catalogue import _ROOT, LANGUAGES, catalogue
from core.text.facts import Clock, DayRange, Items, Named, PriceRange, phone

ZONE = ZoneInfo("Europe/Kaliningrad")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Kaliningrad
COUNTS = (1, 2, 5, 11, 21, 22, 25)


def rub(rubles: int, kopecks: int = 0) -> Money:
    """Return an amount."""
    return Money(rubles * 100 + kopecks, Currency.RUB)


_SUMS = (rub(2_205), rub(1_000), rub(21_001, 50))
_TIMES = (NOW + timedelta(hours=2), NOW + timedelta(hours=14), NOW + timedelta(days=4, minutes=30))
_SPANS = (timedelta(minutes=40), timedelta(minutes=90), timedelta(minutes=61), timedelta(minutes=30))
_ADDRESS = {"street": "Театральная", "house": "30", "building": "2", "structure": "none", "flat": "14"}
_REST = {"entrance": "none", "floor": "3", "intercom": "none"}
_WHOLE = Named("job-address", {**_ADDRESS, **_REST})
_SERVICES = ("Не работает розетка", "УЗО выбивает сразу, как включаешь чайник")
_JOBS = Items((Named("master-job-short", {"number": "К-4827", "when": _TIMES[1]}),))
_LINES = Items(
    (
        Named("client-breakdown-line", {"label": Named("price-base"), "amount": rub(1_800)}),
        Named("client-breakdown-line", {"label": Named("price-today"), "amount": rub(405)}),
    )
)
_VISITS = Items(
    (
        Named(
            "client-visit-line",
            {"fault": "Не работает розетка", "range": PriceRange(rub(1_400), rub(2_100))},
        ),
        Named("client-visit-line-later", {"trade": "plumbing"}),
    )
)
_DAYS = Items((Named("master-hours-day", {"day": date(2026, 11, 25), "spans": "08:00–20:00"}),))
_RANGES = (
    PriceRange(rub(2_800), rub(3_200)),
    PriceRange(rub(900), rub(21_000)),
    PriceRange(rub(900), rub(900)),
)

# Every fact by its name, with the values that make a difference to the sentence.
SAMPLES: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(
        ("amount", "balance", "change", "debt", "due", "earned", "month", "payout", "price", "received"),
        _SUMS,
    ),
    **dict.fromkeys(
        ("share", "left"),
        _SUMS,
    ),
    "platform": _SUMS,
    **dict.fromkeys(("done", "count", "poor", "tickets", "waiting", "dead"), (1, 2, 5)),
    "kind": ("human", "complaint", "call", "money", "stuck"),
    "today": _SUMS,
    "week": _SUMS,
    "low": (rub(1_900),),
    "high": (rub(2_600),),
    **dict.fromkeys(("when", "asked"), _TIMES),
    **dict.fromkeys(("until", "expired_at", "at"), tuple(map(Clock, _TIMES))),
    "shortest": _SPANS[:2],
    "longest": _SPANS[1:3],
    "length": _SPANS,
    "master": ("Игорь", Named("master-unnamed")),
    "phone": (phone("+79114500001"), "none"),
    "client": ("Анна", ""),
    "name": ("Анна Петрова",),
    "number": ("К-4827", "К-104827"),
    "city": ("Калининград",),
    "service": _SERVICES,
    "district": ("Ленинградский",),
    "door": tuple(Named(f"talk-door-{name}") for name in ("web", "vk", "email")),
    "doors": (Items(("https://t.me/naryad_bot?start=link_x",)),),
    "fault": _SERVICES,
    **dict.fromkeys(("this", "that"), ("Не работает розетка", "Течёт кран")),
    "place": ("Театральная", "Ленинградский"),
    "address": (_WHOLE,),
    "jobs": (_JOBS,),
    "lines": (_LINES,),
    "visits": (_VISITS,),
    "trade": ("electrical", "plumbing", "appliance", "general"),
    "parts": ("Розетка скрытой установки 16 А",),
    "what": (Items((_WHOLE,)),),
    "days": (_DAYS,),
    "day": (date(2026, 11, 24), date(2026, 11, 28)),
    "spans": ("08:00–20:00",),
    "state": (Named("status-working"),),
    "label": (Named("price-base"),),
    "range": _RANGES,
    "minutes": COUNTS,
    "minutes_low": (40,),
    "minutes_high": (80,),
    "entries": COUNTS,
    "version": ("3a7f",),
    "years": COUNTS,
    "stars": (1, 5),
    "percent": (75, 21),
    "wait_s": (2, 21),
    "street": ("Театральная", "проспект Мира", "none"),
    "house": ("30", "30/2а", "none"),
    **dict.fromkeys(("building", "structure", "flat", "entrance", "floor", "intercom"), ("2", "none")),
    "least": (1,),
    "most": (5,),
    "code": ("048213",),
    "email": ("anna@example.org",),
    "link": ("https://naryad.example/privacy",),
    "words": ("Приеду сам, завтра в 12:00",),
    "field": ("name",),
    "allowed": ("a, b",),
    "file": ("1.jpg",),
    "photo": ("1.jpg",),
    **dict.fromkeys(("first", "last"), ("02.03.2026",)),
    "where": ("Сбербанк, •••• 6789",),
    "empty": ("Цена, Безопасность",),
    "earn": ("1 400 ₽",),
    "time": ("12:00",),
}
# Facts of single texts that differ from those of the same name elsewhere.
_OWN: dict[tuple[str, str], tuple[object, ...]] = {
    ("client-about-warranty", "days"): (14, 1, 2),
    ("client-slot-button", "price"): (rub(2_200), rub(21_000)),
    ("client-range-several", "fault"): (Items(_SERVICES),),
    ("client-about-call_out", "fee"): ("none", rub(1_000)),
    ("refusal-TooFarAhead", "until"): (date(2026, 11, 28),),
    ("master-delay-told", "span"): _SPANS,
    ("master-delay-told-open", "span"): ("",),
    **{(name, "span"): ("none", *_SPANS) for name in ("client-master-delayed", "client-master-soon")},
    **{(name, "days"): (DayRange(date(2026, 3, 2), date(2026, 3, 6)),) for name in ("master-hours-run",)},
    ("master-hours-run-off", "days"): (DayRange(date(2026, 2, 26), date(2026, 3, 3)),),
    **{(name, "phone"): (phone("+79114500001"),) for name in ("master-client-absent", "client-noted-phone")},
    ("master-known-phone", "phone"): (phone("+79114500001"),),
    ("client-ask-house", "street"): ("Театральная", "проспект Мира"),
    ("client-ask-house-again", "street"): ("Театральная", "проспект Мира"),
    **{(name, "house"): ("30", "30/2а") for name in ("client-ask-street", "client-ask-street-again")},
}
for _name in ("master-accepted", "master-accepted-warranty", "master-job-corrected", "master-job-card"):
    _OWN[_name, "phone"] = (phone("+79114500001"),)
_MOST = 400  # renderings of one text; the first of them cover every value of every fact


class _Asked(Visitor):
    """Collects the facts of a message and the branches that hang on each."""

    def __init__(self) -> None:
        self.facts: dict[str, set[str]] = {}

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802 - the library's name
        """Note a fact."""
        self.facts.setdefault(node.id.name, set())

    def visit_SelectExpression(self, node: fluent.SelectExpression) -> None:  # noqa: N802 - the library's name
        """Note the branches of a fact."""
        if isinstance(node.selector, fluent.VariableReference):
            keys = {key.name for each in node.variants if isinstance(key := each.key, fluent.Identifier)}
            self.facts.setdefault(node.selector.id.name, set()).update(keys)
        self.generic_visit(node)


def _messages(lang: str) -> dict[str, fluent.Message]:
    paths = sorted((_ROOT / lang).glob("*.ftl"))
    entries = (each for path in paths for each in FluentParser().parse(path.read_text("utf-8")).body)
    return {each.id.name: each for each in entries if isinstance(each, fluent.Message)}


MESSAGES = {lang: _messages(lang) for lang in LANGUAGES}


def facts_of(name: str) -> Iterator[dict[str, object]]:
    """Yield facts for a text: every value of every fact, then their combinations."""
    asked = _Asked()
    for lang in LANGUAGES:
        asked.visit(MESSAGES[lang][name])
    values = {
        fact: _OWN.get((name, fact)) or SAMPLES.get(fact) or tuple(sorted(branches))
        for fact, branches in asked.facts.items()
    }
    for at in range(max((len(each) for each in values.values()), default=1)):
        yield {fact: each[at % len(each)] for fact, each in values.items()}
    combined = itertools.product(*values.values())
    yield from (dict(zip(values, each, strict=True)) for each in itertools.islice(combined, _MOST))


def renderings(name: str, lang: str) -> Iterator[Said]:
    """Yield a text as it is said with each of its facts, each wording once."""
    seen: set[tuple[str, str]] = set()
    for facts in facts_of(name):
        said = catalogue().render(lang, name, facts, now=NOW, zone=ZONE)
        if (said.text, said.spoken) not in seen:
            seen.add((said.text, said.spoken))
            yield said
