"""Amounts on their way in: whole minor units, and nothing that could be read in two ways."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

AMOUNT_MINOR_MAX = 10**8  # contracts, section 6


def read_amount(value: object) -> int:
    """Return minor units from an integer or from `{"minor", "currency"}`.

    Raises:
        PydanticCustomError: of type `amount_not_whole`, `amount_not_positive`, `amount_absurd` or
            `amount_currency`; the sentence is chosen by the type.
    """
    if isinstance(value, Mapping):
        currency = value.get("currency", "RUB")
        if currency != "RUB":
            raise PydanticCustomError("amount_currency", "we settle in RUB only")
        value = value.get("minor")
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("amount_not_whole", "an amount is a whole number of minor units")
    if value <= 0:
        raise PydanticCustomError("amount_not_positive", "an amount is more than nothing")
    if value > AMOUNT_MINOR_MAX:
        raise PydanticCustomError("amount_absurd", "an amount is at most 100,000,000 minor units")
    return value


_SCHEMA: dict[str, Any] = {
    "title": "Amount",
    "description": "Minor units (kopecks) as a whole number, or an object with `minor` and `currency`.",
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": AMOUNT_MINOR_MAX},
        {
            "type": "object",
            "properties": {
                "minor": {"type": "integer", "minimum": 1, "maximum": AMOUNT_MINOR_MAX},
                "currency": {"type": "string", "const": "RUB"},
                "text": {"type": "string"},
            },
            "required": ["minor"],
        },
    ],
    "examples": [300000, {"minor": 300000, "currency": "RUB"}],
}

Amount = Annotated[int, BeforeValidator(read_amount), WithJsonSchema(_SCHEMA)]
