"""All guards, by code."""

import importlib.util

from storage.guards import money, people, spine
from storage.guards.guard import Guard

_jobs: tuple[Guard, ...] = ()
if importlib.util.find_spec("core.kernel") and importlib.util.find_spec("core.kernel.job"):
    from storage.guards import jobs

    _jobs = jobs.GUARDS

GUARDS: tuple[Guard, ...] = tuple(
    sorted((*spine.GUARDS, *people.GUARDS, *_jobs, *money.GUARDS), key=lambda guard: guard.code)
)
