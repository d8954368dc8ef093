"""Guards of the spine: a letter is handled once, an effect is what was committed, history stays."""

from storage.guards.guard import Event, Guard, append_only, frozen, kept, refuse
from storage.tables import LetterStatus

# A timer that is armed anew is a new letter, with a new id, in the row of its key.
_SAME = "NEW.id = OLD.id"

GUARDS: tuple[Guard, ...] = (
    frozen("NY001", "inbox", "The key and the number of a letter never change.", columns=("seq", "key")),
    frozen(
        "NY002",
        "inbox",
        "What a letter says never changes.",
        columns=("lane", "kind", "payload", "received"),
        when=_SAME,
    ),
    refuse(
        "NY003",
        "inbox",
        "A letter that was handled stays handled, with its outcome.",
        on=(Event.UPDATE,),
        when=(
            f"{_SAME} AND OLD.status = {LetterStatus.HANDLED} "
            "AND (NEW.status <> OLD.status OR NEW.outcome IS DISTINCT FROM OLD.outcome)"
        ),
    ),
    refuse(
        "NY004",
        "inbox",
        "A cancelled letter is not handled any more.",
        on=(Event.UPDATE,),
        when=f"{_SAME} AND OLD.status = {LetterStatus.CANCELLED} AND NEW.status <> OLD.status",
    ),
    kept(
        "NY005", "inbox", "A letter that waits is never erased.", when=f"OLD.status = {LetterStatus.WAITING}"
    ),
    frozen(
        "NY011",
        "outbox",
        "What an effect does, and why, never changes.",
        columns=("seq", "id", "lane", "cause", "kind", "idem_key"),
    ),
    frozen(
        "NY014",
        "outbox",
        "What an effect says never changes; one that is still owed may take another door.",
        columns=("payload",),
        when="(OLD.status NOT IN ('held', 'waiting', 'sending', 'unknown') "
        "OR (NEW.payload ->> 'text') IS DISTINCT FROM (OLD.payload ->> 'text'))",
    ),
    refuse(
        "NY012",
        "outbox",
        "An effect that is done or withdrawn stays so.",
        on=(Event.UPDATE,),
        when="OLD.status IN ('done', 'withdrawn') AND NEW.status <> OLD.status",
    ),
    kept(
        "NY013",
        "outbox",
        "An effect that is still owed is never erased.",
        when="OLD.status IN ('waiting', 'held', 'sending', 'unknown')",
    ),
    append_only("NY021", "event", "History is only added to."),
)
