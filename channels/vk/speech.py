"""How VK is spoken to: one method at a time, the token in the body, and what its error codes mean to us.

vkbottle is not used here, for it harms. Its client puts the token into the address, where logs keep it; it
asks again by itself when an answer cannot be read; while loading it takes the whole program's
`warnings.showwarning` and a log handler of its own, which prints people's words; its errors carry them too;
and it costs 54 MB and 3 s. Without these, nothing would be left of it but a form that is posted. Our tests
let it talk to our simulator instead, as a witness that does not know us.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.kernel.refusal import Outage, Shut, Unanswered, Unsayable
from core.wire import Wire

VERSION = "5.199"
_WHY_MAX = 160

# Codes by VKCOM/vk-api-schema, errors.json. How long to wait VK does not say; these are ours, in seconds.
_LATER: Mapping[int, float] = MappingProxyType(
    {
        6: 1.0,  # too many requests per second
        9: 60.0,  # flood control: too much of the same
        14: 300.0,  # a captcha: nobody is here to read it, and it goes by itself
        29: 600.0,  # a quota of hours or days is used up
    }
)
# The token is wrong or lacks a right, which are ticked when it is made; 912: the bot's abilities are off.
_STRANGER = frozenset({2, 4, 5, 15, 17, 24, 27, 28, 912})
# It failed inside: it may or may not have happened.
_FAILED = frozenset({1, 10})
# May not be written to: 7 no permission, 18 deleted, 900 blacklisted, 901 never allowed or not any more,
# 902 his privacy, 917 no such chat for us, 936 no such contact, 983 writing is off.
_SHUT = frozenset({7, 18, 900, 901, 902, 917, 936, 983})


class Speech:
    """Asks methods of VK for one community."""

    def __init__(self, wire: Wire, *, token: str) -> None:
        """Speak over `wire`, whose address is that of the API without `/method`."""
        self._wire = wire
        self._token = token

    async def ask(self, method: str, **asked: object) -> Any:  # noqa: ANN401 - each method answers its own
        """Call a method once and return its `response`. What is None is not said.

        Raises:
            Outage: it surely did not happen: too fast, a captcha, no connection.
            NotLetIn: nor did this: the token is not taken, or has not this right.
            Unanswered: nobody knows.
            Shut: this person may not be written to.
            Unsayable: any other definite no; asking the same again is of no use.
        """
        form = {name: _said(value) for name, value in asked.items() if value is not None}
        form |= {"access_token": self._token, "v": VERSION}
        answer = await self._wire.ask("POST", f"/method/{method}", form=form)
        error = answer.body.get("error")
        if error is not None:
            raise self._no(method, error)
        if "response" not in answer.body:
            raise self._wire.unreadable(method)
        return answer.body["response"]

    async def manage(self, method: str, **asked: object) -> Any:  # noqa: ANN401 - each method answers its own
        """Call a method that concerns no person: every definite no is a trouble of ours.

        Raises:
            Outage: it did not happen.
        """
        try:
            return await self.ask(method, **asked)
        except (Shut, Unsayable) as no:
            raise Outage(str(no)) from None

    def _no(self, method: str, error: object) -> Exception:
        code = error.get("error_code") if isinstance(error, dict) else None
        if not isinstance(code, int) or not isinstance(error, dict):
            return self._wire.unreadable("its error")
        why = f"VK says no to {method}: {code} {str(error.get('error_msg', ''))[:_WHY_MAX]}".rstrip()
        if code in _LATER:
            return Outage(why, wait_s=_LATER[code])
        if code in _STRANGER:
            return self._wire.stranger(code)
        if code in _FAILED:
            return Unanswered(why)
        return Shut(why) if code in _SHUT else Unsayable(why)


def _said(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
