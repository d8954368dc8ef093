"""How a method refuses."""

from http import HTTPStatus


class No(Exception):  # noqa: N818 - it is an answer
    """A method refused: what its answer says."""

    def __init__(
        self, description: str, status: int = HTTPStatus.BAD_REQUEST, *, retry_after: int | None = None
    ) -> None:
        super().__init__(description)
        self.description = description
        self.status = int(status)
        self.retry_after = retry_after


def bad(words: str) -> No:
    """Return a refusal with the prefix that Telegram gives it."""
    return No(f"Bad Request: {words}")
