"""Who may speak into the page, one at a time, and what of it reaches what understands."""

import pytest

from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.orders import PIECE
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from test.eventually import eventually
from test.monitor.page.front.scripted_page import tree
from test.monitor.page.page_client import PageClient

SOUND = bytes(1280)


class Microphone:
    """Keeps what reaches it, and says what the test wants."""

    def __init__(self):
        self.got, self.tell, self.refusal = [], None, ""

    def begin(self, tell):
        self.got.append("begin")
        self.tell = tell
        return self.refusal

    def wait(self, tell):
        self.got.append("wait")
        self.tell = tell
        return self.refusal

    def take(self, samples):
        self.got.append(samples)
        return self.refusal

    def end(self):
        self.got.append("end")


@pytest.fixture
def microphone():
    return Microphone()


@pytest.fixture
def page(microphone):
    actions = PageActions(ask=lambda kind, robot: "", say=lambda words, sure: "", microphone=microphone)
    page = WebMonitor(PageOptions(port=0), tree(), (), actions, {"name": "go2", "voice": True})
    yield page
    page.close()


def person(page, role="operator"):
    return PageClient(page.port, page.access.key(role))


def heard(client):
    return [message for message in client.heard if message["t"] == "heard"]


def test_a_sentence_goes_from_its_begin_to_its_end_and_what_was_heard_comes_back(page, microphone):
    with person(page) as client:
        assert client.hello["robot"]["voice"] and client.order("mic", do="begin") == ""
        client.connection.send(SOUND)
        assert client.order("mic", do="end") == ""
        assert microphone.got == ["begin", SOUND, "end"]
        microphone.tell({"event": "partial", "text": "walk"})
        microphone.tell({"event": "done", "text": "walk", "confidence": 0.9, "others": [], "fault": ""})
        client.until(lambda: len(heard(client)) == 2, "what was heard")
        assert [one["event"] for one in heard(client)] == ["partial", "done"]
        client.connection.send(SOUND)  # on its way when the sentence was over
        assert client.order("ping") == "" and microphone.got == ["begin", SOUND, "end"] and not page.access.dropped


def test_only_who_may_say_something_may_speak(page, microphone):
    for client in (person(page, "watcher"), PageClient(page.port)):
        with client:
            assert "takes the role operator" in client.order("mic", do="begin")
            client.connection.send(SOUND)
            assert client.order("ping") == ""
    assert microphone.got == [] and page.access.dropped == 4


def test_one_person_speaks_at_a_time_until_the_sentence_is_over_or_the_tab_closes(page, microphone):
    with person(page) as second:
        with person(page) as first:
            assert first.order("mic", do="begin") == ""
            assert second.order("mic", do="begin") == "somebody else is speaking"
            second.connection.send(SOUND)
            assert second.order("mic", do="end") == ""
            assert microphone.got == ["begin"], "audio of one is no part of the sentence of another"
        eventually(lambda: microphone.got == ["begin", "end"], 10.0, "the end of who went")
        assert second.order("mic", do="begin") == ""
        microphone.tell({"event": "problem", "text": "no recogniser"})
        second.until(lambda: heard(second), "the problem")
        with person(page) as third:
            assert third.order("mic", do="begin") == ""


def test_who_waits_for_the_wake_word_gives_way_until_it_is_heard(page, microphone):
    with person(page) as first, person(page) as second:
        assert first.order("mic", do="wait") == ""
        assert second.order("mic", do="wait") == "somebody else is speaking"
        assert second.order("mic", do="begin") == "" and microphone.got == ["wait", "begin"]
        first.until(lambda: heard(first), "why it no longer waits")
        assert heard(first)[0]["text"] == "somebody else speaks now"
        microphone.tell({"event": "done", "text": "", "confidence": 0.0, "others": [], "fault": "silent"})
        second.until(lambda: heard(second), "the end")
        assert first.order("mic", do="wait") == ""
        microphone.tell({"event": "listening"})  # the wake word was heard: the sentence is the first one's
        first.until(lambda: len(heard(first)) == 2, "the sentence")
        assert second.order("mic", do="begin") == "somebody else is speaking"
        assert first.order("mic", do="end") == "" and microphone.got[-1] == "end"


@pytest.mark.parametrize("piece", [b"", b"x", bytes(PIECE + 2)])
def test_a_piece_that_no_page_sends_ends_the_sentence(page, microphone, piece):
    with person(page) as client:
        assert client.order("mic", do="begin") == ""
        client.connection.send(piece)
        client.until(lambda: heard(client), "the refusal")
        assert "no page sends" in heard(client)[0]["text"] and page.access.dropped == 1
        assert microphone.got == ["begin", "end"]


def test_what_is_too_much_or_not_there_is_said(page, microphone):
    with person(page) as client:
        microphone.refusal = "too slow"
        assert client.order("mic", do="begin") == "too slow"
        microphone.refusal = ""
        assert client.order("mic", do="begin") == ""
        microphone.refusal = "too slow"
        client.connection.send(SOUND)
        client.until(lambda: heard(client), "the refusal")
        assert heard(client)[0] == {"t": "heard", "event": "problem", "text": "too slow"}


def test_a_page_that_does_not_listen_says_so():
    page = WebMonitor(PageOptions(port=0), tree(), (), PageActions(lambda *_: "", lambda *_: ""))
    try:
        with person(page) as client:
            assert "does not listen" in client.order("mic", do="begin")
    finally:
        page.close()
