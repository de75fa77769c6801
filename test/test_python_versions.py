"""The oldest Python that the package names is one that every file can be read by, and every text names the same."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 10)


def newer(*paths: Path) -> list[str]:
    """Names what vermin finds in files that the oldest Python does not have, with where."""
    options = [f"-t={OLDEST[0]}.{OLDEST[1]}-", "--no-tips", "--violations", "--format", "parsable"]
    command = [Path(sys.executable).parent / "vermin", *options, *paths]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert shown.returncode in (0, 1), shown.stderr
    lines = [line.split(":", 5) for line in shown.stdout.splitlines()]
    return [f"{Path(file).name}:{line} {what}" for file, line, _, _, _, what in lines if line and what]


@pytest.mark.slow
def test_every_file_is_for_the_oldest_python_too() -> None:
    assert newer(*(ROOT / folder for folder in ("skill_stack", "launch", "packaging"))) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from typing import Any, Self", "typing.Self"),
        ("import subprocess\nsubprocess.Popen([], process_group=0)", "subprocess.Popen(process_group)"),
        ("def f():\n    import tomllib", "tomllib"),
        ("try:\n    f()\nexcept* OSError:\n    pass", "except*"),
    ],
)
def test_what_is_newer_is_noticed(text: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "new.py"
    file.write_text(text, encoding="utf-8")
    assert any(name in found for found in newer(file)), newer(file)


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
