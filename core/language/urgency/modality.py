"""Is a danger here and now? Denied, over, feared, told, sold, or asked for as a prank it is not.

Every judgement is about one finding of a scene; things ("розетка") are never judged, only what
happens to them.
"""

from dataclasses import dataclass, field
from functools import cached_property

from core.language.lexicon import particles, table
from core.language.phrases import Found
from core.language.urgency.scene import Scene
from core.language.urgency.scopes import answer_no, deny, fear, fill, is_governed
from core.language.words import grammemes, is_cyrillic, is_known

GONE_AHEAD = 4  # words between "запаха" and its "нет"
LIST_MAX = 5  # words of a list between its first and its "нет"
BARE_MAX = 5  # words of a clause such as "сейчас опять то же самое"
PHASE_REACH = 3  # words between "начала" and "искрить"

_ASKING = frozenset({"to", "get", "need", "needs", "want", "please", "should", "must", "can"})
_PRESENT = frozenset({"is", "are", "keeps"})
_LINKS = frozenset({"и", "или", "ни", "or", "and", "nor", "any", "a", "the", "no"})
_ING_NOUNS = frozenset(table("modality")["ing_nouns"]["words"].split())
_WHOLE = ("prank", "advert")


@dataclass
class Reality:
    """What of a scene is not real, token by token."""

    scene: Scene
    untold: list[bool] = field(default_factory=list)  # sentences that are told, sold or asked for
    denied: list[bool] = field(default_factory=list)  # what "not" governs
    feared: list[bool] = field(default_factory=list)
    aimed: list[bool] = field(default_factory=list)  # after "чтобы": not even the past is real

    @cached_property
    def _happening(self) -> frozenset[int]:
        """The tokens of phenomena."""
        return frozenset(
            place
            for name, hits in self.scene.senses.items()
            if name not in self.scene.sorts
            for hit in hits
            for place in range(hit.first, hit.last + 1)
        )

    def is_real(self, hit: Found) -> bool:
        """Tell whether a phenomenon is here and now."""
        place = hit.first
        if hit.is_negated or self.untold[place] or self.denied[place] or self.aimed[place]:
            return False
        if self._is_gone(hit) or self._is_listed(hit) or self._is_wished(hit):
            return False
        return not self._is_over(hit)

    def is_told_of_here(self, hit: Found) -> bool:
        """Tell whether a thing belongs to what the person tells of, not of a dream or a film."""
        return not self.untold[hit.first]

    def is_said(self, hit: Found) -> bool:
        """Tell whether something is said and meant: not denied, not wished away, not of long ago."""
        if hit.is_negated or self.untold[hit.first] or self.aimed[hit.first]:
            return False
        scene = self.scene
        if self.denied[hit.first] and not is_cyrillic(scene.tokens[hit.first].text):
            return False
        clause = scene.clause_of(hit.first)
        was = any(mark.first in clause and not mark.is_negated for mark in scene.marks.get("over", ()))
        return not was or self._still(scene.sentence_of(hit.first))

    def is_aftermath(self, hit: Found) -> bool:
        """Tell whether only painting is left to do after a flood."""
        scene = self.scene
        if self._is_dry(hit):
            return True
        if self._is_present(hit) or self._still(scene.sentence_of(hit.first)):
            return False
        return any(
            abs(scene.sentences[mark.first] - scene.sentences[hit.first]) <= 1
            for mark in scene.marks.get("aftermath", ())
        )

    def _is_dry(self, hit: Found) -> bool:
        """Tell whether all is dry, as is said in the same sentence or the next one."""
        scene = self.scene
        return any(
            not mark.is_negated and 0 <= scene.sentences[mark.first] - scene.sentences[hit.first] <= 1
            for mark in scene.marks.get("dry", ())
        )

    def _is_gone(self, hit: Found) -> bool:
        """Tell whether a denial follows: "запаха в квартире нет", "the smell has gone"."""
        scene = self.scene
        if self._is_listed_ahead(hit):
            return True
        for mark in scene.marks.get("gone", ()):
            if mark.is_negated or not hit.last < mark.first <= hit.last + 1 + GONE_AHEAD:
                continue
            if scene.clauses[mark.first] != scene.clauses[hit.last]:
                continue
            if scene.tokens[mark.first].text in ("нет", "нету", "нема", "ноль"):
                if self._is_case(hit, {"gent", "gen2"}) and not self._owns_other(hit, mark):
                    return True
            elif mark.first <= hit.last + 2 or self._is_case(hit, {"gent", "accs"}):
                return True
        return False

    def _owns_other(self, hit: Found, mark: Found) -> bool:
        """Tell whether "нет" belongs to a nearer word: "запах на лестнице, сил нет"."""
        word = self.scene.tokens[mark.first - 1].text
        nearer = mark.first - 1 > hit.last and "gent" in grammemes(word) and "NOUN" in grammemes(word)
        return nearer and mark.first - 1 != hit.last + 1

    def _is_case(self, hit: Found, cases: set[str]) -> bool:
        word = self.scene.tokens[hit.first].text
        if not is_cyrillic(word):
            return False
        tags = grammemes(word)
        return "NOUN" in tags and bool(tags & cases)

    def _is_listed(self, hit: Found) -> bool:
        """Tell whether a noun stands in a list that is denied: "без искр, дыма и запаха"."""
        tokens = self.scene.tokens
        if self._is_verb(hit) or hit.first == 0:
            return False
        place, steps = hit.first - 1, 0
        while place >= 0 and steps < LIST_MAX - 1:
            word = tokens[place].text
            if word in particles("negations"):
                return any(
                    "," in token.gap or token.text in _LINKS for token in tokens[place + 1 : hit.first + 1]
                )
            is_link = word in _LINKS or "," in tokens[place + 1].gap
            is_item = place in self._happening or (
                is_cyrillic(word) and bool({"NOUN", "ADJF"} & grammemes(word))
            )
            if any(sign in tokens[place + 1].gap for sign in ".!?;\n") or not (is_link or is_item):
                return False
            place, steps = place - 1, steps + 1
        return False

    def _is_listed_ahead(self, hit: Found) -> bool:
        """Tell whether a list of nouns ends in its denial: "дыма, искр и запаха нет"."""
        tokens = self.scene.tokens
        if not self._is_case(hit, {"gent", "gen2"}):
            return False
        is_list = False
        for place in range(hit.last + 1, min(hit.last + 1 + LIST_MAX, len(tokens))):
            word, gap = tokens[place].text, tokens[place].gap
            if word in ("нет", "нету"):
                return is_list
            is_link = word in _LINKS or "," in gap
            if any(sign in gap for sign in ".!?;\n") or not (is_link or is_governed(word)):
                return False
            is_list |= is_link
        return False

    def _is_wished(self, hit: Found) -> bool:
        """Tell whether something is only feared, or yet to come: "может загореться", "затопит"."""
        verbs = [tags for tags in self._verb_tags(hit) if tags]
        if verbs:
            if all("INFN" in tags for tags in verbs):
                return not self._has_phase(hit)
            return not self._is_vivid(hit) and any(
                "futr" in tags and not tags & {"pres", "past"} for tags in verbs
            )
        return self.feared[hit.first]

    def _is_vivid(self, hit: Found) -> bool:
        """Tell whether a future form tells of the past: "и меня как дёрнет"."""
        before = [token.text for token in self.scene.tokens[max(0, hit.first - 2) : hit.first]]
        return "как" in before

    def _has_phase(self, hit: Found) -> bool:
        around = range(hit.first - PHASE_REACH, hit.last + PHASE_REACH + 1)
        return any(mark.first in around for mark in self.scene.marks.get("phase", ()))

    def _is_over(self, hit: Found) -> bool:
        scene = self.scene
        sentence = scene.sentence_of(hit.first)
        if self._is_ceased(hit) or self._is_cleared(hit, sentence):
            return True
        if self._is_present(hit):
            return False
        is_verb = self._is_verb(hit)
        if self._mended_after(hit):
            return True
        if self._still(sentence):
            return False
        for mark in scene.marks.get("over", ()):
            if mark.is_negated or mark.first not in sentence:
                continue
            if is_verb or scene.clauses[mark.first] == scene.clauses[hit.first] or self._looks_back(hit):
                return True
        return self._is_of_others(sentence)

    def _looks_back(self, hit: Found) -> bool:
        """Tell whether the clause of a noun stands in the past: "был пожар"."""
        words = (self.scene.tokens[place].text for place in self.scene.clause_of(hit.first))
        verbs = [tags for word in words if is_cyrillic(word) and "VERB" in (tags := grammemes(word))]
        return any("past" in tags for tags in verbs) and not any("pres" in tags for tags in verbs)

    def _is_ceased(self, hit: Found) -> bool:
        return any(
            not mark.is_negated and 0 < hit.first - mark.last <= PHASE_REACH
            for mark in self.scene.marks.get("ceased", ())
        )

    def _is_cleared(self, hit: Found, sentence: range) -> bool:
        """Tell whether it was none after all: "думала потоп, оказалось ведро"."""
        marks = self.scene.marks.get("cleared", ())
        return any(not mark.is_negated and mark.first in sentence and mark.first > hit.last for mark in marks)

    def _mended_after(self, hit: Found) -> bool:
        scene = self.scene
        for mark in scene.marks.get("mended", ()):
            if mark.is_negated or mark.first <= hit.last:
                continue
            if scene.sentences[mark.first] - scene.sentences[hit.first] > 1 or self._is_wish(mark):
                continue
            if not any(still.first > mark.first for still in self._stills(scene.sentence_of(mark.first))):
                return True
        return False

    def _is_wish(self, mark: Found) -> bool:
        """Tell whether a mending is only asked for: "надо заменить", "needs to be fixed"."""
        word = self.scene.tokens[mark.first].text
        if is_cyrillic(word):
            tags = grammemes(word)
            return "INFN" in tags or "impr" in tags or ("VERB" in tags and "past" not in tags)
        clause = self.scene.clause_of(mark.first)
        before = {token.text for token in self.scene.tokens[clause.start : mark.first]}
        return bool(
            before & {"to", "get", "need", "needs", "want", "please", "it", "should", "must", "can"} - {"it"}
        )

    def _is_of_others(self, sentence: range) -> bool:
        """Tell whether it happened to somebody else, and only made a person careful."""
        others = self.scene.marks.get("others", ())
        if not any(mark.first in sentence for mark in others):
            return False
        return any(not wish.is_negated for wish in self.scene.marks.get("wish", ()))

    def _stills(self, sentence: range) -> list[Found]:
        """Return what says "now" or "again" in a sentence, of the danger and not of a wish or a person."""
        scene = self.scene
        aside = (*scene.marks.get("wish", ()), *scene.marks.get("dry", ()))
        wishes = {scene.clauses[mark.first] for mark in aside if not mark.is_negated}
        return [
            mark
            for mark in scene.marks.get("still", ())
            if mark.first in sentence
            and scene.clauses[mark.first] not in wishes
            and self._is_of_matter(scene.clause_of(mark.first))
        ]

    def _is_of_matter(self, clause: range) -> bool:
        """Tell whether a clause is about what happens: a phenomenon is in it, or hardly anything else."""
        if len(clause) <= BARE_MAX:
            return True
        return not self._happening.isdisjoint(clause)

    def _still(self, sentence: range) -> bool:
        return bool(self._stills(sentence))

    def _verb_tags(self, hit: Found) -> list[frozenset[str]]:
        """Return what the Russian verbs of a finding may be."""
        words = (token.text for token in self.scene.tokens[hit.first : hit.last + 1])
        tagged = (grammemes(word) for word in words if is_cyrillic(word) and is_known(word))
        return [frozenset(tags) for tags in tagged if {"VERB", "INFN"} & tags and "NOUN" not in tags]

    def _is_verb(self, hit: Found) -> bool:
        return bool(self._verb_tags(hit)) or self._is_english_past(hit)

    def _is_english_past(self, hit: Found) -> bool:
        words = (token.text for token in self.scene.tokens[hit.first : hit.last + 1])
        return any(not is_cyrillic(word) and word.endswith("ed") for word in words)

    def _is_present(self, hit: Found) -> bool:
        """Tell whether the verb itself stands in the present: "искрит", "is sparking"."""
        if any("pres" in tags for tags in self._verb_tags(hit)):
            return True
        tokens = self.scene.tokens
        words = [token.text for token in tokens[hit.first : hit.last + 1] if not is_cyrillic(token.text)]
        if not words:
            return False
        before = {token.text for token in tokens[max(0, hit.first - 2) : hit.first]}
        if before & {"was", "were", "had"}:
            return False
        return any(word.endswith("ing") and word not in _ING_NOUNS for word in words) or bool(
            before & {"is", "are", "keeps"}
        )


def reality_of(scene: Scene) -> Reality:
    """Judge a scene once; findings are then asked for one by one."""
    size = len(scene.tokens)
    whole = any(not mark.is_negated for name in _WHOLE for mark in scene.marks.get(name, ()))
    reality = Reality(scene, [whole] * size, [False] * size, [False] * size, [False] * size)
    if whole:
        return reality
    for mark in scene.marks.get("told", ()):
        fill(reality.untold, range(mark.first, scene.sentence_of(mark.first).stop))
    for mark in scene.marks.get("say", ()):
        after = mark.last + 1
        if after < size and ":" in scene.tokens[after].gap:
            fill(reality.untold, range(after, size))
    answer_no(scene, reality.untold)
    deny(scene, reality.denied)
    fear(scene, feared=reality.feared, aimed=reality.aimed)
    return reality
