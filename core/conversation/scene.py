"""One turn of a client: what is at hand in it, and what has been noticed so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.conversation.asides import Aside, asides
from core.conversation.hearing import Heard
from core.conversation.known import Known
from core.conversation.script import Choice, Script
from core.flows.tx import Tx
from core.kernel.job import FINAL, JobState
from core.language.choose import Chosen
from core.meaning import Intent, Lang, Reading, Trade
from core.messages import Ask
from core.text.facts import Named
from storage.tables import JobRow, TalkRow

ASIDE = "aside"  # a step at which nothing is asked: the person was turned away or went away


@dataclass(slots=True)
class Scene:
    """Everything a turn touches.

    Attributes:
        job: The talk's job, or None before the first tap.
        heard: The words and the reading; nothing was read if a button was pressed.
        said: What of the reading answers the open question.
        denied: Things that were named only to be denied: "не розетка, а выключатель".
        corrected: What the person said anew, to be told back to him.
        has_learnt: Whether the words brought anything that was not known.
        is_stuck: We have asked in vain too often.
        is_repeat: Work that broke again has just been taken up under warranty.
        is_next: The visit before this one has just been ordered.
        is_photo_asked: A picture was asked for in this turn.
        dropped: Trades whose work is wanted no more: "кран не надо".
        taken: The job that was ordered in this turn, where the next visit is spoken of already.
        others: Jobs of this talk that are under way beside `job`.
        is_aside_answered: Whether something was asked beside the matter, and answered.
    """

    script: Script
    tx: Tx
    talk: TalkRow
    known: Known
    heard: Heard
    job: JobRow | None = None
    said: Chosen = field(default_factory=lambda: Chosen(is_answer=False))
    denied: frozenset[str] = frozenset()
    corrected: tuple[Named, ...] = ()
    has_learnt: bool = False
    is_aside_answered: bool = False
    is_stuck: bool = False
    is_next: bool = False
    is_photo_asked: bool = False
    is_repeat: bool = False
    dropped: frozenset[Trade] = frozenset()
    taken: JobRow | None = None
    others: list[JobRow] = field(default_factory=list)
    _asides: frozenset[Aside] | None = None

    @property
    def reading(self) -> Reading:
        """What the words may mean."""
        return self.heard.reading

    @property
    def intents(self) -> frozenset[Intent]:
        """What the person wants of the talk itself."""
        return self.heard.reading.intents

    @property
    def lang(self) -> Lang:
        """The talk's language."""
        return Lang(self.talk.lang)

    @property
    def asides(self) -> frozenset[Aside]:
        """What was said beside the matter; looked for only where somebody asks."""
        if self._asides is None:
            self._asides = asides(self.heard.texts, lang=self.reading.lang)
        return self._asides

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be found out: the job is under way, or there is none."""
        return self.talk.status == "completed"

    def owns(self, job: JobRow) -> bool:
        """Tell whether a job is this person's, in this talk or an earlier one of his."""
        return job.talk_id == self.talk.id or job.client_id == self.talk.person_id

    @property
    def live_job(self) -> JobRow | None:
        """The job, as long as it is not finished."""
        job = self.job
        return job if job is not None and JobState(job.state) not in FINAL else None

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

    def state_of(self, job: JobRow) -> Named:
        """Return in words where a job stands."""
        public = self.script.market(self.talk).public_name(JobState(job.state))
        return Named(f"status-{public}")

    def open(self) -> None:
        """Go on asking: the talk waits for an answer again."""
        self.talk.status, self.talk.closed_at = "active", None

    def close(self) -> None:
        """Nothing is left to be found out."""
        self.talk.status, self.talk.closed_at = "completed", self.tx.now
