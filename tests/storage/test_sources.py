"""Where clients came from, counted on both databases (A30)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries import sources
from storage.queries.sources import Came
from storage.tables import PersonRow, TalkRow

pytestmark = pytest.mark.row("A30")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KNOWN = ("avito", "vk", "word_of_mouth")


def talk(id: str, source: str | None, *, person: str, at: datetime = NOW) -> TalkRow:
    return TalkRow(
        id=id,
        kind="client_request",
        role="client",
        market="home_services",
        lang="ru",
        channel="telegram",
        chat_id=id,
        source=source,
        status="active",
        step="problem",
        known={},
        person_id=person,
        heard_at=at,
        created_at=at,
    )


async def test_talks_count_by_their_first_contact(session: AsyncSession) -> None:
    for person in ("anna", "boris"):
        session.add(PersonRow(id=person, lang="ru", created_at=NOW))
    session.add_all(
        [
            talk("one", "avito_banner2", person="anna"),
            talk("two", None, person="anna", at=NOW + timedelta(hours=1)),
            talk("three", "Avito", person="boris"),
            talk("old", "vk", person="boris", at=NOW - timedelta(days=9)),
        ]
    )
    await session.flush()
    found = await sources.report(session, since=NOW, until=NOW + timedelta(days=1))
    assert sources.together(found, KNOWN) == [Came("avito", 2, 0, 0, {}), Came(None, 1, 0, 0, {})]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("avito", "avito"),
        ("avito-2", "avito"),
        ("word_of_mouth_olga", "word_of_mouth"),
        ("avitoland", "avitoland"),
        (None, None),
    ],
)
def test_a_code_is_what_a_source_begins_with(source: str | None, code: str | None) -> None:
    assert sources.code_of(source, KNOWN) == code
