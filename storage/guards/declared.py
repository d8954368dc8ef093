"""All guards, by code."""

from storage.guards import care, charges, jobs, money, people, spine
from storage.guards.guard import Guard

GUARDS: tuple[Guard, ...] = tuple(
    sorted(
        (*spine.GUARDS, *people.GUARDS, *jobs.GUARDS, *money.GUARDS, *charges.GUARDS, *care.GUARDS),
        key=lambda guard: guard.code,
    )
)
