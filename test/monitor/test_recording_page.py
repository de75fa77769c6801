"""The page of a recording: its drawing, its clock, and how it looks in a browser."""

import numpy as np
import pytest

from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.recording_page import PlottedSignal, RecordingPage, RunTimeline, drawing, told
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import read_tree
from skill_stack.monitor.web_monitor import PageOptions
from test.monitor.browsing import text_of, wait_for
from test.monitor.conftest import GO2, gait

TIMES = np.arange(0.0, 6.0, 0.02)


def timeline():
    positions = np.array([list(gait(at).values()) for at in TIMES])
    base = np.column_stack([0.5 * TIMES, 0.0 * TIMES, 0.3 + 0.0 * TIMES])
    limits = {joint.name: joint for joint in GO2.joints}
    name = "FL_calf_joint"
    signals = {
        "speed of the base": PlottedSignal("m/s", 0.5 + 0.05 * np.sin(TIMES)),
        f"{name} position": PlottedSignal(
            "rad", positions[:, GO2.joint_names.index(name)], limits[name].lower, limits[name].upper
        ),
    }
    picture = np.zeros((60, 80, 3), np.uint8)
    picture[:, :40] = (200, 60, 40)
    return RunTimeline(
        "20251009-100000_go2", TIMES, GO2.joint_names, positions, base,
        np.tile([1.0, 0, 0, 0], (len(TIMES), 1)), signals,
        steps=((0.2, 4.0, "succeeded", "go_to target=red_ball"), (4.1, 5.6, "failed", "sit")),
        events=((0.0, "instruction: walk to the red ball, then <sit>"), (5.6, "reason: the floor was wet")),
        picture=lambda at: picture,
    )  # fmt: skip


def test_the_drawing_shows_steps_events_signal_and_limits():
    text = drawing(timeline(), 3.0, "FL_calf_joint position")
    assert text.count("<rect") == 2 and "#2f9e44" in text and "#e03131" in text
    assert text.count("<path") == 2 and "&lt;sit&gt;" in text
    assert text.count("stroke-dasharray") == 2 and text.count("<polyline") == 1
    assert 'x1="190.' in drawing(timeline(), float(TIMES[-1]) / 2, "") and "<polyline" not in drawing(
        timeline(), 0.0, ""
    )


def test_what_happened_is_told_up_to_now():
    assert "go_to target=red_ball" in told(timeline(), 1.0) and "floor" not in told(timeline(), 1.0)
    assert "the floor was wet" in told(timeline(), 5.9) and "no step" in told(timeline(), 5.9)


@pytest.fixture
def page():
    share = description_folder(GO2.source.package)
    tree = read_tree(locate_urdf(GO2).read_text().replace("package://", f"{share}/"))
    found = RecordingPage(PageOptions(port=0, title="go2"), tree, load_meshes(tree)[0], timeline())
    yield found
    found.close()


def test_time_passes_at_the_chosen_speed_and_begins_anew(page):
    page._speed.value = 2.0
    page.advance(1.0)
    assert page._at.value == pytest.approx(2.0)
    assert page._world.position[0] == pytest.approx(-1.0)
    page._plays.value = False
    page.advance(1.0)
    assert page._at.value == pytest.approx(2.0)
    page._plays.value = True
    page.advance(2.5)
    assert page._at.value == pytest.approx(7.0 - TIMES[-1])


@pytest.mark.browser
def test_a_browser_shows_it(page, browser):
    browser.get(page.url)
    wait_for(lambda: browser.execute_script("return !!document.getElementById('time-line')"), "the time line")
    page.advance(3.0)
    wait_for(lambda: "go_to target=red_ball" in text_of(browser, "told"), "the step")
    assert browser.execute_script("return document.querySelectorAll('canvas').length") >= 1
