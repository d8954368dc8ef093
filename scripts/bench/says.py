"""What clients write, sloppily, in Russian and English; each talk says something else."""

from dataclasses import dataclass

_RU_PROBLEMS = (
    "здраствуйте у меня выключатель сдох, щелкаю щелкаю а толку ноль",
    "не работает розетка на кухне",
    "Добрый день! в прихожей перестал включаться выключатель света, уже второй день сидим в темноте",
    "розетка в зале умерла, вообще ничего не работает",
    "выключатель света в ванной сломался(((",
    "ало, в спальне не работает розетка, телефон зарядить негде",
    "добрый вечер, не включается выключатель в комнате у ребенка, помогите пожалуйста",
    "розетка нерабочая, там стиралка стоит",
    "не горит люстра в зале, лампочки менял",
    "выбивает автомат как только включаю чайник",
)
_EN_PROBLEMS = (
    "hi the light switch in the hallway died",
    "kitchen socket is dead, nothing works in it",
    "light swich not workin in bedroom",
    "hello, my socket in the living room stopped working yesterday",
    "the breaker trips every time i turn on the kettle",
)
_RU_STREETS = (
    "Театральная",
    "Гагарина",
    "Черняховского",
    "Киевская",
    "Кутузова",
    "Дзержинского",
    "Багратиона",
    "Тельмана",
    "Суворова",
    "Красная",
)
_RU_TIMES = (
    "завтра после обеда",
    "завтра утром",
    "послезавтра в 15:00",
    "завтра вечером, после 18",
    "в субботу",
    "можно завтра в 11",
)
_EN_TIMES = ("tomorrow afternoon", "tomorrow morning", "on Saturday", "tomorrow at 3 pm")
_RU_NAMES = ("Анна", "Сергей", "Ольга Петровна", "дмитрий", "Марина", "Алексей", "света", "Николай")
_EN_NAMES = ("John", "Mary", "Peter", "Susan")


@dataclass(frozen=True, slots=True)
class Words:
    """All that one client writes, in order."""

    problem: str
    place: str
    question: str
    who: str


def words(n: int) -> Words:
    """Return what the n-th client writes; one in four writes English."""
    house, flat = 1 + n % 97, 1 + n % 83
    street = _RU_STREETS[n % len(_RU_STREETS)]
    phone = f"+7 911 {n % 1_000:03}-{n // 7 % 100:02}-{n // 3 % 100:02}"
    if n % 4 == 3:  # noqa: PLR2004 - one in four
        name = _EN_NAMES[n // 4 % len(_EN_NAMES)]
        time = _EN_TIMES[n // 4 % len(_EN_TIMES)]
        problem = _EN_PROBLEMS[n // 4 % len(_EN_PROBLEMS)]
        return Words(
            problem, f"{street} {house}, {time}", "how much will it cost?", f"my name is {name}, {phone}"
        )
    problem = _RU_PROBLEMS[n % len(_RU_PROBLEMS)]
    time = _RU_TIMES[n % len(_RU_TIMES)]
    who = (
        f"{_RU_NAMES[n % len(_RU_NAMES)]} {phone}"
        if n % 2
        else f"меня зовут {_RU_NAMES[n % len(_RU_NAMES)]}, {phone}"
    )
    return Words(problem, f"ул {street} {house} кв {flat}, {time}", "а сколько это будет стоить?", who)
