"""What a person does with a page. The page may put new elements in the place of those that were just found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from test.eventually import eventually

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

PATIENCE = 150.0  # s, a simulator and a software renderer on a busy machine


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Waits until something is so, and gives it."""
    return eventually(condition, PATIENCE, what)


def body(browser: WebDriver) -> str:
    """All text that is seen."""
    return browser.find_element("tag name", "body").text


def text_of(browser: WebDriver, name: str) -> str:
    """The text of the element of an id, found and read in one step, as it may be put in place anew between two."""
    return browser.execute_script("return document.getElementById(arguments[0])?.textContent ?? ''", name)


def data_of(browser: WebDriver, name: str, key: str) -> str | None:
    """One of the data attributes of the element of an id."""
    return browser.execute_script("return document.getElementById(arguments[0])?.dataset[arguments[1]]", name, key)


def press(browser: WebDriver, label: str) -> None:
    """Presses a button as a person does, once it is there."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

    def pressed() -> bool:
        try:
            browser.find_element("xpath", f"//button[.//*[normalize-space()='{label}']]").click()
        except (NoSuchElementException, StaleElementReferenceException):
            return False
        return True

    wait_for(pressed, f"a button {label}")
