"""The kernel stands on the standard library alone, and touches neither time, chance nor the world."""

import ast
import sys
from pathlib import Path

import pytest

KERNEL = Path(__file__).parents[2] / "core" / "kernel"
FORBIDDEN = {
    "asyncio",
    "time",
    "random",
    "os",
    "secrets",
    "uuid",
    "socket",
    "subprocess",
    "pathlib",
    "threading",
}
# A rule is told the time; it never looks.
CLOCKS = {"now", "utcnow", "today"}
MODULES = sorted(KERNEL.glob("*.py"))


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.name}: imports are absolute"
            names.add(node.module or "")
    return names


def test_the_kernel_is_found() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_kernel_imports_the_standard_library_and_itself(module: Path) -> None:
    for name in imported(module):
        top = name.partition(".")[0]
        assert name.startswith("core.kernel") or top in sys.stdlib_module_names, name
        assert top not in FORBIDDEN, name


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_kernel_never_looks_at_a_clock(module: Path) -> None:
    calls = [
        node.func for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    assert not {call.attr for call in calls if isinstance(call, ast.Attribute)} & CLOCKS
    assert not {call.id for call in calls if isinstance(call, ast.Name)} & {"open", "print", "input"}
