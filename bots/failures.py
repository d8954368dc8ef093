"""Tells failures apart: the database is away, somebody was faster, or it is a defect."""

import traceback
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

FRAMES = 4
# Busy, locked, out of memory, read-only, interrupted, disk error, disk full, cannot open, protocol.
_SQLITE_AWAY = frozenset({5, 6, 7, 8, 9, 10, 13, 14, 15})
_CONFLICT_CLASS = "40"  # serialization failure, deadlock


class Overtaken(Exception):  # noqa: N818 - nothing went wrong: somebody else was faster
    """A letter of this group is not waiting any more."""


class Verdict(Enum):
    """What a failure of a transaction means."""

    AWAY = "away"  # nobody's fault; wait
    CONFLICT = "conflict"  # two at once; again
    DEFECT = "defect"  # the same will happen again


def judge(failure: BaseException) -> Verdict:  # noqa: PLR0911 - one line per kind of failure
    """Tell what a failure means."""
    if isinstance(failure, StaleDataError | Overtaken):
        return Verdict.CONFLICT
    if isinstance(failure, PoolTimeoutError | InterfaceError | OSError):
        return Verdict.AWAY
    if not isinstance(failure, DBAPIError):
        return Verdict.DEFECT
    if (getattr(failure.orig, "sqlstate", None) or "").startswith(_CONFLICT_CLASS):
        return Verdict.CONFLICT
    if failure.connection_invalidated:
        return Verdict.AWAY
    if isinstance(failure, OperationalError):
        code = getattr(failure.orig, "sqlite_errorcode", None)
        # SQLite calls a misspelt column operational too.
        return Verdict.AWAY if code is None or code & 0xFF in _SQLITE_AWAY else Verdict.DEFECT
    return Verdict.DEFECT


def where(failure: BaseException) -> str:
    """Tell what failed and where, without what people said: a message may quote a row.

    Only what the database's guards and constraints say of themselves is kept.
    """
    name = type(failure).__name__
    if isinstance(failure, DBAPIError) and failure.orig is not None:
        told = getattr(getattr(failure.orig, "diag", None), "message_primary", None)
        if told is None and hasattr(failure.orig, "sqlite_errorcode"):
            told = str(failure.orig)
        name += f" ({told})" if told else f" ({type(failure.orig).__name__})"
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename][-FRAMES:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours)
    return f"{name} at {places}" if places else name
