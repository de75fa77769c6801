"""The first hour with a robot, on the page of a real stack: say, watch, correct, stop, see why, drive, stop all."""

from __future__ import annotations

import math
import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from skill_stack.core.setpoint import ControlMode
from test.monitor.test_running_stack import WORDS, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def stack(tmp_path):
    stack = Stack(tmp_path)
    yield stack
    stack.close()


def place(stack) -> tuple[float, float]:
    x, y, _ = stack.status.base_position
    return float(x), float(y)


def say(screen, words: str) -> None:
    """Types words and sends them: once more each time that the page gives them back because the link was gone."""
    box = screen.find("words")
    box.send_keys(words)

    def sent():
        if box.get_property("value") and screen.js("return document.body.dataset.link === 'up'"):
            box.send_keys(Keys.ENTER)
        return words in screen.text("sayings")

    screen.wait(sent, f"“{words}” among what was said")


def test_a_person_says_watches_corrects_stops_looks_drives_and_stops_all(screen, stack):
    screen.open(screen.wait(lambda: stack.url, "a page"))
    screen.wait(lambda: screen.text("mode-word") == "At rest", "a robot that lies")
    assert screen.find("examples").find_elements("tag name", "button"), "examples of what this robot can do here"

    say(screen, WORDS)  # a minute of walking, so that a busy machine is in time
    screen.wait(lambda: stack.status.skill == "walk" and stack.status.base_position[0] > 0.4, "a robot that walks")
    screen.wait(lambda: re.search(r"go to red ball", screen.text("tree")), "its plan")
    running = "return document.querySelector('#tree [aria-current=step] .what')?.textContent ?? ''"
    screen.wait(lambda: "go to" in screen.js(running), "the step that runs")

    say(screen, "no, the brown table")
    screen.wait(lambda: "the brown table then" in screen.text("sayings"), "a correction that is understood")

    stops = stack.status.stop_count
    screen.press("stop")
    screen.wait(lambda: stack.status.stop_count > stops, "a stop")
    screen.wait(lambda: math.hypot(*stack.status.base_velocity[:2]) < 0.1, "a robot that stands")
    screen.wait(
        lambda: screen.find("tree").find_elements("css selector", "[data-state=interrupted]"), "what it broke off"
    )
    screen.wait(lambda: "interrupted" in screen.text("event-list"), "the same among the events")
    assert not screen.seen("unconfirmed")

    screen.press("tab-drive")
    screen.press("wheel-take")
    screen.wait(lambda: screen.seen("wheel-give"), "the wheel")
    before = place(stack)
    stick = screen.find("stick-move")
    ActionChains(screen.browser).move_to_element(stick).click_and_hold().move_by_offset(0, 70).perform()
    screen.wait(lambda: math.dist(place(stack), before) > 0.2, "a robot that is driven")
    ActionChains(screen.browser).release().perform()
    screen.wait(lambda: math.hypot(*stack.status.base_velocity[:2]) < 0.1, "a robot that stands when it is let go")

    ActionChains(screen.browser).send_keys(Keys.ESCAPE).send_keys(Keys.ESCAPE).perform()
    screen.wait(lambda: stack.status.mode == ControlMode.ESTOP, "an emergency stop")
    screen.wait(lambda: screen.text("mode-word") == "Emergency stop", "the emergency stop on the page")
    screen.press("reset")
    screen.wait(lambda: stack.status.mode == ControlMode.DISARMED, "a reset")
