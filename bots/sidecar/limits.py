"""How often somebody may ask, and how much he may send. Kept in memory: a restart forgives everybody."""

from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES_MAX = 1024 * 1024  # a text of 10,000 characters is 60 kB even when every letter is escaped
FORM_OVERHEAD_BYTES = 64 * 1024  # what multipart puts around a file
KEYS_MAX = 50_000  # chats and addresses remembered at once


class Limit:
    """At most so many per span for each key, in a sliding window."""

    def __init__(self, most: int, per: timedelta) -> None:
        """Allow `most` in any span `per`."""
        self.most = most
        self.per = per
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_s(self, key: str, *, now: datetime) -> int:
        """Count one more for the key. Returns 0, or in how many seconds one is allowed again."""
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        if len(self._seen) > KEYS_MAX:
            self._seen.popitem(last=False)
        while times and times[0] <= now - self.per:
            times.popleft()
        if len(times) >= self.most:
            return max(1, -int((now - times[0] - self.per).total_seconds() // 1))
        times.append(now)
        return 0


class BodyLimit:
    """Refuses bodies above a size before they fill the memory, whether or not their length was said."""

    def __init__(self, app: ASGIApp, *, form_bytes_max: int, refuse: Callable[[Request], Response]) -> None:
        """Stand in front of `app`; `refuse` makes the answer."""
        self._app = app
        self._form_bytes_max = form_bytes_max + FORM_OVERHEAD_BYTES
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").startswith("multipart/form-data")
        most = self._form_bytes_max if is_form else JSON_BYTES_MAX
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said[:20]) > most:
            await self._refuse(Request(scope))(scope, receive, send)
            return
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise HTTPException(413)  # the one error FastAPI lets through while it reads a body
            return message

        await self._app(scope, counted, send)
