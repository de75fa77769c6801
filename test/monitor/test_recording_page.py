"""The page of a recording: its drawing, its clock, and how it looks in a browser."""

import dataclasses

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.hardware.mujoco.robot_description import description_folder, locate_urdf
from skill_stack.monitor.episode_list import EpisodeList, ListedEpisode
from skill_stack.monitor.page_gate import PageGate
from skill_stack.monitor.recording_page import RecordingPage, drawing, told
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import read_tree
from skill_stack.monitor.shown_run import PlottedSignal, RunTimeline, ShownRun
from skill_stack.monitor.web_monitor import PageOptions
from test.monitor.browsing import body, press, text_of, wait_for
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


def shown(title="20251009-100000_go2", seconds=6.0):
    share = description_folder(GO2.source.package)
    tree = read_tree(locate_urdf(GO2).read_text().replace("package://", f"{share}/"))
    whole = timeline()
    rows = int(seconds / 0.02)
    signals = {
        name: dataclasses.replace(one, values=one.values[:rows]) for name, one in whole.signals.items()
    }  # fmt: skip
    line = dataclasses.replace(
        whole, title=title, times=whole.times[:rows], positions=whole.positions[:rows], base=whole.base[:rows],
        orientations=whole.orientations[:rows], signals=signals,
    )  # fmt: skip
    return ShownRun(tree, tuple(load_meshes(tree)[0]), line)


class Episodes:
    """Three episodes, one of which cannot be opened."""

    there = (
        ListedEpisode("a", "walk to the ball, succeeded", "succeeded"),
        ListedEpisode("b", "push the box, failed", "failed"),
        ListedEpisode("c", "sit, succeeded", "succeeded"),
    )

    def find(self, words, most):
        if words == "when?":
            return "Yesterday.", self.there[:1]
        if words == "broken":
            raise DataError("the catalogue is broken")
        return "", tuple(one for one in self.there if words in one.label)[:most]

    def open(self, episode):
        if episode == "c":
            raise DataError("c has no control ticks")
        return shown(f"run/{episode}", 3.0)


@pytest.fixture
def page():
    found = RecordingPage(PageOptions(port=0, title="go2"), shown(), Episodes(), "http://127.0.0.1:8080/")
    yield found
    found.close()


def rows_of(gui):
    return [one.label for one in gui if one.visible]


def test_episodes_are_found_opened_and_what_goes_wrong_is_said(page, monkeypatch):
    found, opened = [], []
    gui = page._server.gui
    monkeypatch.setattr(type(gui), "add_html", lambda self, text: found.append(_Html()) or found[-1])
    listed = EpisodeList(gui, PageGate("key", ("127.0.0.1",)), Episodes(), opened.append)
    assert rows_of(listed._rows) == [one.label for one in Episodes.there]
    for words, rows, said in (("ball", 1, "1 episodes"), ("nothing", 0, "no episodes"), ("when?", 1, "Yesterday."),
                              ("broken", 0, "the catalogue is broken"), ("", 3, "3 episodes")):  # fmt: skip
        listed._words.value = words
        listed._find()
        assert len(rows_of(listed._rows)) == rows and said in found[-1].content
    listed._open(1)
    assert [one.timeline.title for one in opened] == ["run/b"]
    listed._open(2)
    assert "c has no control ticks" in found[-1].content and len(opened) == 1
    listed._open(7)
    assert len(opened) == 1


class _Html:
    content = ""


def test_another_run_takes_the_place_of_the_one_that_is_shown(page):
    page.advance(5.0)
    page._opened.put(shown("run/b", 3.0))
    page.advance(0.0)
    assert page._at.max == pytest.approx(2.98) and page._at.value == 0.0
    page.advance(1.0)
    assert page._at.value == pytest.approx(1.0) and page._timeline.title == "run/b"


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
def test_a_person_finds_an_episode_in_a_browser_and_looks_at_it(page, browser):
    browser.get(page.url)
    wait_for(lambda: browser.execute_script("return !!document.getElementById('time-line')"), "the time line")
    page.advance(3.0)
    wait_for(lambda: "go_to target=red_ball" in text_of(browser, "told"), "the step")
    assert browser.execute_script("return document.querySelectorAll('canvas').length") >= 1
    link = browser.execute_script("return document.getElementById('live').getAttribute('href')")
    assert link == "http://127.0.0.1:8080/"
    assert "sit, succeeded" in body(browser)
    browser.find_element("css selector", "textarea").send_keys("push")
    wait_for(lambda: "sit, succeeded" not in body(browser), "the list of what was found")
    press(browser, "push the box, failed")

    def opened():
        page.advance(0.02)
        return text_of(browser, "shown") == "run/b"

    wait_for(opened, "the episode")
