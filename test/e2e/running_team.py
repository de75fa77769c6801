"""A team of robots in one simulated world, with every process of each, for tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from skill_stack.core.shared_memory.block_name import block_path, domain_of
from test.eventually import eventually

COMMAND = [sys.executable, "-m", "skill_stack.cli"]


@contextmanager
def running_team(name: str, robots: Iterable[str], output: Path, patience: float) -> Iterator[None]:
    """A team in one simulated world; at its end nothing is left of it."""
    with output.open("wb") as file:
        up = subprocess.Popen(
            [*COMMAND, "up", name, "--speed", "max"], stdout=file, stderr=file, stdin=subprocess.DEVNULL
        )
    try:
        eventually(lambda: "is up" in output.read_text() or up.poll() is not None, patience, name, output.read_text)
        assert up.poll() is None, output.read_text()
        yield
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            assert up.wait(90) == 0, output.read_text()
        finally:
            up.kill()
    assert not any(block_path(*place_of(robot)).exists() for robot in robots), "nothing is left"


def place_of(robot: str) -> tuple[str, int, int]:
    """Namespace, domain and user of a robot of a team, by which its shared memory is named."""
    return (robot, domain_of(os.environ), os.getuid())
