"""What the tests of channels share: a door of ours where updates arrive."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.channels.stand import Door
from tests.gateways.conftest import served

pytest.register_assert_rewrite("tests.channels.contract")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Our own address, where a service's updates arrive."""
    doors: list[Door] = []

    def build(url: str) -> FastAPI:
        doors.append(Door(url))
        return doors[0].app()

    async with served(build):
        yield doors[0]
