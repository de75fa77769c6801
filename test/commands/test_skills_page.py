"""The page of a robot's skills shows what counts, marks what falls short, and names what was not measured."""

import os

from skill_stack.cli import main
from skill_stack.commands.skills_page import page_text
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.skill_library import load_library
from skill_stack.evaluation.suite import Suite

FOUND = Resources.from_environment(os.environ)
LIBRARY = load_library(FOUND, load_robot(FOUND.robot("go2"), FOUND))
TASKS = [{"skill": name, "success": ["tilt <= 1 rad"]} for name in ("turn", "sit", "walk")]
SUITE = Suite.model_validate({"name": "go2", "description": "d", "robot": "go2", "tasks": TASKS})
GOOD = {
    "episodes": 100, "successes": 100, "interval": [0.9638, 1.0], "counts": True, "figures": {"tilt": {"median": 0.1}}
}  # fmt: skip
SHORT = {
    "episodes": 100, "successes": 90, "interval": [0.824, 0.951], "counts": False,
    "failures": [{"seed": n, "reason": "'tilt <= 1 rad' did not hold: 2"} for n in range(10)],
}  # fmt: skip


def text(tmp_path):
    results = {"turn": GOOD, "sit": SHORT, "walk": {}}
    return page_text("go2", SUITE, [(t, LIBRARY[t.skill], results[t.skill]) for t in SUITE.tasks], tmp_path)


def test_what_counts_and_what_does_not(tmp_path):
    (tmp_path / "turn.webp").write_bytes(b"")
    page = text(tmp_path)
    assert "**1 of 3 skills count**, 1 of them" in page
    assert "| [turn](#turn) | guided | 100 of 100 | 0.964 to 1.000 | yes |" in page
    assert "| [walk](#walk) | policy | not measured | | no |" in page
    assert "- `sit`: 90 of 100 (10 × 'tilt <= 1 rad' did not hold)" in page
    assert "![turn](../pictures/skills/turn.webp)" in page and "walk.webp" not in page


def test_a_page_needs_a_robot(tmp_path, capsys):
    assert main(["skills", "--page", str(tmp_path / "a.md")]) != 0
    assert "skill-stack skills go2 --page" in capsys.readouterr().err


def test_the_page_is_written(tmp_path):
    page = tmp_path / "docs" / "skills" / "go2.md"
    assert main(["skills", "go2", "--page", str(page), "--no-pictures"]) == 0
    assert page.read_text().startswith("# What the Go2 can do")
