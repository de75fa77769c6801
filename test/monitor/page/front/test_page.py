"""What a person sees and presses on the page, in a real browser, with a scripted robot."""

from __future__ import annotations

import itertools
import time

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import skill_stack.monitor.page.app
from test.monitor.page.front.states import OTHERS, REST, at_work, in_trouble, plan, sample, stopped

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOSS = "return document.getElementById('lost').hidden"
TIME_LOSS = """const bar = document.getElementById('lost'), done = arguments[0];
import('/static/page.js').then(page => {
  new MutationObserver(() => { if (!bar.hidden) window.lossAfter ??= page.link().silence; })
    .observe(bar, {attributes: true});
  done();
})"""
DRAWN = """const c = document.querySelector(arguments[0]);
return c.width > 0 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x)"""
EVIL = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"


@pytest.fixture
def page(screen, server):
    screen.open(server.url())
    return screen


def test_the_state_is_read_at_a_glance(page, server):
    assert page.text("mode-word") == "At rest" and page.text("title") == "go2"
    server.show(**at_work(time.time()))
    page.wait(lambda: "Active" in page.text("mode") and "go to" in page.text("mode"), "a robot that walks")
    assert page.seen("stop") and page.seen("estop") and not page.seen("reset")
    tree = page.find("tree")
    assert "go to red ball" in tree.text and "next" in tree.text and "go to needs" not in tree.text
    assert len(page.find("pictures").find_elements("tag name", "img")) == 3
    server.show(**in_trouble(time.time()))
    page.wait(lambda: "stalled for 4.0 s" in page.find("tree").text, "the reason of the failure")
    page.wait(
        lambda: "stalled" in page.find("announce-now").get_attribute("textContent"), "a failure that is read aloud"
    )
    server.show(**stopped(time.time()))
    page.wait(lambda: "Emergency stop" in page.text("mode") and page.seen("reset"), "the emergency stop")
    page.press("reset")
    page.wait(lambda: "reset" in server.kinds, "a reset")


def test_words_are_sent_by_enter_and_kept_when_nobody_takes_them(page, server):
    words = page.find("words")
    example = page.find("examples").find_element("tag name", "button")
    assert example.text == "walk to the red ball, then sit down"  # of this robot's skills and this scene
    example.click()
    words.send_keys(Keys.ENTER)
    page.wait(lambda: server.asked, "the words")
    assert server.asked[-1] == ("say", {"words": "walk to the red ball, then sit down"})
    page.wait(lambda: words.get_attribute("value") == "", "an empty box")
    server.show(**at_work(time.time()))
    page.wait(lambda: "Correct it" in words.get_attribute("placeholder"), "a box that takes corrections")
    assert "Assumed" in page.text("sayings") and "the nearest" in page.text("sayings")
    server.refusal["say"] = "the planner is not there"
    words.send_keys("no, the blue one", Keys.ENTER)
    page.wait(lambda: "planner is not there" in page.text("notes"), "why it was not taken")
    assert words.get_attribute("value") == "no, the blue one"
    page.find("facts-list").find_element("tag name", "button").click()
    page.wait(lambda: server.asked[-1] == ("forget", {"id": 7}), "a fact that is taken back")


def test_a_stop_is_confirmed_or_the_page_says_what_to_do_instead(page, server):
    page.press("stop")
    page.wait(lambda: server.kinds == ["stop"], "one stop")
    page.wait(lambda: "confirmed" in page.find("announce").get_attribute("textContent"), "a confirmation read aloud")
    assert not page.seen("unconfirmed")
    server.delay["estop"] = 0.4
    page.press("estop")
    page.wait(lambda: "E-STOP was confirmed after" in page.text("confirmed"), "a late confirmation")
    assert not page.seen("unconfirmed")
    server.refusal["stop"] = "no process could be reached"
    page.press("stop")
    page.wait(lambda: "no process could be reached" in page.text("unconfirmed"), "the robot's answer")
    assert "skill-stack stop" in page.text("unconfirmed") and "power switch" in page.text("unconfirmed")


def test_space_stops_except_in_a_text_and_two_escapes_stop_everywhere(page, server):
    page.find("words").send_keys("a b", Keys.ESCAPE, Keys.ESCAPE)
    page.wait(lambda: server.kinds == ["estop"], "an emergency stop from the text box")
    assert page.find("words").get_attribute("value") == "a b"
    page.find("tab-skills").click()
    ActionChains(page.browser).send_keys(Keys.SPACE).perform()  # a tab has the focus, and keeps it
    page.wait(lambda: server.kinds == ["estop", "stop"], "a stop by the space bar")
    ActionChains(page.browser).send_keys(Keys.ESCAPE).pause(0.8).send_keys(Keys.ESCAPE).perform()
    page.browser.switch_to.frame("view")
    page.browser.find_element("tag name", "body").send_keys(Keys.SPACE)
    page.browser.switch_to.default_content()
    page.wait(lambda: server.kinds == ["estop", "stop", "stop"], "a stop from within the 3-D view")


