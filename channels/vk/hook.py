"""Where VK tells us of events: the address of the Callback API, or the switch of Long Poll."""

from collections.abc import Mapping
from typing import Any

from channels.vk.reading import EVENTS
from channels.vk.speech import VERSION, Speech
from core.kernel.refusal import Outage
from core.messages import Role
from core.wire import NotLetIn

_TITLES: Mapping[Role, str] = {
    Role.CLIENT: "naryad-client",
    Role.MASTER: "naryad-master",
}  # 14 letters at most
_SETTINGS: Mapping[str, object] = {"api_version": VERSION, **dict.fromkeys(EVENTS, True)}


class Hook:
    """Keeps a community's settings as we need them. It needs a token that may manage the community.

    Attributes:
        confirmation: What proves to VK that an address is ours; it changes now and then.
    """

    def __init__(
        self, speech: Speech, *, group_id: int, role: Role, secret: str, confirmation: str = ""
    ) -> None:
        self.confirmation = confirmation
        self._is_told = bool(confirmation)
        self._speech, self._group_id = speech, group_id
        self._title, self._secret = _TITLES[role], secret

    async def stand(self, url: str | None) -> None:
        """Have events come to this address, or, with None, wait to be asked for.

        Whoever gives the confirmation by hand may give a token that manages nothing: then the settings
        are his.

        Raises:
            Outage: VK cannot be asked now, or does not let us.
        """
        try:
            await (self._unhook() if url is None else self._hook(url))
        except NotLetIn:
            if not self._is_told:
                raise
        except (KeyError, TypeError):
            raise Outage("VK answered its settings in a way that cannot be read") from None

    async def _hook(self, url: str) -> None:
        """Have one server with our address and secret, confirmed and told what to send.

        The confirmation is read before anything changes, for VK may ask for it before it answers. Long
        Poll is switched off, else it would tell all the same once more to whoever returns to it.
        """
        servers = await self._servers()
        known = next((server for server in servers if server["url"] == url), None)
        if known is None:
            await self._read_confirmation()
            added = await self._ask("addCallbackServer", url=url, title=self._title, secret_key=self._secret)
            await self._choose(added["server_id"])
        elif known["status"] != "ok" or known.get("secret_key") != self._secret:
            await self._read_confirmation()
            await self._ask(
                "editCallbackServer",
                server_id=known["id"],
                url=url,
                title=self._title,
                secret_key=self._secret,
            )
            await self._choose(known["id"])
        elif not _is_chosen(await self._ask("getCallbackSettings", server_id=known["id"])):
            await self._choose(known["id"])
        for server in servers:  # an address of ours that has moved
            if server["title"] == self._title and server["url"] != url:
                await self._ask("deleteCallbackServer", server_id=server["id"])

    async def _unhook(self) -> None:
        for server in await self._servers():
            if server["title"] == self._title:
                await self._ask("deleteCallbackServer", server_id=server["id"])
        told = await self._ask("getLongPollSettings")
        if not told.get("is_enabled") or not _is_chosen(told):
            await self._ask("setLongPollSettings", enabled=True, **_SETTINGS)

    async def _servers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("getCallbackServers"))["items"]
        return found

    async def _read_confirmation(self) -> None:
        self.confirmation = str((await self._ask("getCallbackConfirmationCode"))["code"])

    async def _choose(self, server_id: int) -> None:
        await self._ask("setCallbackSettings", server_id=server_id, **_SETTINGS)
        await self._ask("setLongPollSettings", enabled=False)

    async def _ask(self, method: str, **asked: object) -> Any:  # noqa: ANN401 - each method answers its own
        return await self._speech.manage(f"groups.{method}", group_id=self._group_id, **asked)


def _is_chosen(settings: Mapping[str, Any]) -> bool:
    events = settings.get("events") or {}
    return settings.get("api_version") == VERSION and all(events.get(event) for event in EVENTS)
