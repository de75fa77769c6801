"""A page that a test scripts, and the browser that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from test.eventually import eventually
from test.monitor.browsing import PATIENCE
from test.monitor.page.front.scripted_page import ScriptedPage
from test.monitor.page.front.states import ROBOT, at_rest

DESKTOP, PHONE = (1440, 900), (360, 740)  # px


@pytest.fixture
def server() -> Iterator[ScriptedPage]:
    """A server with a robot at rest."""
    server = ScriptedPage(ROBOT)
    server.show(**at_rest())
    yield server
    server.close()


class Screen:
    """A browser's window."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def open(self, url: str, size: tuple[int, int] = DESKTOP) -> None:
        """Opens a page, and waits until it is connected."""
        self.size(*size)
        self.browser.get(url)
        self.wait(
            lambda: self.js("return document.body.dataset.ready && document.body.dataset.link === 'up'"), "a page"
        )

    def size(self, width: int, height: int) -> None:
        """Makes the window so large, also smaller than a desktop allows."""
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
        })  # fmt: skip

    def js(self, script: str, *arguments: Any) -> Any:
        """Runs a script in the page."""
        return self.browser.execute_script(script, *arguments)

    def find(self, name: str) -> Any:
        """The element of an id."""
        return self.browser.find_element("id", name)

    def press(self, name: str) -> None:
        """Clicks the element of an id as a person does."""
        self.find(name).click()

    def text(self, name: str) -> str:
        """Text of an id that is seen."""
        return self.find(name).text

    def seen(self, name: str) -> bool:
        """Whether the element of an id is seen."""
        return self.js("return Boolean(document.getElementById(arguments[0])?.checkVisibility())", name)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        """Waits until something is so."""
        return eventually(condition, PATIENCE, what, lambda: self.js("return document.body.innerText"))


@pytest.fixture
def screen(browser: Any) -> Iterator[Screen]:
    """The browser with no memory of other tests."""
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    first = browser.current_window_handle
    yield Screen(browser)
    for handle in browser.window_handles:
        if handle != first:
            browser.switch_to.window(handle)
            browser.close()
    browser.switch_to.window(first)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
