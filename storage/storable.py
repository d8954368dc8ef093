"""What may be written down of a text that came from outside."""

from collections.abc import Mapping
from typing import Any

_MARK = "\ufffd"


def storable(value: Any) -> Any:  # noqa: ANN401 - JSON has no better type
    """Mark what no database stores as text: NUL and halves of characters, as binary input has them."""
    match value:
        case str():
            return (
                value.replace("\0", _MARK).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            )
        case Mapping():
            return {storable(name): storable(each) for name, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
        case _:
            return value
