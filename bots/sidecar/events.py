"""The live stream: what happens, as soon as it is written, to those who may see it (server-sent events)."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from bots.held import Watch
from bots.sidecar.access import Asker, Known
from bots.sidecar.deps import Naryad, Program
from bots.sidecar.errors import Problem
from bots.sidecar.shapes import errors
from core.flows import views as shown
from storage import history
from storage.history import Event
from storage.tables import MasterRow, TerminalRow

router = APIRouter(prefix="/api/v1", tags=["events"])

STREAMS_MAX = 1_000
HEARTBEAT_S = 15.0
LOOK_S = 1.0  # how often a quiet stream looks whether it shall end
RETRY_MS = 2_000
SEQ_MAX = 2**53  # what every program counts exactly; no database keeps twenty digits


class Streams:
    """The open streams of this process."""

    def __init__(self) -> None:
        self.open = 0
        self.is_closed = False
        self.heartbeat_s = HEARTBEAT_S
        self.look_s = LOOK_S

    def close(self) -> None:
        """End all of them, so that the server can stop within its seconds."""
        self.is_closed = True


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses=errors(401, 403, 422, 503)
    | {200: {"description": "A stream", "content": {"text/event-stream": {}}}},
    summary="Hear what happens",
)
async def events(
    request: Request,
    program: Program,
    asker: Known,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None,
    after: Annotated[int | None, Query(ge=0, le=SEQ_MAX)] = None,
) -> StreamingResponse:
    """Server-sent events by token or cookie: `id:` is the line's `seq`, `data:` what you may see of it.

    Begins now, or after `Last-Event-ID` (or `?after`). Every 15 s a comment keeps the connection alive.
    """
    streams: Streams = request.app.state.streams
    if streams.is_closed or streams.open >= STREAMS_MAX:
        raise Problem(503, headers={"Retry-After": "5"})
    if last_event_id is not None and last_event_id.isdecimal() and int(last_event_id) <= SEQ_MAX:
        after = int(last_event_id)
    return StreamingResponse(
        _stream(
            program,
            streams,
            asker,
            parties=await _parties(asker, program),
            after=await _from(program, after),
        ),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


async def _from(program: Naryad, after: int | None) -> int | None:
    """Return where a stream begins; None is now, also for a page that is ahead of a restored database."""
    if after is None:
        return None
    async with program.readers() as session:
        return after if after <= await history.last(session) else None


async def _stream(
    program: Naryad,
    streams: Streams,
    asker: Asker,
    *,
    parties: frozenset[str] | None,
    after: int | None,
) -> AsyncIterator[str]:
    streams.open += 1
    try:
        with program.desk.watch(parties) as watch:  # before the past is read, so that nothing falls between
            yield f"retry: {RETRY_MS}\n\n"
            told: set[int] = set()
            if after is not None:
                async for event in _missed(program, parties, after=after):
                    told.add(event.seq)
                    yield _line(event, program, asker)
            async for heard in _heard(program, streams, watch, asker):
                if heard is None:
                    yield ": still here\n\n"
                elif heard.seq > (after or 0) and heard.seq not in told:
                    yield _line(heard, program, asker)
    finally:
        streams.open -= 1


async def _heard(
    program: Naryad, streams: Streams, watch: Watch, asker: Asker
) -> AsyncIterator[Event | None]:
    """Yield events as they happen, and None now and then, as long as the stream may stay open."""
    loop = asyncio.get_running_loop()
    beat_at = loop.time() + streams.heartbeat_s
    while not (streams.is_closed or watch.is_cut_off):
        event = await watch.next(streams.look_s)
        if event is not None:
            if event.action == "terminal_closed" and not await _stands(asker, program):
                return
            yield event
        elif loop.time() >= beat_at:
            if not await _stands(asker, program):
                return
            beat_at = loop.time() + streams.heartbeat_s
            yield None


async def _missed(program: Naryad, parties: Collection[str] | None, *, after: int) -> AsyncIterator[Event]:
    """Yield what happened since the last line that was heard, page by page."""
    while True:
        async with program.readers() as session:
            page = await history.after(session, after)
        for event in page:
            if event.is_for(parties):
                yield event
        if len(page) < history.PAGE:
            return
        after = page[-1].seq


def _line(event: Event, program: Naryad, asker: Asker) -> str:
    view = shown.event_view(event, zone=program.settings.zone, is_owner=asker.is_owner)
    return f"id: {event.seq}\ndata: {json.dumps(view, ensure_ascii=False)}\n\n"


async def _parties(asker: Asker, program: Naryad) -> frozenset[str] | None:
    """Return the talks and masters whose events the asker may see; None: the owner sees all."""
    if asker.is_owner:
        return None
    parties = set(asker.talk_ids)
    if asker.master_id is not None:
        async with program.readers() as session:
            master = await session.get(MasterRow, asker.master_id)
        parties.update(filter(None, (asker.master_id, master.talk_id if master else None)))
    return frozenset(parties)


async def _stands(asker: Asker, program: Naryad) -> bool:
    """Tell whether the asker's terminal was not closed meanwhile."""
    if asker.terminal_id is None:
        return True
    async with program.readers() as session:
        terminal = await session.get(TerminalRow, asker.terminal_id)
    return terminal is not None and terminal.status == "active"