def test_a_lost_connection_is_shown_within_a_second_and_comes_back(page, server):
    server.show(robot=REST)
    page.browser.execute_async_script(TIME_LOSS)
    server.freeze()
    page.press("stop")  # it is sent, and nobody answers
    page.wait(lambda: "Stop was not confirmed" in page.text("unconfirmed"), "a warning")
    page.wait(lambda: not page.js(LOSS), "the loss")
    page.press("dismiss")
    assert 0.8 < page.js("return window.lossAfter") / 1000 < 1.2  # s since the last message; a busy browser looks late
    assert "No contact" in page.text("mode") and page.text("lost").startswith("Connection lost")
    page.press("stop")
    page.wait(lambda: page.seen("unconfirmed"), "a stop that did not get through")
    server.thaw()
    page.wait(lambda: page.js(LOSS), "a connection")
    page.wait(lambda: "At rest" in page.text("mode"), "the present state")
    server.show(robot=REST | {"connected": False, "age": 2.0})
    page.wait(lambda: page.seen("quiet"), "a robot that is silent while the page is not")


def test_texts_of_robots_and_models_stay_texts(page, server):
    at = time.time()
    state = in_trouble(at)
    server.show(
        robot=REST | {"mode": "stance", "reason": EVIL, "skill": EVIL},
        plan=plan("failed", EVIL) | {"instruction": EVIL},
        talk=[one | {"text": EVIL} for one in state["talk"]], events=[one | {"text": EVIL} for one in state["events"]],
        facts=[{"id": 1, "text": EVIL}], robots=[{**OTHERS[0], "name": EVIL, "reason": EVIL}],
        scene={**state["scene"], "objects": [{"name": EVIL, "kind": EVIL, "x": 0, "y": 0}]},
        cameras=[{"name": EVIL, "v": 2, "boxes": [{"name": EVIL, "confidence": 1, "box": [0, 0, 1, 1]}]}],
        skills=[{**state["skills"][0], "name": EVIL, "description": EVIL}],
    )  # fmt: skip
    for panel in ("map", "cameras", "skills", "signals", "events", "talk"):
        page.find(f"tab-{panel}").click()
    page.wait(lambda: EVIL in page.find("sayings").text, "the text as it is")
    made = page.js("return [...document.querySelectorAll('img, script')].map(e => e.getAttribute('src') ?? '')")
    assert all(one != "x" for one in made) and "owned" not in page.browser.title


def test_a_skill_is_run_with_what_was_chosen(page, server):
    page.press("tab-skills")
    page.find("seek").send_keys("go to")
    page.wait(lambda: len(page.find("skill-list").find_elements("xpath", "./li")) == 1, "the skill that is sought")
    card = page.find("skill-list").find_element("xpath", "./li")
    assert "97 % of 100 (92 % to 99 %)".replace(" %", "%") in card.text.replace("\N{NO-BREAK SPACE}", "").replace(
        " %", "%"
    )
    card.find_element("class name", "run").click()  # without its object it opens, and does not run
    assert server.kinds == []
    page.find("argument-go_to-target").send_keys("blue")
    gap = page.find("argument-go_to-gap")
    gap.send_keys(Keys.END)
    card.find_element("class name", "run").click()
    page.wait(lambda: server.kinds == ["skill"], "the skill")
    assert server.asked[-1][1] == {"name": "go_to", "arguments": {"target": "blue_ball", "gap": 3}}
    page.find("seek").clear()
    page.find("seek").send_keys("hop")
    page.wait(lambda: "at least 80 %" in page.text("skill-list"), "why a skill is not usable")


def test_signals_come_while_they_are_looked_at(page, server):
    page.press("tab-signals")
    page.wait(lambda: server.plotted == {"FL_calf torque", "FR_calf torque", "tick time"}, "a request")
    steps = itertools.count()
    page.wait(lambda: server.monitor.plot(at := 0.1 * next(steps), sample(at)) or "Nm" in page.text("plots"), "values")
    page.wait(lambda: page.js(DRAWN, ".plot canvas"), "a line")
    page.press("tab-events")
    page.wait(lambda: not server.plotted, "no request for what is not seen")


def test_one_stop_for_all_robots_and_one_for_each(page, server):
    server.show(robots=OTHERS)
    page.wait(lambda: "g1" in page.text("robots") and "No contact" in page.text("robots"), "the others")
    assert page.text("stop").startswith("Stop all")
    page.press("stop")
    page.find("robot-list").find_element("tag name", "button").click()
    page.wait(lambda: len(server.asked) == 2, "two stops")
    assert [fields["robot"] for _, fields in server.asked] == ["all", "g1"]


def test_cameras_and_map_show_what_is_known(page, server):
    server.show(**at_work(time.time()))
    page.press("tab-cameras")
    page.wait(lambda: "red ball" in page.text("camera-list"), "a box with a name")
    page.wait(lambda: page.js("return document.querySelector('.frame img').naturalWidth") == 320, "a picture")
    page.press("tab-map")
    page.wait(lambda: page.text("map-count") == "5 things on the map", "the things")
    page.wait(lambda: page.js(DRAWN, "#map"), "a drawing")


def test_a_page_that_is_older_than_the_robots_program_says_so(page, server, monkeypatch):
    server.freeze()
    page.wait(lambda: not page.js(LOSS), "the loss")
    monkeypatch.setattr(skill_stack.monitor.page.app, "VERSION", 2)
    server.thaw()
    page.wait(lambda: page.seen("outdated"), "a hint to load it again")


def test_a_tab_of_an_earlier_run_says_so(page, server):
    server.begin_anew()
    page.wait(lambda: page.seen("expired"), "an address that is no longer valid")
    page.browser.refresh()
    page.wait(lambda: page.seen("watching"), "the page without a key")
    assert not page.find("send").is_enabled()
