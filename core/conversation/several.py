"""Several jobs of one client at once: which one is meant, and how each of them stands."""

from collections.abc import Sequence

from core.conversation.scene import Scene
from core.conversation.script import Choice, choice
from core.flows import news
from core.text.facts import Items, Named
from storage.tables import JobRow

WHICH_CANCEL, WHICH_MOVE = "which-cancel", "which-move"
WHICH = (WHICH_CANCEL, WHICH_MOVE)  # what was asked for a job, where there are several
_TELLINGS = 2  # in turn: nobody hears the same words twice running


def ordered(scene: Scene) -> list[JobRow]:
    """Return the jobs that are under way, the first ordered first."""
    own = [scene.live_job] if scene.live_job is not None else []
    return sorted((*own, *scene.others), key=lambda job: (job.created_at, job.id))


def ask_which(scene: Scene, meant: str, jobs_here: Sequence[JobRow]) -> None:
    """Ask which of several jobs is meant."""
    known = scene.known
    known.yes_means, known.which = meant, [job.id for job in jobs_here]
    if not scene.said.times:
        known.wishes = []  # those of an earlier visit
    verb = "cancel" if meant == WHICH_CANCEL else "move"
    buttons = [
        Choice(
            "client-which-button",
            choice(verb, job.id),
            {"fault": news.service(job, scene.talk.lang), "number": job.number},
        )
        for job in jobs_here
    ]
    if meant == WHICH_CANCEL:
        buttons.append(Choice("client-which-all", choice("cancelall", scene.talk.id), {}))
    scene.say("client-which-cancel" if meant == WHICH_CANCEL else "client-which-move", buttons=buttons)


def tell_all(scene: Scene, jobs_here: Sequence[JobRow]) -> None:
    """Tell where each of several jobs stands."""
    lines = tuple(
        Named(
            "client-status-line" if job.starts_at is not None else "client-status-line-no-time",
            {
                "number": job.number,
                "fault": news.service(job, scene.talk.lang),
                "state": scene.state_of(job),
                **({"when": job.starts_at} if job.starts_at is not None else {}),
            },
        )
        for job in jobs_here
    )
    is_again = scene.known.count("status") % _TELLINGS
    scene.say("client-status-all-again" if is_again else "client-status-all", jobs=Items(lines))
