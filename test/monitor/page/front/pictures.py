"""Takes the pictures of the page for the documentation, and tells how long the page takes to load.

No test: it is run by its name, and looked at: ``python -m pytest -s test/monitor/page/front/pictures.py``, with a
folder in ``SKILL_STACK_PICTURES``, else into ``docs/pictures``.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from selenium.webdriver.common.action_chains import ActionChains

from skill_stack import cli
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.world.scene import Pose2
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.status_board import StatusBoard
from test.eventually import eventually
from test.monitor.conftest import GO2, gait, playground, status
from test.monitor.page.front import states
from test.monitor.page.front.conftest import DESKTOP, PHONE, Screen
from test.monitor.page.front.scripted_page import ScriptedPage, tree
from test.monitor.page.front.test_microphone import LISTENS, Told

FOLDER = Path(os.environ.get("SKILL_STACK_PICTURES", Path(__file__).parents[4] / "docs" / "pictures"))
SETTLE = 4.0  # s until a software renderer has drawn the view
LOADS = 5
SIGNALS, SIGNAL_PERIOD = 32.0, 0.11  # s


def pause(seconds: float) -> None:
    """Lets the browser draw."""
    threading.Event().wait(seconds)


class Studio:
    """The page with a robot in the playground, and a browser before it."""

    def __init__(self, page: ScriptedPage, screen: Screen) -> None:
        self.page, self.screen = page, screen
        self._board = StatusBoard()
        self._board.note_scene(playground())

    def stand(self, shown: dict[str, Any]) -> None:
        """Shows a state, with the robot where that says."""
        x, y, yaw = shown["robot"]["place"]
        self._board.note_odom(Pose2(x, y, yaw))
        mode = ControlMode(shown["robot"]["mode"])
        height, joints = {
            ControlMode.ACTIVE: (0.3, gait(0.1)), ControlMode.STANCE: (0.3, GO2.poses["default"]),
        }.get(mode, (0.08, GO2.poses["lie"]))  # fmt: skip
        self._board.note_status(status(0.0, mode, base_position=np.array([0.0, 0.0, height])), time.monotonic())
        self._board.note_joints(joints)
        self._board.note_plan(states.plan_view(shown))
        self.page.monitor.update(self._board.snapshot(time.monotonic()))
        self.page.show(**shown)

    def open(self, size: tuple[int, int], theme: str = "light", language: str = "en") -> None:
        """Opens the page anew."""
        self.screen.open(self.page.url(), size)
        self.screen.js("[localStorage.theme, localStorage.language] = arguments; sessionStorage.clear()",
                       theme, language)  # fmt: skip
        self.screen.open(self.page.url(), size)

    def take(self, name: str, shown: dict[str, Any] | None = None) -> None:
        """Takes a picture."""
        end = time.monotonic() + SETTLE
        eventually(
            lambda: time.monotonic() > end, 2 * SETTLE, between=lambda: pause(0.3) or (shown and self.stand(shown))
        )
        path = FOLDER / f"{name}.png"
        self.screen.browser.save_screenshot(str(path))
        PIL.Image.open(path).convert("RGB").save(path.with_suffix(".webp"), quality=88, method=6)
        path.unlink()
        print(path.with_suffix(".webp"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steps")
    words = states.WORDS.replace("the ball", "the red ball")
    cli.main(["plan", "--robot", "go2", words, "--preview", str(folder)])
    steps = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    page = ScriptedPage(LISTENS, load_meshes(tree())[0], steps, Told())
    yield page
    page.close()


@pytest.fixture
def studio(page, screen):
    return Studio(page, screen)


def test_how_long_it_takes(studio):
    studio.stand(states.at_work(time.time()))
    for number in range(LOADS):
        began = time.monotonic()
        studio.screen.open(studio.page.url())
        whole = 1000 * (time.monotonic() - began)
        entry = "const n = performance.getEntriesByType('navigation')[0]; return n.domContentLoadedEventEnd"
        print(f"load {number + 1}: document {studio.screen.js(entry):.0f} ms, connected and drawn {whole:.0f} ms")


def test_pictures_at_work(studio):
    work = states.at_work(time.time())
    studio.stand(work)
    studio.open(DESKTOP)
    studio.take("page", work)
    studio.open(DESKTOP, "dark")
    studio.screen.press("tab-skills")
    studio.take("page_dark", work)
    studio.open(PHONE)
    studio.take("page_phone", work)


def test_pictures_of_trouble(studio):
    now = time.time()
    trouble = states.in_trouble(now)
    studio.stand(trouble)
    studio.open(DESKTOP)
    studio.take("page_failure", trouble)
    studio.take("page_estop", states.stopped(now))
    studio.stand(trouble)
    studio.open(DESKTOP, "light", "de")
    studio.screen.press("tab-map")
    studio.take("page_german", trouble)


def test_picture_of_driving(studio):
    rest, walking = states.at_rest(), states.at_work(time.time())["robot"] | {"skill": "walk", "progress": 0.0}
    studio.stand(rest)
    studio.open(DESKTOP)
    for name in ("tab-drive", "tab-signals"):
        studio.screen.press(name)
    screen = studio.screen
    screen.wait(
        lambda: screen.seen("wheel-give") or screen.js("document.getElementById('wheel-take').click()"), "the wheel"
    )
    stick = studio.screen.find("stick-move")
    ActionChains(studio.screen.browser).move_to_element(stick).click_and_hold().move_by_offset(10, -45).perform()
    steps = itertools.count()

    def plot() -> None:
        at = SIGNAL_PERIOD * next(steps)
        studio.page.monitor.plot(at, states.sample(at))

    began = time.monotonic()
    eventually(lambda: time.monotonic() > began + SIGNALS, 2 * SIGNALS, between=lambda: plot() or pause(SIGNAL_PERIOD))
    studio.take("page_driving", rest | {"robot": walking})
    ActionChains(studio.screen.browser).release().perform()


def test_picture_of_speaking(studio):
    rest, screen = states.at_rest(), studio.screen
    said = {"id": 1, "at": time.time(), "who": "person", "kind": "heard", "text": "walk to the red ball"}
    studio.stand(rest)
    studio.open(PHONE)
    silent = "async () => new AudioContext().createMediaStreamDestination().stream"
    screen.js(f"navigator.mediaDevices.getUserMedia = {silent}")
    screen.js("document.getElementById('microphone').scrollIntoView({block: 'center'})")
    screen.find("microphone").click()
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
    heard = {"event": "done", "text": said["text"], "confidence": 0.36, "others": ["walk to the blue ball"]}
    studio.page._microphone.tell({**heard, "fault": "unsure"})
    screen.wait(lambda: screen.find("words").get_property("value"), "what was heard")
    studio.take("page_speaking", {**rest, "talk": [said]})
