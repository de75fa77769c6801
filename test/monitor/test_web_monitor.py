"""The page: where it listens, and its 3-D view in a real browser."""

import io
import socket

import numpy as np
import PIL.Image
import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.core.world.scene import SceneGraph
from skill_stack.monitor.web_monitor import PageOptions, free_port
from test.monitor.browsing import wait_for


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
    """The scene as drawn: shape (rows, columns, 3)."""
    return np.asarray(PIL.Image.open(io.BytesIO(photograph(browser))).convert("RGB")).astype(int)


def red(image):
    r, g, b = np.moveaxis(image, -1, 0)
    return np.count_nonzero((r > 110) & (r > 1.7 * g) & (r > 1.7 * b) & (abs(g - b) < 50))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(400)
def test_the_ball_is_red_and_the_robot_moves(page, browser):
    browser.get(f"{page.monitor.url}view/")
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")
    wait_for(lambda: page.show() or red(picture(browser)) > 100, "a red ball in the picture")
    before = picture(browser)
    page.feed(2.5)
    wait_for(lambda: np.count_nonzero(np.abs(picture(browser) - before).sum(axis=-1) > 60) > 1000, "a moved robot")
    page.board.note_scene(SceneGraph())
    wait_for(lambda: page.show() or red(picture(browser)) < 20, "a picture without the ball")
