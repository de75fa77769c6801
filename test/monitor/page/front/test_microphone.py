"""Push to talk in a real browser: from its microphone through the real recogniser to words that are corrected."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from skill_stack.nodes.voice.page_voice import PageHearer, PageVoice
from skill_stack.voice.capture import write_wav
from skill_stack.voice.heard import RATE
from test.monitor.conftest import new_chromium
from test.monitor.page.front.conftest import Screen
from test.monitor.page.front.scripted_page import ScriptedPage
from test.monitor.page.front.states import ROBOT, at_rest
from test.voice.conftest import say  # noqa: F401

pytestmark = pytest.mark.browser
LISTENS = {**ROBOT, "voice": True, "wake": "hello robot"}


class Told:
    """Stands in for what hears: tells what the test wants."""

    def __init__(self) -> None:
        self.tell: Any = None
        self.got: queue.Queue[bytes] = queue.Queue()

    def begin(self, tell: Any) -> str:
        self.tell = tell
        tell({"event": "listening"})
        return ""

    def wait(self, tell: Any) -> str:
        self.tell = tell
        return ""

    def take(self, samples: bytes) -> str:
        self.got.put(samples)
        return ""

    def end(self) -> None:
        self.tell({"event": "done", "text": "", "confidence": 0.0, "others": [], "fault": "silent"})


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser whose microphone hears a file, and that file."""
    folder = tmp_path_factory.mktemp("microphone")
    file = folder / "said.wav"
    write_wav(file, np.zeros(RATE))
    flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with new_chromium(folder / "profile", *flags, f"--use-file-for-fake-audio-capture={file}%noloop") as browser:
        yield browser, file


@pytest.fixture
def hearing() -> Iterator[Any]:
    """A page that hears by the real processes, and what they did."""
    pytest.importorskip("pocketsphinx", reason="needs the extra voice")
    stops: list[str] = []
    server: ScriptedPage | None = None
    voice = PageVoice(
        ["--namespace", f"nobody_{os.getpid()}", "--wake", "hello robot"], ["--robot", "go2"],
        PageHearer(stops.append, lambda words: None, lambda: ["red ball", "blue ball"]),
    )  # fmt: skip
    server = ScriptedPage(LISTENS, microphone=voice)
    server.show(**at_rest())
    yield server, stops
    server.close()
    voice.close()


@pytest.fixture
def told() -> Iterator[tuple[ScriptedPage, Told]]:
    """A page with a stand-in that hears."""
    microphone = Told()
    server = ScriptedPage(LISTENS, microphone=microphone)
    server.show(**at_rest())
    yield server, microphone
    server.close()


def test_words_are_heard_shown_corrected_and_only_then_sent(spoken, hearing, say):  # noqa: F811
    (browser, file), (server, stops) = spoken, hearing
    write_wav(file, say("turn around and then lie down", snr=40.0, before=1.5))
    screen = Screen(browser)
    screen.open(server.url("operator"))
    screen.press("microphone")
    screen.wait(lambda: "Heard" in screen.text("heard-text"), "what was heard")
    words = screen.find("words")
    heard = words.get_property("value")
    assert "turn" in heard and f"Heard “{heard}” (" in screen.text("heard-text") and server.asked == []
    assert screen.js("return document.activeElement.id") == "send"  # Enter sends, and Space still stops
    words.send_keys(Keys.BACKSPACE * len(heard), "turn around and then sit down", Keys.ENTER)
    screen.wait(lambda: server.kinds == ["say"], "the words")
    assert server.asked[0][1]["words"] == "turn around and then sit down" and stops == []


def test_stop_that_is_said_into_the_page_stops_before_the_sentence_is_over(spoken, hearing, say):  # noqa: F811
    (browser, file), (server, stops) = spoken, hearing
    write_wav(file, say("stop", before=1.5, after=6.0, voice="en-us+f2"))
    screen = Screen(browser)
    screen.open(server.url("operator"))
    ActionChains(browser).click_and_hold(screen.find("microphone")).perform()
    screen.wait(lambda: stops, "the stop")
    screen.wait(lambda: "Heard “stop”: stopped." in screen.text("heard-text"), "what was done")
    ActionChains(browser).release().perform()
    screen.wait(lambda: screen.find("microphone").get_attribute("data-state") == "off", "the end of the sentence")
    assert "stopped" in screen.text("heard-text") and screen.find("words").get_property("value") == ""


def test_words_that_come_behind_a_stop_do_not_hide_it(spoken, told):
    (browser, _), (server, microphone) = spoken, told
    screen = Screen(browser)
    screen.open(server.url("operator"))
    screen.find("microphone").click()
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
    microphone.tell({"event": "stop", "text": "stop"})
    microphone.tell({"event": "listening"})
    microphone.tell({"event": "partial", "text": "faster"})
    screen.wait(lambda: "Heard “stop”: stopped." in screen.text("heard-text"), "what was done")
    screen.find("microphone").click()
    screen.wait(lambda: screen.find("microphone").get_attribute("data-state") == "off", "the end of the sentence")
    assert "Heard “stop”: stopped." in screen.text("heard-text") and screen.find("words").get_property("value") == ""
    screen.find("microphone").click()
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "the next sentence")
    screen.find("microphone").click()


