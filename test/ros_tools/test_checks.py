"""The questions to a running stack, and the page with what was answered, without asking anybody."""

from pathlib import Path

import pytest

from test.ros_tools.check_stack import load_checks, rate_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results" / "ros.md"


def test_the_page_shows_every_check_with_its_command_in_order() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `ros2 " in line]
    assert [(what.removeprefix("| "), command.strip("`")) for what, command, _ in rows] == [
        (one.what, one.command) for one in load_checks()
    ]


def test_every_group_of_tools_is_asked() -> None:
    asked = {one.command.split()[1] for one in load_checks()}
    assert asked >= {"action", "interface", "lifecycle", "node", "param", "service", "topic"}


def stamps(*times: float) -> str:
    return "".join(f"{int(time)},{round(time % 1 * 1e9)}\n" for time in times)


def test_a_rate_is_that_of_the_stamps_whatever_was_lost() -> None:
    times = [100.0 + 0.02 * number for number in range(200)]
    kept = [time for number, time in enumerate(times) if number % 5]
    assert rate_of("A message was lost\n" + stamps(*kept)) == pytest.approx(50.0)
    twice = sorted([*times, *(time + 0.003 for time in times)])
    assert rate_of(stamps(*twice)) > 55.0 or rate_of(stamps(*twice)) < 45.0
    assert rate_of(stamps(*times[:20])) == rate_of("") == 0.0


def test_every_check_says_what_it_expects() -> None:
    for one in load_checks():
        assert bool(one.expect) != bool(one.rate), one.what
