"""Several messages in one breath are read as one."""

from core.conversation.hearing import merged
from core.meaning import Answer, Emergency, Frame, Identity, Intent, Lang, Reading, Trade, Urgency

SWITCH = Frame(Trade.ELECTRICAL, "light_switch", "not_working", "switch_dead", 0.9)


def a_reading(**told: object) -> Reading:
    return Reading(lang=Lang.RU, **told)  # type: ignore[arg-type]


def test_nothing_said_is_empty() -> None:
    assert merged([], lang=Lang.EN) == Reading(lang=Lang.EN, is_empty=True)


def test_dangers_and_jobs_add_up() -> None:
    whole = merged(
        [
            a_reading(emergency=Emergency.FLOOD, frames=(SWITCH,)),
            a_reading(emergency=Emergency.GAS, frames=(SWITCH,), urgency=Urgency.FLEXIBLE),
        ],
        lang=Lang.RU,
    )

    assert whole.emergency is Emergency.GAS
    assert whole.frames == (SWITCH,)
    assert whole.urgency is Urgency.FLEXIBLE


def test_the_later_word_wins_part_by_part() -> None:
    whole = merged(
        [
            a_reading(identity=Identity(first="Анна", house="5"), answer=Answer.NO),
            a_reading(identity=Identity(house="7"), answer=Answer.YES, intents=frozenset({Intent.THANKS})),
        ],
        lang=Lang.RU,
    )

    assert (whole.identity.first, whole.identity.house) == ("Анна", "7")
    assert whole.answer is Answer.YES
    assert whole.intents == {Intent.THANKS}


def test_the_digits_of_a_phone_are_no_choice() -> None:
    whole = merged(
        [a_reading(ordinal=2), a_reading(ordinal=89114567890, identity=Identity(phone="+79114567890"))],
        lang=Lang.RU,
    )

    assert whole.ordinal == 2


def test_an_emoji_after_words_does_not_make_them_empty() -> None:
    whole = merged([a_reading(frames=(SWITCH,)), a_reading(is_empty=True)], lang=Lang.RU)

    assert not whole.is_empty
    assert whole.frames == (SWITCH,)
