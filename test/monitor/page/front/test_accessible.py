"""The page for everybody: contrast, keyboard, languages, phone."""

from __future__ import annotations

import importlib.resources
import json
import time

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from test.monitor.page.front.conftest import PHONE
from test.monitor.page.front.scripted_page import STATIC
from test.monitor.page.front.states import OTHERS, in_trouble, stopped

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PANELS = (("view", "events", "talk"), ("map", "signals", "skills"), ("cameras", "events", "drive"))


def choose(page, theme: str, language: str) -> None:
    page.js(
        "localStorage.theme = arguments[0]; localStorage.language = arguments[1]; location.reload()", theme, language
    )
    page.wait(lambda: page.js("return document.body.dataset.ready && document.body.dataset.link === 'up'"), "a page")
    assert page.js("return document.documentElement.dataset.theme + document.documentElement.lang") == theme + language


def violations(page) -> list[str]:
    """What axe finds, by rule and element."""
    found = page.browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {iframes: false, resultTypes: ['violations']}).then(r => done(r.violations))"
    )
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "de"), ("light", "de"), ("dark", "en")])
def test_axe_finds_nothing(screen, server, theme, language):
    pytest.importorskip("axe_core_python", reason="axe is a dependency of the tests: make setup-tests")
    axe = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
    server.show(**(in_trouble(time.time()) | {"robots": OTHERS}))
    screen.open(server.url())
    choose(screen, theme, language)
    screen.js(axe)
    found = []
    for panels in PANELS:
        for panel in panels:
            screen.press(f"tab-{panel}")
        screen.js("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += violations(screen)
        screen.js("document.querySelectorAll('details').forEach(one => one.open = false)")
    server.show(**stopped(time.time()))
    screen.wait(lambda: screen.seen("reset"), "the emergency stop")
    screen.size(*PHONE)
    found += violations(screen)
    assert not found


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_phone_needs_no_sideways_scrolling_and_has_the_stops_below_the_thumb(screen, server, language):
    server.show(**(in_trouble(time.time()) | {"robots": OTHERS}))
    screen.open(server.url(), PHONE)
    choose(screen, "light", language)
    for panels in PANELS:
        for panel in panels:
            screen.js("document.getElementById(arguments[0]).click()", f"tab-{panel}")
        assert screen.js("return document.documentElement.scrollWidth") == PHONE[0], panels
        wide = screen.js("""return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
          && !e.closest('.unseen, #pictures, [role=tablist], #map') && e.getBoundingClientRect().right > innerWidth + 1)
          .map(e => e.id || e.className)""")
        assert not wide, panels
    screen.js("window.scrollTo(0, document.body.scrollHeight)")
    for name in ("stop", "estop"):
        box = screen.find(name).rect
        assert box["height"] >= 60 and box["width"] >= 100
        assert screen.js(
            "const b = document.getElementById(arguments[0]).getBoundingClientRect();"
            "return b.top > innerHeight / 2 && b.bottom <= innerHeight", name)  # fmt: skip


def test_every_text_of_the_page_comes_from_the_file_of_texts(screen, server):
    server.show(**(in_trouble(time.time()) | {"robots": OTHERS}))
    screen.open(server.url())
    texts = {key: f"⟦{text}⟧" for key, text in json.loads((STATIC / "text" / "en.json").read_text()).items()}
    screen.browser.execute_async_script(
        "const [texts, done] = arguments; import('/static/settings.js').then(m => { m.respeak(texts); done(); })", texts
    )
    stray = screen.js("""
      const out = [], plain = /^[^\\p{L}]*$|^⟦|^[-\\d.,]+ ?(m|s|ms|m\\/s|rad|Nm|°C)$/u;
      const own = e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
      for (const e of document.querySelectorAll('body *')) {
        if (e.closest('[lang=en]:not(html), noscript, script, option, kbd, #title, #people-you, .unseen')) continue;
        for (const text of [own(e), e.getAttribute('aria-label') ?? '', e.title ?? '', e.placeholder ?? ''])
          if (text && !plain.test(text)) out.push(`${e.tagName}#${e.id}.${e.className}: ${text}`);
      }
      return out;""")
    assert [one for one in stray if "Esc Esc" not in one] == []


def test_the_keyboard_reaches_everything_in_the_order_of_reading(screen, server):
    server.show(**in_trouble(time.time()))
    screen.open(server.url())
    order = []
    screen.js("document.body.focus()")
    for _ in range(60):
        ActionChains(screen.browser).send_keys(Keys.TAB).perform()
        at = screen.js(
            "const e = document.activeElement;"
            "return [e.id || e.className || e.tagName, getComputedStyle(e).outlineStyle]"
        )
        if at[0] in order and at[0].startswith("skip"):
            break
        order.append(at[0])
        assert at[1] != "none" or at[0] in ("view", "BODY"), at
    sought = ["skip", "stop", "estop", "tab-view", "view", "tab-events", "tab-talk", "words", "send"]
    assert [one for one in order if one in sought] == sought
    screen.js("document.getElementById('tab-talk').focus()")
    ActionChains(screen.browser).send_keys(Keys.ARROW_RIGHT).perform()
    assert screen.seen("panel-skills") and not screen.seen("panel-talk")


def test_motion_is_left_out_where_it_is_not_wanted(screen, server):
    server.show(**in_trouble(time.time()))
    screen.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-reduced-motion", "value": "reduce"}, {"name": "prefers-color-scheme", "value": "dark"},
    ]})  # fmt: skip
    screen.open(server.url())
    moving = "return [...document.querySelectorAll('*')].some(e => getComputedStyle(e).animationName !== 'none')"
    assert not screen.js(moving) and screen.js("return document.documentElement.dataset.theme") == "dark"
    screen.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
