"""Shapes of jobs and their files."""

from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bots.sidecar.shapes.base import Id, In, Out, PageOut
from bots.sidecar.shapes.money import PaymentOut, QuoteOut, SplitOut


class StepIn(In):
    """A step of a job. `master_id` is for the owner: on whose behalf."""

    master_id: Id | None = None


class FileIn(In):
    """Which job's file to make: by the job or by its talk."""

    job_id: Id | None = None
    conversation_id: Id | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.job_id is None) == (self.conversation_id is None):
            raise PydanticCustomError("nothing_said", "either job_id or conversation_id is needed")
        return self


class OfferOut(Out):
    """Who is asked now, and until when."""

    master_id: str
    until: str


class JobOut(Out):
    """A job."""

    id: str
    number: str
    status: str = Field(description="The state's public name in its market")
    state: str
    market: str
    trade: str | None
    urgency: str
    title: str | None = None
    diagnosis: str | None
    client: dict[str, Any] | None = Field(description="null for a master who was only offered the job")
    address: dict[str, Any]
    start: str | None
    end: str | None
    quote: QuoteOut | None
    master_id: str | None
    offer: OfferOut | None
    payment: PaymentOut | None = None
    split_preview: SplitOut | None = Field(description="null for the job's client")


class JobsOut(PageOut):
    """A page of jobs."""

    items: list[JobOut]  # type: ignore[assignment]  # a narrower item


class SectionOut(Out):
    """A section of a job file and whether there is something in it."""

    name: str
    title: str
    filled: bool


class FileOut(Out):
    """A job file."""

    job_id: str
    pdf_url: str | None
    page_url: str
    complete: bool
    sections: list[SectionOut]


class InstructionsOut(Out):
    """A job file's sections with what is in them."""

    job_id: str
    number: str
    complete: bool
    sections: list[dict[str, Any]]


class DeliveriesOut(Out):
    """Where something was sent."""

    deliveries: list[dict[str, Any]]


class TimelineOut(Out):
    """What happened to a job, oldest first."""

    items: list[dict[str, Any]]
