"""The questions to a running stack, and the page with what was answered, without asking anybody."""

from pathlib import Path

from test.ros_tools.check_stack import load_checks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results" / "ros.md"


def test_the_page_shows_every_check_with_its_command_in_order() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `ros2 " in line]
    assert [(what.removeprefix("| "), command.strip("`")) for what, command, _ in rows] == [
        (one.what, one.command) for one in load_checks()
    ]


def test_every_group_of_tools_is_asked() -> None:
    asked = {one.command.split()[1] for one in load_checks()}
    assert asked >= {"action", "interface", "lifecycle", "node", "param", "service", "topic"}
