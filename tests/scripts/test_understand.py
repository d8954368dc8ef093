"""`naryad understand` as a program: streaming, same order, same answers, bad lines passed over."""

import json
import os
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "scripts", "understand"]


def understand(*words: str, given: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
    raw = given.encode() if isinstance(given, str) else given
    return subprocess.run(
        [*COMMAND, *words], input=raw, capture_output=True, cwd=HOUSE, timeout=60, check=False
    )


def test_lines_come_back_in_order_and_a_bad_one_stops_nothing() -> None:
    given = '{"id": 1, "text": "течёт кран"}\nthis is no JSON\n\n{"id": 3}\n{"id": "4", "text": "hi"}\n'
    ran = understand("--as", "message", given=given)

    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0
    assert [answer["id"] for answer in answers] == [1, None, 3, "4"]
    assert answers[0]["category"] == "plumbing"
    assert all("error" in answer for answer in answers[1:3])


def test_two_readings_have_the_same_hash(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"id": 1, "text": "завтра с 8 до 20"}\n', "utf-8")
    words = ("--as", "availability", "--now", "2026-11-25T14:00", "--hash", str(file))
    first, second = understand(*words), understand(*words)

    assert first.stdout == second.stdout
    *_, last = first.stdout.decode().splitlines()
    word, digest = last.split()
    assert word == "hash"
    assert len(digest) == 64


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    given = (
        b'\xef\xbb\xbf{"id": 1, "text": "\xff\xfe \\ud800 \\u0000"}\n\xff\n'
        b'{"id": 2, "text": "' + b"a" * 200_000 + b'"}\n'
    )
    ran = understand("--as", "identity", "-", given=given)

    assert ran.returncode == 0
    assert len([json.loads(line) for line in ran.stdout.splitlines()]) == 3


def test_each_answer_is_written_before_the_next_line_is_read() -> None:
    with subprocess.Popen(
        [*COMMAND, "--as", "time"], cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"LC_ALL": "C"},
    ) as program:  # fmt: skip
        assert program.stdin is not None
        assert program.stdout is not None
        for number in range(3):
            program.stdin.write(json.dumps({"id": number, "text": "завтра в 10"}).encode() + b"\n")
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["id"] == number
        program.stdin.close()
        assert program.wait(timeout=30) == 0


def test_misuse_is_one_sentence() -> None:
    for words in (
        ("--as", "message", "/no/such/file"),
        ("--as", "time", "--now", "soon"),
        ("--as", "poem"),
    ):
        ran = understand(*words)
        assert ran.returncode == 2
        assert b"Traceback" not in ran.stderr
        assert ran.stderr