def test_the_wake_word_begins_a_sentence_and_after_it_the_page_waits_again(spoken, hearing, say):  # noqa: F811
    (browser, file), (server, _) = spoken, hearing
    phrase, order = say("hello robot", snr=40.0, before=1.5, after=0.8), say("turn around and then lie down", snr=40.0)
    write_wav(file, np.concatenate((phrase, order)))
    screen = Screen(browser)
    screen.open(server.url("operator"))
    state = lambda: screen.find("microphone").get_attribute("data-state")  # noqa: E731
    assert "hello robot" in screen.text("wake-text")
    screen.press("wake-on")
    screen.wait(lambda: "turn around" in screen.find("words").get_property("value"), "what was heard")
    screen.wait(lambda: state() == "waiting", "the next wake word")
    assert server.asked == []
    screen.press("wake-on")
    screen.wait(lambda: state() == "off", "the end")


def test_silence_is_told_when_the_button_is_let_go(spoken, hearing):
    (browser, file), (server, _) = spoken, hearing
    write_wav(file, np.zeros(RATE))
    screen = Screen(browser)
    screen.open(server.url("operator"))
    ActionChains(browser).click_and_hold(screen.find("microphone")).perform()
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
    ActionChains(browser).release().perform()
    screen.wait(lambda: "I heard nothing" in screen.text("heard-text"), "what is wrong")


def test_the_audio_is_what_was_said_at_16_khz(spoken, told, say):  # noqa: F811
    (browser, file), (server, microphone) = spoken, told
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE)
    write_wav(file, np.round(32767 * tone))
    screen = Screen(browser)
    screen.open(server.url("operator"))
    ActionChains(browser).click_and_hold(screen.find("microphone")).perform()
    pieces = [microphone.got.get(timeout=60) for _ in range(50)]
    ActionChains(browser).release().perform()
    assert {len(piece) for piece in pieces} == {1280}
    sound = np.frombuffer(b"".join(pieces[10:]), "<i2").astype(float)
    loudest = np.argmax(np.abs(np.fft.rfft(sound))) * RATE / len(sound)
    assert loudest == pytest.approx(440, abs=5)


def test_each_fault_has_its_words_and_a_microphone_that_fails_is_told(spoken, told):
    (browser, _), (server, microphone) = spoken, told
    screen = Screen(browser)
    screen.open(server.url("operator"))
    said = []
    for fault in ("silent", "noisy", "cut", "unsure", "nothing"):
        screen.press("microphone")
        screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
        text = "sit down" if fault in ("cut", "unsure") else ""
        microphone.tell({"event": "done", "text": text, "confidence": 0.3, "others": ["lie down"], "fault": fault})
        screen.wait(lambda: screen.find("microphone").get_attribute("data-state") == "off", "the end")
        said.append(screen.text("heard-text"))
    assert len(set(said)) == 5 and all(said)
    screen.press("microphone")
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
    microphone.tell({"event": "problem", "text": "'vosk' needs a model of yours"})
    screen.wait(lambda: "needs a model" in screen.text("heard-text"), "what is missing")
    screen.press("microphone")
    screen.wait(lambda: screen.text("heard-text") == "Speak now.", "a microphone that is open")
    server.freeze()  # the network goes in the middle of a sentence
    screen.wait(lambda: "lost while you spoke" in screen.text("heard-text"), "the cut")
    server.thaw()


def test_who_only_watches_has_no_microphone_and_a_page_that_does_not_listen_none(screen, told, server):
    screen.open(told[0].url("watcher"))
    assert not screen.seen("microphone")
    screen.open(server.url("operator"))
    assert not screen.seen("microphone")


def test_no_microphone_none_that_is_allowed_and_none_in_an_insecure_page(screen, told):
    server, _ = told
    screen.open(server.url("operator"))
    screen.press("microphone")  # nothing is plugged in here
    screen.wait(lambda: "No microphone was found" in screen.text("heard-text"), "what is wrong")
    origin = f"http://127.0.0.1:{server.monitor.port}"
    for name, words in (("NotAllowedError", "does not let this page"), ("NotReadableError", "Another program has")):
        refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', arguments[0]))"
        screen.js(refuse, name)
        screen.press("microphone")
        screen.wait(lambda words=words: words in screen.text("heard-text"), f"{name} at {origin}")
    screen.js("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    screen.press("microphone")
    screen.wait(lambda: "over HTTPS or from this machine" in screen.text("heard-text"), "what would work")
