"""A phone with a slow network and a slow processor: the page comes, shows the newest state, and its stop arrives.

The browser slows requests down, and websockets only in newer versions; so no time of a stop is asked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from test.monitor.page.front.conftest import PHONE, Screen
from test.monitor.page.front.scripted_page import ScriptedPage
from test.monitor.page.front.states import REST

pytestmark = pytest.mark.browser
LATENCY = 400.0  # ms: a phone at the edge of its network
BYTES = 50_000.0  # 1/s
SLOWER = 6  # times slower than this machine


@pytest.fixture
def phone(screen: Screen) -> Iterator[Screen]:
    """A browser that is slowed down."""
    browser: Any = screen.browser
    browser.execute_cdp_cmd("Network.enable", {})
    slow = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES / 2}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    browser.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield screen
    browser.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    browser.execute_cdp_cmd("Network.disable", {})


def test_it_shows_the_newest_state_and_its_stop_arrives(phone: Screen, server: ScriptedPage):
    phone.open(server.url("operator"), PHONE)
    fetched = "const began = performance.now(), done = arguments[0];"
    fetched += "fetch('map.png', {cache: 'no-store'}).then(() => done(performance.now() - began))"
    took = phone.browser.execute_async_script(fetched)
    assert took > LATENCY, "the network is as slow as it shall be"
    for number in range(300):
        server.show(robot={**REST, "speed": number / 100}, filler="x" * 3000 + str(number))
    speed = "return document.querySelector('#speed dd').textContent"
    phone.wait(lambda: "2.99" in phone.js(speed), "the newest state")
    assert phone.seen("stop") and phone.seen("estop")
    phone.press("stop")
    phone.wait(lambda: server.kinds == ["stop"], "the stop")
    phone.wait(lambda: not phone.seen("unconfirmed") and not phone.seen("lost"), "its confirmation")


def test_a_phone_without_a_network_says_so_and_comes_back_by_itself(phone: Screen, server: ScriptedPage):
    phone.open(server.url("operator"), PHONE)
    server.freeze()
    phone.wait(lambda: phone.seen("lost"), "a lost connection")
    phone.press("stop")
    phone.wait(lambda: "Stop was not confirmed" in phone.text("unconfirmed"), "what to do instead")
    server.thaw()
    phone.wait(lambda: not phone.seen("lost"), "the connection")
