"""The oldest Python that the package names is one that every file can be read by, and every text names the same."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 10)
FOLDERS = ("skill_stack", "launch", "packaging", "examples", "test")
LATER = {
    "typing": "Self LiteralString Never Required NotRequired Unpack TypeVarTuple assert_never assert_type reveal_type "
    "dataclass_transform get_overloads clear_overloads override TypeAliasType ReadOnly TypeIs NoDefault",
    "enum": "StrEnum ReprEnum verify member nonmember property global_enum CONTINUOUS NAMED_FLAGS UNIQUE EnumCheck",
    "datetime": "UTC",
    "hashlib": "file_digest",
    "contextlib": "chdir",
    "asyncio": "TaskGroup Runner timeout timeout_at Barrier",
    "math": "cbrt exp2 sumprod fma",
    "itertools": "batched",
    "operator": "call",
    "sys": "exception activate_stack_trampoline monitoring",
    "inspect": "getmembers_static markcoroutinefunction BufferFlags",
    "logging": "getLevelNamesMapping getHandlerByName",
    "warnings": "deprecated",
    "copy": "replace",
    "os": "process_cpu_count",
    "functools": "Placeholder",
    "builtins": "ExceptionGroup BaseExceptionGroup PythonFinalizationError",
}  # fmt: skip
"""What Python 3.11 to 3.13 added to modules that this project uses, or might."""
MODULES = {"tomllib", "wsgiref.types", "asyncio.taskgroups", "asyncio.timeouts", "dbm.sqlite3"}
"""Modules that are as new."""


def later(text: str) -> Iterator[str]:
    """Names in a program that the oldest Python does not have."""
    for node in ast.walk(ast.parse(text, feature_version=OLDEST)):
        if isinstance(node, ast.Import):
            yield from ({alias.name for alias in node.names} & MODULES)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module in MODULES:
                yield str(node.module)
            new = set(LATER.get(str(node.module), "").split())
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name in new)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in LATER.get(node.value.id, "").split():
                yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id in LATER["builtins"].split():
            yield node.id


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_for_the_oldest_python_too(folder: str) -> None:
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if names := sorted(set(later(text))):
            found[path.relative_to(ROOT).as_posix()] = names
    assert found == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from typing import Any, Self", "typing.Self"),
        ("import hashlib\nhashlib.file_digest(f, 'sha256')", "hashlib.file_digest"),
        ("def f():\n    import tomllib", "tomllib"),
        ("from datetime import UTC", "datetime.UTC"),
        ("raise ExceptionGroup('both', [])", "ExceptionGroup"),
    ],
)
def test_a_name_that_is_newer_is_noticed(text: str, name: str) -> None:
    assert list(later(text)) == [name]


@pytest.mark.parametrize("text", ["try:\n    f()\nexcept* OSError:\n    pass", "type Pair = tuple[int, int]"])
def test_syntax_that_is_newer_is_noticed(text: str) -> None:
    with pytest.raises(SyntaxError):
        list(later(text))


def test_whoever_names_the_oldest_python_names_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    machine = importlib.import_module("machine")
    assert machine.OLDEST == OLDEST
    version, newest = f"3.{OLDEST[1]}", f"3.{machine.TOO_NEW[1] - 1}"
    said = {
        "setup.py": f'python_requires=">={version}"',
        "pyproject.toml": f'target-version = "py{version.replace(".", "")}"',
        "skill_stack_interfaces/pyproject.toml": f'requires-python = ">={version},<3.{machine.TOO_NEW[1]}"',
        "packaging/tf2_msgs/pyproject.toml": f'requires-python = ">={version},<3.{machine.TOO_NEW[1]}"',
        "Makefile": f"({OLDEST[0]}, {OLDEST[1]}) <= sys.version_info[:2] < (3, {machine.TOO_NEW[1]})",
        "skill_stack/commands/debug/check.py": f"{version} to {newest} are supported",
        "README.md": f"Python {version}–{newest}",
    }
    for file, words in said.items():
        assert words in (ROOT / file).read_text(encoding="utf-8"), file


def test_the_newest_python_is_tried_first_and_the_oldest_last() -> None:
    tried = re.search(r"pyvenv.cfg 2>/dev/null\)\) (.*) python3;", (ROOT / "Makefile").read_text(encoding="utf-8"))
    minors = [int(name.removeprefix("python3.")) for name in tried.group(1).split()]
    assert minors == sorted(minors, reverse=True) and minors[-1] == OLDEST[1]
