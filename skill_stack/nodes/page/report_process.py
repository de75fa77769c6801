"""A report for download, made in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from skill_stack.core.errors import SkillStackError

PATIENCE = 60.0
"""Longest time that a report takes, s."""


def make_report(namespace: str) -> bytes:
    """The zip file of ``skill-stack report``.

    Args:
        namespace: Of the stack.

    Raises:
        SkillStackError: There is none; the message states why.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-report-") as folder:
        path = Path(folder) / "report.zip"
        command = ["-m", "skill_stack.cli", "report", "--namespace", namespace, "--output", str(path)]
        try:
            done = subprocess.run(
                ["nice", "-n", "10", sys.executable, *command], capture_output=True, text=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired as error:
            raise SkillStackError(f"a report takes longer than {PATIENCE:.0f} s: skill-stack report") from error
        if done.returncode != 0 or not path.is_file():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise SkillStackError(said[-1] if said else f"skill-stack report ended with {done.returncode}")
        return path.read_bytes()
