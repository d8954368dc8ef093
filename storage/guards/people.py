"""Guards of people and their talks: who they are stays, what was said stays, hours do not overlap."""

from storage.guards.guard import Event, Guard, Span, append_only, exclude, final, frozen, kept, refuse

GUARDS: tuple[Guard, ...] = (
    frozen(
        "NY101",
        "person",
        "A person's record keeps its id and the day it was made.",
        columns=("id", "created_at"),
    ),
    frozen(
        "NY102",
        "master",
        "A master's record keeps its id and the day it was made.",
        columns=("id", "created_at"),
    ),
    refuse(
        "NY103",
        "person",
        "Every change of a person raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    refuse(
        "NY104",
        "master",
        "Every change of a master raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    refuse(
        "NY111",
        "hours",
        "Hours end after they begin.",
        when="NEW.ends_at <= NEW.starts_at",
    ),
    exclude(
        "NY112",
        "hours",
        "Hours of one master do not overlap.",
        span=Span(owner="master_id", starts="starts_at", ends="ends_at", key=("master_id", "starts_at")),
    ),
    frozen(
        "NY121",
        "terminal",
        "A terminal stays the same kind of terminal of the same master.",
        columns=("id", "master_id", "type", "created_at"),
    ),
    final(
        "NY122", "terminal", "A closed terminal is never opened again.", column="status", states=("closed",)
    ),
    kept("NY123", "terminal", "A terminal is closed, never erased."),
    frozen(
        "NY131",
        "talk",
        "A talk stays what it is: its kind, role, market and door.",
        columns=("id", "kind", "role", "market", "channel", "created_at"),
    ),
    refuse(
        "NY132",
        "talk",
        "Every change of a talk raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    append_only("NY133", "utterance", "What was said stays said."),
)
