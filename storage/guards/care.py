"""Guards of what comes after the work: one rating per job and side, and tickets that stay closed."""

from storage.guards.guard import Event, Guard, Lock, final, frozen, kept, refuse, steps

GUARDS: tuple[Guard, ...] = (
    refuse(
        "NY501",
        "rating",
        "A rating is about the master of a job that is paid.",
        on=(Event.INSERT,),
        when="TRUE",
        unless=(
            "EXISTS (SELECT 1 FROM job WHERE id = NEW.job_id AND state = 'completed' "
            "AND master_id = NEW.master_id)"
        ),
        locks=(Lock("job", "id = NEW.job_id"),),
    ),
    frozen(
        "NY502",
        "rating",
        "A rating stays with its job, its side and its master.",
        columns=("id", "job_id", "side", "master_id", "until", "given_at"),
    ),
    refuse(
        "NY503",
        "rating",
        "Every change of a rating raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    refuse(
        "NY504",
        "rating",
        "A rating is changed before its deadline only, and says when.",
        on=(Event.UPDATE,),
        when="NEW.stars <> OLD.stars AND (NEW.changed_at > OLD.until OR NEW.changed_at < OLD.changed_at)",
    ),
    kept("NY505", "rating", "A rating is changed, never erased."),
    steps(
        "NY511",
        "ticket",
        "A ticket begins open and is closed once.",
        column="state",
        starts=("open",),
        table_of_steps=(("open", "closed"),),
    ),
    final("NY512", "ticket", "A closed ticket never changes.", column="state", states=("closed",)),
    frozen(
        "NY513",
        "ticket",
        "A ticket stays with its talk and its job.",
        columns=("id", "kind", "talk_id", "job_id", "created_at"),
    ),
    refuse(
        "NY514",
        "ticket",
        "Every change of a ticket raises the version.",
        on=(Event.UPDATE,),
        when="NEW.version <= OLD.version",
        watches_all=True,
    ),
    kept("NY515", "ticket", "A ticket is closed, never erased."),
)
