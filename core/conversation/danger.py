"""Danger comes first: the safety words before any question, in whatever state the talk is (L23)."""

from core.conversation.scene import ASIDE, Scene
from core.conversation.script import choice
from core.language.choose import Question
from core.meaning import Emergency, Intent

_WAITING = ("danger-still", "danger-waiting")
# After these words nobody is asked about sockets: people leave first.
MUST_LEAVE = (Emergency.GAS, Emergency.CO, Emergency.FIRE)


def warn(scene: Scene) -> bool:
    """Say the safety words. Return whether the talk must wait until people are safe."""
    known, talk = scene.known, scene.talk
    danger, is_news = known.emergency, scene.reading.emergency is not None
    if danger is None or known.is_danger_over:
        return False
    if danger not in MUST_LEAVE:
        if is_news:
            scene.say(f"danger-{danger}")
        return False
    if talk.step == Question.SAFE and not is_news:
        if scene.said.is_safe is True:
            return be_safe(scene)
        if Intent.CANCEL in scene.intents:
            known.is_danger_over = True
            return False
    if talk.step != Question.SAFE or (is_news and not known.asked.get(f"danger-{danger}")):
        known.count(f"danger-{danger}")
        _say(scene, f"danger-{danger}")
    else:
        _ask_again(scene)
    talk.step = Question.SAFE
    scene.open()
    return True


def be_safe(scene: Scene) -> bool:
    """People are safe. Return whether the turn ends here, because nothing is left to be mended."""
    known = scene.known
    danger, known.is_danger_over = known.emergency, True
    scene.talk.step = Question.PROBLEM
    if known.trade is not None or scene.live_job is not None:
        return False
    scene.talk.step = ASIDE
    known.urgency = known.emergency = None  # whatever is mended later is another matter
    scene.say("danger-no-job", danger=danger.value if danger else "fire")
    return True


def stay_out(scene: Scene) -> None:
    """It is not over yet: people wait outside, and so do we."""
    scene.talk.step = Question.SAFE
    _ask_again(scene)


def _ask_again(scene: Scene) -> None:
    """Whatever is said meanwhile is kept; in turn, so that nobody hears the same words twice running."""
    _say(scene, _WAITING[scene.known.count("safe") % len(_WAITING)])


def _say(scene: Scene, name: str) -> None:
    choices = {"safe": choice("safe", scene.talk.id), "not_yet": choice("notyet", scene.talk.id)}
    scene.say(name, choices=choices)
