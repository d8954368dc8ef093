"""How a question is asked once more: in other words, not for ever, and never over what was just told."""

from dataclasses import fields

from core.conversation.scene import Scene
from core.kernel.talk import may_ask

AGAIN = 2  # asked plainly and with an example in turn: nobody hears the same words twice running


def acknowledge(scene: Scene) -> None:
    """Say that what was told is kept, where it answers another question than the open one."""
    said = scene.said
    is_about_who = any(getattr(said.identity, part.name) for part in fields(said.identity))
    if scene.has_learnt and is_about_who and not (said.is_answer or said.frames or scene.corrected):
        scene.say("client-kept")


def is_enough(scene: Scene, question: str, *, most: int | None = None) -> bool:
    """Tell whether a question was asked in vain so often that the person knows what is needed.

    Args:
        most: Fewer than the market's number, where we have no more words to ask with.
    """
    if scene.has_learnt or scene.is_aside_answered:
        return False
    in_vain = scene.known.count(f"{question}-in-vain") + 1
    rules = scene.script.market(scene.talk).talk_rules
    return not may_ask(in_vain, rules) or (most is not None and in_vain > most)
