"""Where masters are paid to: banks by name, and accounts that cannot be right (A87)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

SHOWN_DIGITS = 4
_WEIGHTS = (7, 1, 3)
_RUBLES = "810"
_SECRET = ("phone", "account", "token")


@cache
def load_banks() -> Mapping[str, str]:
    """Read the banks of the SBP: names by member ids, in the order they are to be shown."""
    raw = files("core.markets.banks").joinpath("russia.toml").read_text("utf-8")
    banks: Mapping[str, str] = tomllib.loads(raw)["banks"]
    return banks


def is_account_of(account: str, bic: str) -> bool:
    """Tell whether an account in rubles can be one of this bank: its ninth digit checks the others.

    By the Bank of Russia's order of control keys (8 September 1997, No. 515): the last three digits of
    the BIC and the account, each by 7, 1, 3 in turn, add up to a number that ends in 0.
    """
    if account[5:8] != _RUBLES:
        return False
    digits = bic[-3:] + account
    return sum(int(digit) * _WEIGHTS[at % 3] % 10 for at, digit in enumerate(digits)) % 10 == 0


def masked(to: Mapping[str, object]) -> dict[str, str]:
    """Show where money goes so that its owner knows it again: of numbers the last four digits only."""
    shown = {
        name: str(value) for name, value in to.items() if value and name in ("destination", "bank_id", "bic")
    }
    for name in _SECRET:
        if value := to.get(name):
            shown[name] = f"•••• {str(value)[-SHOWN_DIGITS:]}"
    if bank := load_banks().get(shown.get("bank_id", "")):
        shown["bank"] = bank
    return shown


def told(to: Mapping[str, object]) -> str:
    """Tell where money goes in a line, such as `Сбербанк, •••• 6789`."""
    shown = masked(to)
    number = next((shown[name] for name in _SECRET if name in shown), "")
    return ", ".join(part for part in (shown.get("bank"), number) if part)
