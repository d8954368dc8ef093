"""What is said in one turn: rendered now, written down, and sent after the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from core.flows.group import Group
from core.messages import HELD_CHANNELS, Address, Ask, Said, door_of
from core.ports import Chance
from storage.elsewhere import readdressed
from storage.mail import Letter
from storage.outbox import Effect
from storage.tables import (
    EffectRow,
    EffectStatus,
    Priority,
    TalkRow,
    UtteranceRow,
)

HELD_FOR = timedelta(seconds=20)  # what a browser does not fetch in this time goes to the next channel


@dataclass(frozen=True, slots=True)
class Choice:
    """A button whose label is a text of its own. `choice` is `verb:object:version`, at most 64 bytes."""

    name: str
    choice: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A file of ours among the blobs: its key there, its media type, and what people call it."""

    blob: str
    type: str
    name: str


class Speaker:
    """The voice of one turn; a `Tx` is one that may also change things."""

    def __init__(self, group: Group, letter: Letter) -> None:
        """Take a share in a group; `letter` is the first of the turn."""
        self.group = group
        self.letter = letter
        self.facts: Mapping[str, Any] = MappingProxyType({})  # what `answer` left
        self._effects = 0
        self._spoken: dict[str, dict[str, Any]] = {}  # by talk, the effect that says the last of this turn

    @property
    def session(self) -> AsyncSession:
        """The group's session, for queries. Autoflush is off."""
        return self.group.session

    @property
    def now(self) -> datetime:
        """The present, in UTC, the same for the whole turn."""
        return self.group.now

    @property
    def chance(self) -> Chance:
        """The source of ids and randomness."""
        return self.group.chance

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the people here."""
        return self.group.zone

    def id(self) -> str:
        """Return a new id of this moment."""
        return self.group.chance.id(self.group.now)

    def say(
        self,
        talk: TalkRow,
        name: str,
        /,
        *,
        choices: Mapping[str, str] | None = None,
        buttons: Sequence[Choice] = (),
        links: Mapping[str, str] | None = None,
        asks: Mapping[str, Ask] | None = None,
        papers: Sequence[StoredPaper] = (),
        news: bool = False,
        priority: Priority | None = None,
        **facts: object,
    ) -> str:
        """Say a text in a talk: rendered now, sent after the commit.

        Args:
            choices: Attribute of the text → what its button chooses.
            buttons: More buttons, each with a text of its own; they stand first.
            links: Attribute of the text → the page of ours that its button opens, where doors are pushed.
            asks: Attribute of the text → what its button shares, where a messenger can.
            papers: Files of ours that go with it, where doors are pushed.
            news: Said unasked. A reply that nobody heard yet is withdrawn when the person writes
                again; news is not.
            priority: Of what a busy door says first; answers, then news, unless said otherwise.

        Returns:
            The utterance's id.
        """
        said = self._render(talk.lang, name, facts)
        keys = [
            {"label": self._render(talk.lang, button.name, button.facts).text, "choice": button.choice}
            for button in buttons
        ]
        keys += [{"label": said.labels[label], "choice": choice} for label, choice in (choices or {}).items()]
        utterance_id = self._utter(
            talk, author="naryad", name=name, text=said.text, spoken=said.spoken, buttons=keys
        )
        shared = [{"label": said.labels[label], "asks": ask.value} for label, ask in (asks or {}).items()]
        opened = [
            {"label": said.labels[label], "url": url, "is_app": True} for label, url in (links or {}).items()
        ]
        self._speak(
            talk,
            {
                "talk_id": talk.id,
                "utterance_id": utterance_id,
                "channel": talk.channel,
                "chat_id": talk.chat_id,
                "name": name,
                "text": said.text,
                "spoken": said.spoken,
                "buttons": [*keys, *shared, *opened],
                "lang": talk.lang,
                **({"thread": talk.thread} if talk.thread else {}),
                **({"papers": [asdict(paper) for paper in papers]} if papers else {}),
            },
            is_news=news,
            priority=priority if priority is not None else Priority.NEWS if news else Priority.ANSWER,
        )
        return utterance_id

    def say_at(self, talk: TalkRow, to: Address, name: str, /, **facts: object) -> None:
        """Say a text once at an address that is not the talk's own: the way into a talk on the web.

        It is not written down with what was said: it may carry a key to the talk.
        """
        said = self._render(talk.lang, name, facts)
        self._effect(
            "say",
            lane=f"chat:{talk.id}",
            payload={
                "talk_id": talk.id,
                "channel": to.channel,
                "chat_id": to.chat_id,
                "name": name,
                "text": said.text,
                "spoken": said.spoken,
                "buttons": [],
                "lang": talk.lang,
            },
            is_news=True,
            door=door_of(to.channel, talk.role),
            priority=Priority.NEWS,
        )

    def pass_on(self, talk: TalkRow, words: str) -> str:
        """Say the owner's own words in a talk: written down as his, and told as a person's.

        Returns:
            The utterance's id.
        """
        name = "talk-owner-says"
        told = self._render(talk.lang, name, {"words": words})
        utterance_id = self._utter(talk, author="owner", name=name, text=words, spoken=told.spoken)
        self.send(
            talk,
            {
                "talk_id": talk.id,
                "utterance_id": utterance_id,
                "channel": talk.channel,
                "chat_id": talk.chat_id,
                "name": name,
                "text": told.text,
                "spoken": told.spoken,
                "buttons": [],
                "lang": talk.lang,
                **({"thread": talk.thread} if talk.thread else {}),
            },
            is_news=True,  # what the person writes next withdraws nothing of it
        )
        return utterance_id

    def send(self, talk: TalkRow, said: Mapping[str, Any], *, is_news: bool = False) -> None:
        """Send what is written down already, such as a reply that was withdrawn: the effect's payload."""
        self._speak(talk, dict(said), is_news=is_news, priority=Priority.ANSWER)

    def _speak(self, talk: TalkRow, said: dict[str, Any], *, is_news: bool, priority: Priority) -> None:
        """Have something said after the commit.

        In a messenger all that one turn says is one message, for each rings and counts against its limits.
        """
        is_held = talk.channel in HELD_CHANNELS
        before = self._spoken.get(talk.id)
        if not is_held and before is not None and self.group.is_buffered(before):
            is_alike = (before["is_news"], before["priority"]) == (is_news, priority)
            earlier = before["payload"]
            if is_alike and not earlier["buttons"] and "papers" not in earlier:
                said["text"] = f"{earlier['text']}\n\n{said['text']}"
                said["spoken"] = f"{earlier['spoken']} {said['spoken']}"
                before["payload"] = said
                return
        self._effect(
            "say",
            lane=f"chat:{talk.id}",
            payload=said,
            status=EffectStatus.HELD if is_held else EffectStatus.WAITING,
            due=self.now + HELD_FOR if is_held else self.now,
            is_news=is_news,
            door=door_of(talk.channel, talk.role),
            priority=priority,
        )
        self._spoken[talk.id] = self.group.last_effect()

    def say_again(self, effect: Effect, to: Address) -> str:
        """Say something that did not arrive by another door. Returns the new effect's id."""
        moved = readdressed(effect, to, is_refused=True)
        return self._effect(
            effect.kind,
            lane=effect.lane,
            payload=dict(moved.payload),
            is_news=effect.is_news,
            door=moved.door,
            priority=Priority(effect.priority),
        )

    def words(self, lang: str, name: str, /, **facts: object) -> str:
        """Return a text of ours, for somebody who is not talked to: a provider, a receipt."""
        return self._render(lang, name, facts).text

    def hear(self, talk: TalkRow, words: str, *, media: Sequence[Mapping[str, Any]] = ()) -> str:
        """Write down what the person said. Returns the utterance's id."""
        return self._utter(
            talk, author=talk.role, text=words, media=[dict(each) for each in media], is_heard=True
        )

    def _render(self, lang: str, name: str, facts: Mapping[str, object]) -> Said:
        return self.group.catalogue.render(lang, name, facts, now=self.now, zone=self.zone)

    def _utter(
        self,
        talk: TalkRow,
        *,
        author: str,
        text: str,
        name: str | None = None,
        spoken: str | None = None,
        buttons: Sequence[Mapping[str, str]] = (),
        media: Sequence[Mapping[str, Any]] = (),
        is_heard: bool = False,
    ) -> str:
        id = self.id()
        values = {
            "id": id,
            "talk_id": talk.id,
            "author": author,
            "name": name,
            "text": text,
            "spoken": spoken,
            "buttons": list(buttons),
            "media": list(media),
            "cause": self.letter.id,
            "at": self.now,
        }
        if is_heard:
            self.group.hear(values)
        else:
            self.group.write(UtteranceRow, values)
        return id

    def _effect(
        self,
        kind: str,
        *,
        lane: str,
        payload: dict[str, Any],
        status: EffectStatus = EffectStatus.WAITING,
        due: datetime | None = None,
        is_news: bool = False,
        door: str | None = None,
        priority: Priority = Priority.ANSWER,
    ) -> str:
        id = self.id()
        self._effects += 1
        self.group.write(
            EffectRow,
            {
                "id": id,
                "lane": lane,
                "cause": self.letter.id,
                "kind": kind,
                "payload": payload,
                "idem_key": f"{self.letter.id}:{self._effects}",
                "due": due or self.now,
                "status": status,
                "is_news": is_news,
                "door": door,
                "priority": priority,
                "attempts": 0,
            },
        )
        return id
