"""Blobs: kept once under a name that tells their content, lent by links that run out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.blobs import LocalBlobs, key_of, type_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = key_of("job-file", b"what it is made of", "pdf")
PDF = "application/pdf"


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", secret=b"secret", url="http://naryad.test")


async def test_a_blob_is_kept_and_the_first_stands(blobs: LocalBlobs, tmp_path: Path) -> None:
    assert await blobs.get(KEY) is None
    assert not await blobs.exists(KEY)
    assert await blobs.put(KEY, b"content", type=PDF) == KEY
    await blobs.put(KEY, b"other", type=PDF)
    assert await blobs.get(KEY) == b"content"
    assert await blobs.exists(KEY)
    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [
        KEY.partition("/")[2]
    ]


@pytest.mark.parametrize(
    "key", ["", "x", "../../etc/passwd", "job-file/../x.pdf", KEY + "/x", "a/" + "0" * 63 + ".pdf"]
)
async def test_only_keys_of_ours_are_opened(blobs: LocalBlobs, key: str) -> None:
    for deed in (blobs.get(key), blobs.exists(key), blobs.put(key, b"", type=PDF)):
        with pytest.raises(ValueError, match="no key"):
            await deed
    with pytest.raises(ValueError, match="no key"):
        blobs.link(key, until=NOW)


async def test_a_type_that_the_name_does_not_tell_is_refused(blobs: LocalBlobs) -> None:
    with pytest.raises(ValueError, match="text/html"):
        await blobs.put(KEY, b"", type="text/html")
    assert type_of("x.pdf") == PDF


def test_a_link_lends_until_its_time_and_for_its_blob_only(blobs: LocalBlobs, tmp_path: Path) -> None:
    parts = urlsplit(blobs.link(KEY, until=NOW + timedelta(hours=1)))
    query = parse_qs(parts.query)
    until, sign = int(query["until"][0]), query["sign"][0]
    assert parts.path == f"/blobs/{KEY}"
    assert blobs.is_lent(KEY, until=until, sign=sign, now=NOW)
    assert not blobs.is_lent(KEY, until=until, sign=sign, now=NOW + timedelta(hours=1))
    assert not blobs.is_lent(KEY, until=until + 1, sign=sign, now=NOW)
    assert not blobs.is_lent(KEY.replace("job", "pay"), until=until, sign=sign, now=NOW)
    assert not blobs.is_lent(KEY, until=until, sign="ж" + sign[1:], now=NOW)
    others = LocalBlobs(tmp_path, secret=b"another", url="")
    assert not others.is_lent(KEY, until=until, sign=sign, now=NOW)
