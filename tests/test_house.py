"""What keeps the house in order: locks, settings, imports, clocks and chance, no trace of a machine."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.settings import Settings

HOUSE = Path(__file__).resolve().parent.parent
LAYERS = ("bots", "channels", "core", "scripts", "storage", "voice")
LOCKS = sorted((HOUSE / "requirements").glob("*.txt"))

# The only places that may read the clock or make chance, and what there is no other way to do elsewhere.
MAY_READ_TIME = {"bots/clock.py"}
MAY_MAKE_CHANCE = {
    "bots/chance.py",
    "bots/settings.py",  # the secrets of the first start, made before there is anything to ask
}
TIME = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "func.now", "func.current_timestamp"),
}
CHANCE_MODULES = {"random", "secrets", "uuid"}
HARMLESS = {"uuid.UUID", "uuid.uuid5", "secrets.compare_digest"}  # nothing is made up

MAY_READ_ENVIRONMENT = {
    "bots/settings.py",
    "storage/backup.py",  # hands all of it to pg_dump and adds the password
}
KERNEL_MAY_NOT = {"asyncio", "os", "random", "secrets", "time"}


def _files(*folders: str, suffix: str = ".py") -> list[Path]:
    return sorted(file for folder in folders for file in (HOUSE / folder).rglob(f"*{suffix}"))


def _name(file: Path) -> str:
    return file.relative_to(HOUSE).as_posix()


def _pyproject() -> dict[str, dict[str, dict[str, object]]]:
    with (HOUSE / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


# --- Locks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda file: file.name)
def test_a_lock_names_every_package_with_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    packages = re.findall(r"^[a-z0-9][^\n]*==(?:[^\n]*\\\n)+[^\n]*", text, re.MULTILINE)

    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert not re.search(r"https?://|file:|--index-url|--find-links", text)


def test_the_checks_run_on_what_the_program_runs_on() -> None:
    run, dev = (_pins(HOUSE / "requirements" / name) for name in ("run.txt", "dev.txt"))

    assert run.items() <= dev.items()


def test_every_package_asked_for_is_locked() -> None:
    project = _pyproject()["project"]
    asked = {
        re.split(r"[\s<>=;\[]", str(line))[0].replace(".", "-") for line in _lines(project["dependencies"])
    }

    assert asked <= set(_pins(HOUSE / "requirements" / "run.txt"))


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][\w-]*)==([^\s;]+)", lock.read_text("utf-8"), re.MULTILINE))


def _lines(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


# --- Settings --------------------------------------------------------------------------------------------


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert set(_example()) == {name.upper() for name in Settings.model_fields}


def test_the_example_is_safe_to_copy(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    copy.write_text((HOUSE / ".env.example").read_text("utf-8"), "utf-8")

    assert Settings(_env_file=copy) == Settings(_env_file=None)


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        _name(file)
        for file in _files("bots", "core", "storage", "channels", "voice")
        for called in _uses(ast.parse(file.read_text("utf-8")))
        if called in {"os.environ", "os.getenv"}
    }

    assert readers <= MAY_READ_ENVIRONMENT


def _example() -> dict[str, str]:
    lines = (HOUSE / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


# --- Imports ---------------------------------------------------------------------------------------------


def test_imports_keep_the_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_contracts_know_every_top_folder() -> None:
    there = {folder for folder in LAYERS if (HOUSE / folder / "__init__.py").exists()}
    linter = _pyproject()["tool"]["importlinter"]

    assert set(_lines(linter["root_packages"])) == there


def test_talks_and_flows_never_import_a_wire() -> None:
    wires = ("channels", "voice", "core.gateways", "core.documents", "bots", "scripts")
    crossed = [
        f"{_name(file)} → {module}"
        for file in _files("core/conversation", "core/flows")
        for module in _imports(file)
        if module.startswith(wires)
    ]

    assert not crossed


def test_the_kernel_stands_on_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names - KERNEL_MAY_NOT
    foreign = [
        f"{_name(file)} → {module}"
        for file in _files("core/kernel")
        for module in _imports(file)
        if module.partition(".")[0] not in allowed and not module.startswith("core.kernel")
    ]

    assert not foreign


def test_every_folder_of_code_is_a_package() -> None:
    """Import contracts see packages only; a folder without `__init__.py` would walk past them."""
    folders = {file.parent for file in _files(*LAYERS)} - {HOUSE / "storage" / "migrations" / "versions"}

    assert not [_name(folder) for folder in folders if not (folder / "__init__.py").exists()]


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (f"{module}.{alias.name}" for alias in names)


# --- Time and chance -------------------------------------------------------------------------------------


def test_only_the_clock_reads_the_time() -> None:
    """`perf_counter` and `monotonic` measure how long something took; they tell no time and stay allowed."""
    readers = [
        f"{_name(file)}: {called}"
        for file in _files("bots", "core", "storage", "channels", "voice")
        if _name(file) not in MAY_READ_TIME
        for called in _uses(ast.parse(file.read_text("utf-8")))
        if called in TIME
    ]

    assert not readers


def test_only_chance_makes_ids_and_randomness() -> None:
    makers = [
        f"{_name(file)}: {called}"
        for file in _files("bots", "core", "storage", "channels", "voice")
        if _name(file) not in MAY_MAKE_CHANCE
        for called in (*_uses(ast.parse(file.read_text("utf-8"))), *_imports(file))
        if called.partition(".")[0] in CHANCE_MODULES and "." in called and called not in HARMLESS
    ]

    assert not makers


def _uses(tree: ast.AST) -> Iterator[str]:
    """Yield every `name.attribute` of a syntax tree."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                yield f"{name}.{attribute}"
            case ast.Attribute(value=ast.Attribute(attr=name), attr=attribute):
                yield f"{name}.{attribute}"


# --- No trace of a machine -------------------------------------------------------------------------------


def test_no_file_knows_where_it_was_written() -> None:
    paths = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/[\w.-]+")
    told = [
        f"{_name(file)}: {found.group()}"
        for file in _kept()
        if file != Path(__file__).resolve()
        for found in paths.finditer(file.read_text("utf-8", errors="ignore"))
    ]

    assert not told


def test_no_line_ends_in_blanks() -> None:
    assert not [_name(file) for file in _kept() if re.search(r"[ \t]+$", _text(file), re.MULTILINE)]


def _text(file: Path) -> str:
    # Data ends in what the person may have typed, blanks included; pictures are no text.
    is_other = file.suffix in {".jsonl", ".tsv", ".csv", ".png"}
    return "" if is_other else file.read_text("utf-8", errors="ignore")


def _kept() -> list[Path]:
    """Return the files of the repository; where git cannot tell, as in an archive, those in its folders."""
    if shutil.which("git"):
        listed = subprocess.run(["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True, check=False)
        if listed.returncode == 0 and listed.stdout:
            return [file for line in listed.stdout.splitlines() if (file := HOUSE / line).is_file()]
    found = _files(*LAYERS, "docs", "requirements", "tests", suffix="")
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]
