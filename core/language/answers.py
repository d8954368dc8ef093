"""Short answers, and what a person wants of the talk itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.language.jobs.crafts import Craft
from core.language.lexicon import particles, small, table
from core.language.normalise import Text
from core.language.phrases import Matcher
from core.language.replies import FILLERS, HOLDS, Reply, ReplyFinder
from core.language.words import grammemes
from core.meaning import Answer, Intent, Trade

SHORT = 7  # words; in a longer text only what it begins with answers
LONG = 14  # words; here even a leading yes must be cut off by a comma

_HOLD, _OBJECTION = "hold", "objection"
_NEGATIONS = particles("negations")
_WHETHER = "ли"
_BARE_NO = frozenset({"нет", "no", "не"})  # these deny a thing as well: "нет света", "no power"


class AnswerFinder:
    """Finds answers, intents and trades named as such by the table `talk`."""

    def __init__(self) -> None:
        """Compile the table."""
        talk = table("talk")
        self._answers = ReplyFinder(
            talk["answer"],
            {Answer.NO: FILLERS | small("around_no"), _OBJECTION: FILLERS | _NEGATIONS},
            is_mixed=True,
        )
        self._intents = _matcher(talk["intent"])
        self._lone_intents = _lone(talk["intent"], small("polite") | small("around_wish"))
        self._trades = _matcher(talk["trade"])
        self._all = ReplyFinder({"all": talk["all"]}, {"all": FILLERS | small("around_trades")})

    def answer(self, text: Text) -> Answer | None:
        """Return the short answer that a message begins with or consists of."""
        replies = [reply for reply in self._answers.find(text) if self._counts(reply, text)]
        held = max((reply.clause.end for reply in replies if reply.label == _HOLD), default=0)
        replies = [reply for reply in replies if reply.clause.first >= held]
        labels = [reply.label for reply in replies]
        if not replies:
            return None
        if any(reply.label == Answer.LATER and not reply.clause.is_turned for reply in replies):
            return Answer.LATER
        if Answer.DONT_KNOW in labels:
            return Answer.DONT_KNOW
        if any(_denies(reply, text) for reply in replies if reply.label in (Answer.YES, _OBJECTION)):
            return Answer.YES  # "не против", "why not"
        first = [reply for reply in replies if reply.clause == replies[0].clause]
        if any(reply.label in (Answer.NO, _OBJECTION) or reply.hit.is_negated for reply in first):
            return Answer.NO
        return Answer.YES if first[0].label == Answer.YES else None

    def _counts(self, reply: Reply, text: Text) -> bool:
        clause, hit, size = reply.clause, reply.hit, len(text.tokens)
        if (size > SHORT and (clause.first > 0 or reply.place == HOLDS)) or (
            size > LONG and hit.last + 1 < clause.end
        ):
            return False
        if not _denies(reply, text):
            if hit.is_negated and reply.label not in (Answer.YES, _OBJECTION, _HOLD):
                return False
            if clause.is_asked and reply.label in (Answer.YES, Answer.LATER):
                return False  # "в субботу можно?" agrees to nothing
        following = text.tokens[hit.last + 1].text if hit.last + 1 < clause.end else None
        if following is None or reply.label != Answer.NO:
            return True
        if reply.place == HOLDS:  # "не могу открыть кран" tells of a tap
            return "INFN" not in grammemes(following)
        return text.tokens[hit.last].text not in _BARE_NO or _is_denied_whole(following)

    def intents(self, text: Text) -> frozenset[Intent]:
        """Return everything a person wants of the talk, besides answering."""
        hits = [hit for hit in self._intents.every(text) if not hit.is_negated]
        lone = (
            reply.label
            for reply in self._lone_intents.find(text)
            if not reply.clause.is_turned
            and not any(hit.first <= reply.hit.last and reply.hit.first <= hit.last for hit in hits)
        )
        return frozenset(Intent(label) for label in (*(hit.label for hit in hits), *lone))

    def crafts(self, text: Text, *, is_master: bool) -> tuple[Craft, ...]:
        """Return the trades named as such; "все" of a master names them all."""
        if is_master and len(text.tokens) <= SHORT:
            for reply in self._all.find(text):
                if not reply.hit.is_negated:
                    return tuple(Craft(trade, reply.hit.first, reply.hit.last) for trade in Trade)
        found = (hit for hit in self._trades.find(text) if not hit.is_negated)
        return tuple(Craft(Trade(hit.label), hit.first, hit.last) for hit in found)


def _denies(reply: Reply, text: Text) -> bool:
    """Tell whether the phrase denies something itself: "why not", "no idea"; of an objection, its clause."""
    span = (reply.hit.first, reply.hit.last + 1)
    first, end = (reply.clause.first, reply.clause.end) if reply.label == _OBJECTION else span
    return any(token.text in _NEGATIONS for token in text.tokens[first:end])


def _is_denied_whole(following: str) -> bool:
    """Tell whether a bare "no" before this word denies the question, and no thing."""
    if following in particles("after_no"):
        return True
    if following == _WHETHER:  # "нет ли у вас мастера"
        return False
    return following[0] > "z" and "gent" not in grammemes(following)


def _matcher(entries: Mapping[str, Mapping[str, Sequence[str]]]) -> Matcher:
    return Matcher(
        (label, phrase) for label, entry in entries.items() for lang in ("ru", "en") for phrase in entry[lang]
    )


def _lone(entries: Mapping[str, Mapping[str, Any]], fillers: frozenset[str]) -> ReplyFinder:
    """Return a finder of the words that are a wish only where they are all that is said."""
    alone = {label: {"fills": entry["alone"]} for label, entry in entries.items() if "alone" in entry}
    return ReplyFinder(alone, dict.fromkeys(alone, fillers))
