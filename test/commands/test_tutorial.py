"""The commands of docs/tutorial.md show what the page says, in its order; `…` on the page stands for anything."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SKILL = ".local/share/skill_stack/models/go2/knee_bend"
BY_HAND = ("make ", ". .venv")  # setting up, and the demo that waits at a prompt
OF_A_STACK = ("up", "say", "trace", "estop", "reset", "report", "down")
UP_PATIENCE = 150.0  # s


def steps() -> list[tuple[str, list[str]]]:
    """Commands of the page with the lines that they show, as far as a test can run them."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [step for step in found if not step[0].startswith(BY_HAND)]


def needs_a_stack(command: str) -> bool:
    return command.split()[:1] == ["skill-stack"] and command.split()[1] in OF_A_STACK


def missing(shown: list[str], output: str) -> list[str]:
    """Lines of the page that the output does not have in this order."""
    place, lost = 0, []
    for line in shown:
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        if line.strip() == "…":
            continue
        found = re.compile(f"^{pattern}$", re.MULTILINE).search(output, place)
        place, lost = (found.end(), lost) if found else (place, [*lost, line])
    return lost


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Runs a command of the page in a home of its own; gives what it prints."""
    command = tmp_path / "bin" / "skill-stack"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m skill_stack.cli "$@"\n')
    command.chmod(0o755)
    drop = ("XDG_DATA_HOME", "SKILL_STACK_OVERLAY", "SKILL_STACK_PATH")
    environment = {name: value for name, value in os.environ.items() if name not in drop}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": path, "PATH": f"{command.parent}:{os.environ['PATH']}"}
    stacks: list[subprocess.Popen[bytes]] = []

    def run(line: str) -> str:
        if not line.startswith("skill-stack up"):
            done = subprocess.run(
                ["bash", "-c", line], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
            )  # fmt: skip
            if line.startswith("mkdir"):
                (tmp_path / SKILL / "skill.yaml").write_text(re.search(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)[1])
            return done.stdout
        output = tmp_path / "up"
        with output.open("wb") as file:
            stacks.append(subprocess.Popen(["bash", "-c", f"exec {line}"], env=environment, stdout=file, stderr=file))
        done = lambda: all(word in output.read_text() for word in ("is up", "monitor is ready"))  # noqa: E731
        eventually(lambda: done() or stacks[-1].poll() is not None, UP_PATIENCE, "the stack", output.read_text)
        assert done(), output.read_text()
        return output.read_text()

    yield run
    for stack in stacks:
        if stack.poll() is None:
            run("skill-stack down")
        stack.wait(30)


@pytest.mark.slow
def test_commands_without_a_stack_show_what_the_page_says(shell: Callable[[str], str]) -> None:
    todo = [step for step in steps() if not needs_a_stack(step[0])]
    assert len(todo) >= 10
    for command, shown in todo:
        output = shell(command)
        assert missing(shown, output) == [], f"{command}\n{output}"


@pytest.mark.e2e
@pytest.mark.slow
def test_every_command_shows_what_the_page_says(shell: Callable[[str], str]) -> None:
    for command, shown in steps():
        output = shell(command)
        if command.startswith("skill-stack up"):  # its times and the key of its address are of that run
            shown = [line for line in shown if "monitor is ready" not in line]
        assert missing(shown, output) == [], f"{command}\n{output}"


def test_what_is_not_shown_is_missed() -> None:
    output = "one\ntwo 2.1 s\nthree\n"
    assert missing(["one", "…", "two … s", "three"], output) == []
    assert missing(["three", "one"], output) == ["one"]
    assert missing(["tw"], output) == ["tw"]
    assert missing(["two … ms"], output) == ["two … ms"]
