"""Stars: 1 to 5, and what a sum of them becomes when one person changes his mind."""

from core.kernel.refusal import StarsWrong

STARS = range(1, 6)


def check_stars(stars: int) -> None:
    """Raise StarsWrong for anything but 1 to 5 stars."""
    if stars not in STARS:
        raise StarsWrong(least=STARS[0], most=STARS[-1])


def changed_sum(total: int, *, before: int | None, now: int) -> int:
    """Return the sum of all stars after one rating was given, or changed from `before`."""
    return total - (before or 0) + now
