"""All guards, by code."""

from storage.guards import jobs, money, people, spine
from storage.guards.guard import Guard

GUARDS: tuple[Guard, ...] = tuple(
    sorted((*spine.GUARDS, *people.GUARDS, *jobs.GUARDS, *money.GUARDS), key=lambda guard: guard.code)
)
