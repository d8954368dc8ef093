"""What people and programs are shown of a talk: what it knows, what it answers, what was said in it."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core.flows.views import View, time_view
from storage.tables import (
    JobRow,
    TalkRow,
    UtteranceRow,
)


def understood_view(
    *,
    category: str | None = None,
    urgency: str | None = None,
    emergency: str | None = None,
    requests: Sequence[Mapping[str, Any]] = (),
    identity: Mapping[str, Any] | None = None,
    time: Sequence[Mapping[str, Any]] = (),
    missing: Sequence[str] = (),
) -> View:
    """Show everything a talk knows so far, and what it still has to learn."""
    return {
        "category": category,
        "urgency": urgency,
        "emergency": emergency,
        "requests": [dict(request) for request in requests],
        "identity": {key: value for key, value in (identity or {}).items() if value},
        "time": [dict(when) for when in time],
        "missing": list(missing),
    }


def talk_view(
    talk: TalkRow,
    *,
    understood: View,
    replies: Sequence[View] | None = None,
    quote: View | None = None,
    slots: Sequence[View] | None = None,
    job: JobRow | None = None,
    jobs: Sequence[str] = (),
) -> View:
    """Show what a talk answers to a message.

    Args:
        replies: Made by `reply_view`. None: the web door reads the utterances the letter caused.
        quote: Made by `quote_view`: before slots, the lowest low and the highest high.
        slots: Made by `slot_view`.
        job: The job the talk has made, from the tap on a slot on; of several, the one made last.
        jobs: The ids of all jobs the talk has made, where there are several.
    """
    view: View = {"conversation_id": talk.id, "status": talk.status, "understood": understood}
    if replies is not None:
        view["replies"] = list(replies)
    if quote is not None:
        view["quote"] = quote
    if slots:
        view["slots"] = list(slots)
    if job is not None:
        view.update(job_id=job.id, job_number=job.number)
    if len(jobs) > 1:
        view["jobs"] = list(jobs)
    if talk.master_id is not None and talk.role == "master":
        view["master_id"] = talk.master_id
    return view


def utterance_view(utterance: UtteranceRow, *, zone: ZoneInfo) -> View:
    """Show one line of a transcript."""
    return {
        "seq": utterance.seq,
        "at": time_view(utterance.at, zone),
        "from": utterance.author,
        "text": utterance.text,
        "media": list(utterance.media),
        "buttons": list(utterance.buttons),
    }


def transcript_view(
    talk: TalkRow, utterances: Sequence[UtteranceRow], *, zone: ZoneInfo, speakers: Mapping[str, str]
) -> View:
    """Show a talk as it was said, by line and as one text.

    Args:
        speakers: How each author is called in the text: `{"client": "Клиент", …}`.
    """
    return {
        "conversation_id": talk.id,
        "kind": talk.kind,
        "channel": talk.channel,
        "status": talk.status,
        "lang": talk.lang,
        "job_id": talk.job_id,
        "master_id": talk.master_id if talk.role == "master" else None,
        "held_at": time_view(talk.held_at, zone),
        "messages": [utterance_view(utterance, zone=zone) for utterance in utterances],
        "transcript": "\n".join(
            f"{speakers.get(said.author, said.author)}: {said.text}" for said in utterances
        ),
    }
