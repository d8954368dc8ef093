"""The databases walk the kernel's table of steps, and no other."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from core.kernel.job import FINAL, STEPS, JobState
from tests.storage.plain import undone
from tests.storage.town import a_job, walk


def test_the_database_walks_the_kernels_step_table_and_no_other(town: Engine) -> None:
    steps = {(source, to) for (source, _), to in STEPS.items()}
    with undone(town) as connection:
        a_job(connection, "task", market="task_market", number="1", state="draft")
        allowed = {
            (source, to)
            for source, way in _ways(steps).items()
            for to in JobState
            if _passes(connection, way, to)
        }
    stays = {(state, state) for state in set(JobState) - FINAL}
    assert allowed == steps | stays


def _ways(steps: Collection[tuple[JobState, JobState]]) -> dict[JobState, tuple[JobState, ...]]:
    """Return a way from draft to every state."""
    ways: dict[JobState, tuple[JobState, ...]] = {JobState.DRAFT: ()}
    while new := {to: (*ways[source], to) for source, to in steps if source in ways and to not in ways}:
        ways |= new
    return ways


def _passes(connection: Connection, way: Sequence[JobState], to: JobState) -> bool:
    attempt = connection.begin_nested()
    walk(connection, "task", *way)
    try:
        walk(connection, "task", to)
    except DBAPIError:
        return False
    else:
        return True
    finally:
        attempt.rollback()
