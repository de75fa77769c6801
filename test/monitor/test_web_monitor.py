"""The page: where it listens, and what a person sees and presses in a real browser."""

import io
import socket

import numpy as np
import PIL.Image
import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.world.scene import SceneGraph
from skill_stack.monitor.web_monitor import PageOptions, free_port
from test.monitor.browsing import body, press, wait_for


def test_a_taken_port_leads_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 100


@pytest.mark.parametrize("port", [0, 8080])
@pytest.mark.parametrize("host", ["192.0.2.1", "not a host"])
def test_an_address_of_another_machine_is_refused_with_a_hint(host, port):
    with pytest.raises(SkillStackError, match=r"127\.0\.0\.1"):
        free_port(host, port)


def test_the_page_is_for_this_machine_alone_unless_told_otherwise(page):
    assert PageOptions().host == "127.0.0.1"
    assert page.monitor.url.startswith("http://127.0.0.1:")
    with socket.create_connection(("127.0.0.1", page.monitor.port), timeout=5):
        pass
    assert not page.monitor.watched


def test_objects_come_and_go_without_leaving_anything_behind(page):
    page.board.note_scene(SceneGraph())
    page.show()
    page.feed(0.1)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("Halt, bitte!", ["<stop>"]), ("emergency stop", ["<estop>"]), ("stop at the box", []), ("sit", [])],
)
def test_a_stop_that_is_typed_goes_the_way_of_the_button_first(page, typed, asked):
    page.monitor._panel._words.value = typed
    page.monitor._panel._send(only_if_ended=False)
    assert page.asked == [*asked, typed]


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_a_person_reads_the_state_and_reaches_the_robot(page, browser):
    browser.get(page.monitor.url)
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")

    def shown() -> bool:
        page.feed(0.0)  # a status that is old is no connection
        return all(part in body(browser) for part in ("go to red ball", "ACTIVE"))

    wait_for(shown, "plan and mode")

    words = browser.find_element("css selector", "textarea")
    words.send_keys("walk to the red ball\n")
    wait_for(lambda: page.asked == ["walk to the red ball"], "the words, once and complete")
    wait_for(lambda: words.get_attribute("value") == "", "an empty prompt")
    words.send_keys("sit down")
    # A hand needs a moment from keyboard to button; the page sends what was typed a little later.
    wait_for(lambda: page.monitor._panel._words.value == "sit down", "the second words on their way")
    press(browser, "Send")
    wait_for(lambda: "sit down" in page.asked, "the second words")

    for label, asked in (("Stop", "<stop>"), ("E-STOP", "<estop>"), ("Reset", "<reset>")):
        press(browser, label)
        wait_for(lambda asked=asked: asked in page.asked, asked)

    page.feed(0.2, mode=ControlMode.ESTOP, reason="asked for on this page")
    wait_for(lambda: "ESTOP" in body(browser), "the e-stop in the banner")
    page.show(later=3.0)
    wait_for(lambda: "CONNECTION LOST" in body(browser), "a lost connection")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(400)
def test_a_browser_that_comes_back_sees_the_present_state(page, browser):
    browser.get(page.monitor.url)
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")
    browser.get("about:blank")
    wait_for(lambda: not page.monitor.watched, "a page that nobody looks at")
    page.feed(1.0, mode=ControlMode.DAMPED, reason="too much tilt")
    browser.get(page.monitor.url)
    wait_for(lambda: page.show() or "too much tilt" in body(browser), "the present state")


def photograph(browser):
    """A picture of the page; the browser's own limit is too short for software rendering on a busy machine."""
    from selenium.common.exceptions import TimeoutException

    def taken():
        try:
            return browser.get_screenshot_as_png()
        except TimeoutException:
            return None

    return wait_for(taken, "a picture")


def picture(browser):
    """The scene as drawn, without panel and hints: shape (rows, columns, 3)."""
    browser.execute_script("document.querySelectorAll('.mantine-Notification-root').forEach(e => e.remove())")
    image = np.asarray(PIL.Image.open(io.BytesIO(photograph(browser))).convert("RGB")).astype(int)
    return image[:, :-380]  # the panel is 360 pixels wide, and has a red button


def red(image):
    r, g, b = np.moveaxis(image, -1, 0)
    return np.count_nonzero((r > 110) & (r > 1.7 * g) & (r > 1.7 * b) & (abs(g - b) < 50))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(400)
def test_the_ball_is_red_and_the_robot_moves(page, browser):
    browser.get(page.monitor.url)
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")
    wait_for(lambda: page.show() or red(picture(browser)) > 100, "a red ball in the picture")
    before = picture(browser)
    page.feed(2.5)
    wait_for(lambda: np.count_nonzero(np.abs(picture(browser) - before).sum(axis=-1) > 60) > 1000, "a moved robot")
    page.board.note_scene(SceneGraph())
    wait_for(lambda: page.show() or red(picture(browser)) < 20, "a picture without the ball")
