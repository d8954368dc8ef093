"""What tests of the storage share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.storage.plain import opened
from tests.storage.town import a_town


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Lend a database with the town in it; a test leaves it as it was."""
    template = request.getfixturevalue(f"{request.param}_template")
    with template.copy(tmp_path_factory.mktemp(request.param)) as url, opened(url) as engine:
        with engine.begin() as connection:
            a_town(connection)
        yield engine
