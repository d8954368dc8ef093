"""One turn of a master: what is at hand in it, and how it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.conversation.errands import Errand, Said
from core.conversation.hearing import Heard
from core.conversation.newcomer import MasterKnown
from core.conversation.script import Choice, Script
from core.flows import hours
from core.flows.actor import Actor, ActorKind
from core.flows.refusals import told_in_words
from core.flows.tx import Tx
from core.kernel.refusal import NoHours, PastTime, TooFarAhead
from core.markets.cities import City
from core.markets.policy import Market
from core.meaning import HoursChange, Intent, Lang, Reading
from core.messages import Ask
from core.text.facts import Items
from storage.tables import MasterRow, TalkRow

AT_WORK = "working"  # the step of a master of whom nothing is asked
_SAME_IN_BOTH = frozenset({"ok", "ок", "+", "-"})


@dataclass(slots=True)
class MasterScene:
    """Everything a turn of a master touches.

    Attributes:
        master: His row; None as long as he has not told enough.
        heard: The words and the reading; nothing was read if a button was pressed.
        said: What the words say of his work.
    """

    script: Script
    tx: Tx
    talk: TalkRow
    known: MasterKnown
    heard: Heard
    master: MasterRow | None = None
    said: Said = field(default_factory=Said)

    @property
    def reading(self) -> Reading:
        """What the words may mean."""
        return self.heard.reading

    @property
    def intents(self) -> frozenset[Intent]:
        """What he wants of the talk itself."""
        return self.heard.reading.intents

    @property
    def market(self) -> Market:
        """The market the talk belongs to."""
        return self.script.market(self.talk)

    @property
    def city(self) -> City:
        """The city he works in."""
        return self.script.city(self.master.city if self.master else self.known.city)

    @property
    def actor(self) -> Actor:
        """The master as one who acts."""
        return Actor(ActorKind.MASTER, self.talk.master_id or "")

    def say(
        self,
        name: str,
        /,
        *,
        choices: Mapping[str, str] | None = None,
        buttons: Sequence[Choice] = (),
        links: Mapping[str, str] | None = None,
        asks: Mapping[str, Ask] | None = None,
        **facts: Any,
    ) -> None:
        """Say a text in the talk."""
        self.tx.say(self.talk, name, choices=choices, buttons=buttons, links=links, asks=asks, **facts)

    @property
    def named_days(self) -> frozenset[date]:
        """The days he has named. A bare "не могу" is read as of today, but names no day."""
        reading = self.reading
        days = {when.start.date() for when in reading.times}
        if reading.hours is not None:
            days |= reading.hours.days.keys()
        today = self.tx.now.astimezone(self.city.zone).date()
        is_today_meant = bool(reading.times) or self.said.has(Errand.TODAY)
        return frozenset(days if is_today_meant else days - {today})

    def take_language(self) -> None:
        """Go on in the language he speaks now; a name or a number alone is no language."""
        said, reading = self.said, self.reading
        if said.has(Errand.RUSSIAN, Errand.ENGLISH):
            self.talk.lang = (Lang.RU if said.has(Errand.RUSSIAN) else Lang.EN).value
        elif not reading.is_empty and said.words.strip(" .!").lower() not in _SAME_IN_BOTH:
            tells = (reading.answer, reading.hours, reading.emergency, *reading.trades)
            if said.errands or reading.intents or any(each is not None for each in tells):
                self.talk.lang = reading.lang.value
        if self.master is not None and self.master.lang != self.talk.lang:
            self.master.lang = self.talk.lang


async def set_hours(scene: MasterScene, master: MasterRow, change: HoursChange) -> bool:
    """Take hours and tell them back. Return whether he works in any of them; if not kept, it is told why."""
    city = scene.script.city(master.city)
    try:
        days = await hours.change(scene.tx, scene.market, master=master, change=change, city=city)
    except (NoHours, PastTime, TooFarAhead) as refusal:  # raised before anything was changed
        scene.say(refusal.template, **told_in_words(refusal, scene.market))
        return False
    scene.say("master-hours-set", days=Items(hours.told(days, city=city)))
    return any(days.values())
