"""Driving from the page: one driver, hand-over, and whatever is let go stands."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from skill_stack.monitor.page.drivers import REST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def driver(screen, server):
    """A browser that has the wheel."""
    screen.open(server.url())
    screen.press("tab-drive")
    screen.press("wheel-take")
    screen.wait(lambda: screen.seen("wheel-give"), "the wheel")
    return screen


def test_the_stick_drives_while_it_is_held(driver, server):
    stick = driver.find("stick-move")
    ActionChains(driver.browser).move_to_element(stick).click_and_hold().move_by_offset(0, -60).perform()
    driver.wait(lambda: server.driven.count((0.5, 0.0, 0.0)) > 5, "commands at half the pace")
    assert all(abs(vy) < 0.1 and wz == 0 for _, vy, wz in server.driven)
    ActionChains(driver.browser).release().perform()
    driver.wait(lambda: server.driven[-1] == REST, "a robot that stands")


def test_arrow_keys_drive_while_the_sticks_have_the_focus(driver, server):
    pads = driver.find("drive-keys")
    driver.js("arguments[0].focus()", pads)
    ActionChains(driver.browser).key_down(Keys.ARROW_UP).key_down(Keys.ARROW_LEFT).perform()
    driver.wait(lambda: server.driven and server.driven[-1] == (0.5, 0.0, 0.5), "an arc")
    driver.js("document.getElementById('pace').focus()")  # the focus goes elsewhere with the keys still held
    driver.wait(lambda: server.driven[-1] == REST, "a robot that stands")
    ActionChains(driver.browser).key_up(Keys.ARROW_UP).key_up(Keys.ARROW_LEFT).perform()
    driver.js("arguments[0].focus()", pads)
    ActionChains(driver.browser).key_down(Keys.SHIFT).key_down(Keys.ARROW_RIGHT).perform()
    driver.wait(lambda: server.driven[-1] == (0.0, -0.2, 0.0), "a step sideways")
    ActionChains(driver.browser).send_keys(Keys.SPACE).perform()
    driver.wait(lambda: "stop" in server.kinds, "a stop while it drives")
    ActionChains(driver.browser).key_up(Keys.ARROW_RIGHT).key_up(Keys.SHIFT).perform()


def test_who_does_not_drive_moves_nothing(screen, server):
    screen.open(server.url())
    screen.press("tab-drive")
    ActionChains(screen.browser).move_to_element(screen.find("stick-move")).click_and_hold().move_by_offset(
        0, -60).release().perform()  # fmt: skip
    screen.js("document.getElementById('drive-keys').focus()")
    ActionChains(screen.browser).key_down(Keys.ARROW_UP).key_up(Keys.ARROW_UP).perform()
    screen.press("stop")
    screen.wait(lambda: "stop" in server.kinds, "the stop")
    assert not server.driven


def test_the_wheel_changes_hands_when_the_driver_agrees(driver, server):
    first = driver.browser.current_window_handle
    driver.browser.switch_to.new_window("window")
    second = driver.browser.current_window_handle
    driver.open(server.url("operator"))
    assert driver.text("people-count") == "2 here" and "c1" in driver.text("people-driving")
    driver.press("tab-drive")
    assert not driver.seen("wheel-force")  # an operator asks
    driver.press("wheel-ask")
    driver.browser.switch_to.window(first)
    driver.wait(lambda: "would like to drive" in driver.text("asking"), "a question")
    driver.press("asking-deny")
    driver.wait(lambda: not driver.seen("asking"), "an answer")
    driver.browser.switch_to.window(second)
    driver.wait(lambda: driver.seen("wheel-ask"), "a wheel that can be asked for again")
    driver.press("wheel-ask")
    driver.browser.switch_to.window(first)
    driver.wait(lambda: driver.seen("asking"), "a question")
    driver.press("asking-grant")
    driver.wait(lambda: not driver.seen("wheel-give"), "a wheel that is gone")
    driver.browser.switch_to.window(second)
    driver.wait(lambda: driver.seen("wheel-give") and driver.text("people-driving") == "you drive", "the wheel")


def test_who_watches_cannot_do_more_and_is_told_so(screen, server):
    screen.open(server.url("watcher"))
    assert "You are watching" in screen.text("watching") and not screen.find("send").is_enabled()
    screen.press("tab-drive")
    assert not screen.find("wheel-take").is_enabled()
    screen.press("tab-skills")
    assert not screen.find("skill-list").find_element("class name", "run").is_enabled()
    screen.press("stop")
    screen.wait(lambda: server.kinds == ["stop"], "a stop, which is for everybody on the robot's machine")
