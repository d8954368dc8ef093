"""A taxpayer number is checked by its last digits."""

import pytest

from core.kernel.taxpayer import is_inn


@pytest.mark.parametrize("inn", ["7707083893", "7736207543", "500100732259"])
def test_real_numbers_pass(inn: str) -> None:
    assert is_inn(inn)


@pytest.mark.parametrize(
    "text",
    ["7707083894", "500100732258", "500100732269", "", "12", "77070838931", "7707o83893", "٧٧٠٧٠٨٣٨٩٣"],
)
def test_slips_do_not(text: str) -> None:
    assert not is_inn(text)


def test_one_wrong_digit_is_always_found_in_the_first_nine() -> None:
    right = "7707083893"
    for place in range(9):
        wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
        assert not is_inn(wrong)
