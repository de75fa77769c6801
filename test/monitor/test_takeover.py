"""Nobody takes the emergency stop away: what other clients of the page send, and what becomes of its buttons."""

import pytest

from skill_stack.monitor.page_watch import CONFIRMED, WATCHING
from test.monitor.browsing import body, data_of, press, wait_for
from test.monitor.viser_client import client

BUTTONS = ("E-STOP", "Stop")
DEADENING = (
    {"disabled": True}, {"visible": False}, {"label": "gone"}, {"removed": True}, {"update_cb": []}, {"value": 7},
    {"is_button": False}, {"uuid": "other"}, {"gui_api": None}, {"sync_cb": None}, {"value": True, "disabled": True},
)  # fmt: skip
# The page's clock stands still for what fades after 5 s: it waits in `held` until the test lets it fade.
HOLD_FADING = """
const [begin, end] = [setTimeout, clearTimeout];
held = [];
setTimeout = (fade, wait, ...more) => wait === 5000 ? -held.push(fade) : begin(fade, wait, ...more);
clearTimeout = timer => timer < 0 ? held[-timer - 1] = null : end(timer);
"""


def attack(port):
    """Everything that one connection may say against the buttons, and nonsense besides."""
    with client(port) as attacker:
        for label in BUTTONS:
            for updates in DEADENING:
                attacker.update(label, **updates)
            for kind in ("GuiRemoveMessage", "RemoveSceneNodeMessage"):
                attacker.send({"type": kind, "uuid": attacker.inputs[label], "name": "/world"})
        for kind in ("ResetGuiMessage", "ResetSceneMessage", "ShareUrlRequest", "NoSuchMessage"):
            attacker.send({"type": kind})
        attacker.send({"type": "RunJavascriptMessage", "source": "document.body.innerHTML = ''"})
        attacker.connection.ping().wait(30)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(600)
def test_the_buttons_work_after_an_attack_and_after_a_reload(page, browser):
    browser.get(page.monitor.url)
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")
    attack(page.monitor.port)
    for loaded in ("before", "after"):
        page.asked.clear()
        for label, asked in (("Stop", "<stop>"), ("E-STOP", "<estop>")):
            press(browser, label)
            wait_for(lambda asked=asked: asked in page.asked, f"{label} {loaded} a reload")
        attack(page.monitor.port)
        browser.refresh()


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_press_that_is_not_confirmed_is_told_and_one_that_is_is_not(page, browser):
    browser.get(page.monitor.url)
    wait_for(lambda: page.monitor.watched and browser.find_elements("id", CONFIRMED), "a browser that shows the page")
    assert not browser.find_elements("id", WATCHING)
    browser.execute_script(HOLD_FADING)
    press(browser, "Stop")
    wait_for(lambda: data_of(browser, CONFIRMED, "stop") == "1", "a confirmed stop")
    page.deaf = True
    press(browser, "E-STOP")
    wait_for(lambda: "E-STOP WAS NOT CONFIRMED" in body(browser), "a warning")
    page.deaf = False
    press(browser, "E-STOP")
    wait_for(lambda: "WAS NOT" not in body(browser), "the end of the warning")
    assert "E-STOP was confirmed" in body(browser)
    page.deaf = True
    press(browser, "E-STOP")
    wait_for(lambda: "E-STOP WAS NOT CONFIRMED" in body(browser), "a second warning")
    browser.execute_script("held.forEach(fade => fade && fade())")  # the word of the earlier confirmation fades
    assert "E-STOP WAS NOT CONFIRMED" in body(browser)
    page.monitor.close()
    # The library lays a notice of its own over the page; a hand that was quicker than that is what counts here.
    button = browser.find_element("xpath", "//button[.//*[normalize-space()='Stop']]")
    browser.execute_script("arguments[0].click()", button)
    wait_for(lambda: "Stop WAS NOT CONFIRMED" in body(browser), "a warning of a page whose server is gone")


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_page_without_the_key_says_so_and_stops_the_robot(page, browser):
    browser.get(f"http://localhost:{page.monitor.port}/")
    wait_for(lambda: page.monitor.watched, "a browser that shows the page")
    wait_for(lambda: "Watching" in body(browser), "that this page only watches")
    press(browser, "Reset")
    wait_for(lambda: "Reset WAS NOT CONFIRMED" in body(browser), "a warning")
    press(browser, "E-STOP")
    wait_for(lambda: page.asked == ["<estop>"], "the emergency stop, and no reset")
