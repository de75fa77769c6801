"""From the page of the running robot to what it did, and back, in a browser: the pages are two processes."""

import os

import numpy as np
import pytest

from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import read_tree
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from skill_stack.nodes.clients.recordings_process import RecordingsProcess
from skill_stack.recording.made_run import START, MadeRun, tick, write_ticks
from test.monitor.browsing import body, press, text_of, wait_for
from test.monitor.conftest import GO2, gait
from test.monitor.page.page_client import PageClient

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.timeout(400)]
TIMES = np.arange(0.0, 4.0, 0.02)


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Two tasks of a Go2, recorded by this user."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    run = MadeRun(tmp_path / "recordings", "20251009-085320_go2")
    for number, (words, skill) in enumerate((("walk to the red ball", "go_to"), ("push the blue box", "push"))):
        begin, name = START + 2.0 * number, f"t{number}"
        run.event(begin, "instruction", name, words)
        run.event(begin, "step_started", name, "", request_id=f"{name}/1", skill=skill, arguments={})
        run.event(begin + 1.8, "step_ended", name, "", request_id=f"{name}/1", skill=skill, outcome="succeeded")
        run.event(begin + 1.9, "outcome", name, "", outcome="succeeded")
    rows = (np.array(list(gait(at).values())) for at in TIMES)
    ticks = (tick(START + at, number, row, row, base_position=[0.5 * at, 0.0, 0.3])
             for number, (at, row) in enumerate(zip(TIMES, rows)))  # fmt: skip
    write_ticks(run, START, ticks, GO2.joint_names, 50.0)
    run.end()


class Live:
    """The page of a robot, and what was said on it."""

    def __init__(self) -> None:
        share = description_folder(GO2.source.package)
        tree = read_tree(locate_urdf(GO2).read_text().replace("package://", f"{share}/"))
        nobody = lambda *_: ""  # noqa: E731
        asked = PageActions(nobody, nobody, recordings=lambda: self.process.open() or "")
        self.page = WebMonitor(PageOptions(port=0, title="go2"), tree, load_meshes(tree)[0], asked)
        self.failed: list[str] = []
        live = f"http://127.0.0.1:{self.page.port}/"
        self.process = RecordingsProcess(live, self.page.link_recordings, self.failed.append)

    def close(self) -> None:
        self.process.close()
        self.page.close()


@pytest.fixture
def live():
    made = Live()
    yield made
    made.close()


def only_row(text: str) -> str | None:
    """The row of the ball once it alone is listed: while the page draws a new list, neither row is there."""
    rows = [one for one in text.splitlines() if "walk to the red ball" in one]
    return rows[0] if rows and "push the blue box, succ" not in text else None


def test_a_person_gets_from_the_robot_to_what_it_did_and_back(recorded, live, browser) -> None:
    with PageClient(live.page.port, live.page.access.key("administrator")) as client:
        assert client.order("recordings") == ""
        url = client.until(lambda: next((m["url"] for m in client.heard if m["t"] == "link"), None), "a link")
    browser.get(url)
    wait_for(lambda: "push the blue box" in body(browser) and "walk to the red ball" in body(browser), "the list")
    browser.find_element("css selector", "textarea").send_keys("ball")
    press(browser, wait_for(lambda: only_row(body(browser)), "what was found"))
    wait_for(lambda: text_of(browser, "shown").endswith("_go2/t0"), "the episode")
    wait_for(lambda: "go_to" in text_of(browser, "told"), "its step on the time line")
    back = browser.execute_script("return document.getElementById('live').getAttribute('href')")
    assert live.page.url.startswith(back) and live.page.url != back, "without the key"
    browser.get(back)
    wait_for(lambda: "E-STOP" in body(browser), "the page of the robot")
    process = live.process._process
    live.process.close()
    assert process.poll() is not None and not os.path.exists(f"/proc/{process.pid}")


def test_without_recordings_the_page_says_what_to_do(tmp_path, monkeypatch, live) -> None:
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    live.process.open()
    (why,) = wait_for(lambda: live.failed, "an answer")
    assert "there are no recordings" in why and "skill-stack up" in why
