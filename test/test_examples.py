"""The examples do what their first lines say."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name, *arguments):
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments], capture_output=True, text=True, timeout=170, check=False
    )


def test_the_line_in_one_process_says_what_came_of_each_seed():
    done = run("in_process.py", "turn left, then sit", "2")
    assert done.returncode == 0, done.stderr
    assert "2 of 2" in done.stdout


def test_without_a_stack_the_error_says_how_to_start_one():
    done = run("say.py", "sit")
    assert done.returncode != 0
    assert "skill-stack up" in done.stderr
