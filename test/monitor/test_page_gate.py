"""The gate before what the library viser serves: which requests, messages and values get through."""

import http.client
import math
import stat

import msgspec.msgpack
import pytest
import viser
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.monitor import page_server
from skill_stack.monitor.page_gate import PageGate, points_to_other_server
from skill_stack.monitor.page_key import PageKey
from skill_stack.monitor.page_server import open_page
from test.monitor.viser_client import CAMERA, ViserClient, websocket

KEY = "0123456789abcdef"
GATE = PageGate(KEY, ("robot.local",))
for uuid, what in (("e", "press"), ("r", "press"), ("w", "words"), ("t", "tick")):
    GATE.declare(uuid, what)


def passes(message):
    """What of a message gets through, decoded."""
    admitted = GATE.admit(msgspec.msgpack.encode(message))
    return None if admitted is None else msgspec.msgpack.decode(admitted)


def update(uuid, **updates):
    return {"type": "GuiUpdateMessage", "uuid": uuid, "updates": updates}


@pytest.mark.parametrize(
    "message",
    [update("e", value=True), update("w", value="walk to the ball\n"), update("t", value=False), CAMERA],
)
def test_what_a_person_does_gets_through_as_it_is(message):
    assert passes(message) == message


@pytest.mark.parametrize(
    "message",
    [
        update("e", value=False), update("e", value=1), update("e", disabled=True), update("e", value=True, label=""),
        update("e"), update("x", value=True), update("w", value=3), update("w", value="a" * 2001),
        update("w", value="\x00"), update("w", value="\u202e"), update("t", value="yes"), update([], value=True),
        {"type": "GuiUpdateMessage"}, {"type": "GuiRemoveMessage", "uuid": "e"}, {"type": "ShareUrlRequest"}, [], None,
        {"type": "FileTransferStartUpload"}, {"type": ["GuiUpdateMessage"]}, {**CAMERA, "fov": math.nan},
        {**CAMERA, "wxyz": [1.0]}, {**CAMERA, "position": "abc"}, {**CAMERA, "image_width": 10**9},
    ],
)  # fmt: skip
def test_nothing_else_does(message):
    assert passes(message) is None


def test_what_rides_along_is_left_behind():
    assert passes({**CAMERA, "extra": 1}) == CAMERA
    assert passes({**update("e", value=True), "excluded_self_client": 3}) == update("e", value=True)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_dropped(raw):
    admitted = GATE.admit(raw)
    assert admitted is None or msgspec.msgpack.decode(admitted)["type"] in ("GuiUpdateMessage", "ViewerCameraMessage")


def test_a_text_frame_is_dropped():
    assert GATE.admit("GuiUpdateMessage") is None


DEADENING = (
    {"disabled": True}, {"visible": False}, {"label": "gone"}, {"removed": True}, {"update_cb": []}, {"value": 7},
    {"is_button": False}, {"uuid": "other"}, {"gui_api": None}, {"sync_cb": None}, {"value": True, "disabled": True},
)  # fmt: skip


def test_an_address_that_leads_elsewhere_is_known():
    host = "127.0.0.1:8080"
    for path in ("/?websocket=ws://evil.example", "/?playbackPath=x"):
        assert points_to_other_server(host, path)
    assert not points_to_other_server(host, "/abc/?websocket=ws://127.0.0.1:8080/abc")
    assert not points_to_other_server(host, "/abc/?darkMode") and not points_to_other_server(host, "/")


@pytest.fixture
def served():
    """A page of viser with a button and a text behind its gate, and what was pressed."""
    gate, pressed = PageGate(KEY, ()), []
    server = open_page(gate, "127.0.0.1", 0, "robot")
    button, words = server.gui.add_button("Go"), server.gui.add_text("Words", "")
    button.on_click(lambda _: pressed.append("Go"))
    for handle, kind in ((button, "press"), (words, "words")):
        gate.declare(handle._impl.uuid, kind)
    yield server, gate, pressed
    server.stop()


def request(port, path="/", **headers):
    """Status, headers and beginning of what is served."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read(2_000_000)


def test_what_is_served_under_which_name(served):
    port = served[0].get_port()
    for path in (f"/{KEY}/", f"/{KEY}"):
        status, headers, text = request(port, path)
        assert status == 200 and b"<head>" in text and KEY.encode() not in text
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    for path in ("/", "/index.html", "/0123/", f"/{KEY}x/"):
        assert request(port, path)[0] == 403
    assert request(port, f"/{KEY}/", Host="evil.example")[0] == 403
    assert request(port, f"/{KEY}/", Origin="http://evil.example")[0] == 403
    status, headers, _ = request(port, f"/{KEY}/?websocket=ws://evil.example")
    assert status == 303 and headers["Location"] == f"/{KEY}/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": ""}, {"Origin": "http://localhost:3000"}, {"path": "/"},
        {"path": "/0/"},
    ],
)
def test_others_get_no_websocket(served, headers):
    with pytest.raises(InvalidStatus, match="403"):
        websocket(served[0].get_port(), **{"path": f"/{KEY}/", **headers})


def test_what_deadens_a_button_does_not_arrive_and_a_press_does(served):
    server, gate, pressed = served
    with websocket(server.get_port(), f"/{KEY}/") as connection:
        attacker = ViserClient(connection, {"Go", "Words"})
        for updates in DEADENING:
            attacker.update("Go", **updates)
        for kind in ("GuiRemoveMessage", "ResetGuiMessage", "ShareUrlRequest", "NoSuchMessage"):
            attacker.send({"type": kind, "uuid": attacker.inputs["Go"]})
        attacker.send({"type": "RunJavascriptMessage", "source": "document.body.innerHTML = ''"})
        attacker.press("Go")
        while not pressed:
            connection.ping().wait(30)
    assert pressed == ["Go"] and gate.dropped == len(DEADENING) + 5


def test_a_library_that_cannot_be_guarded_opens_no_page(monkeypatch):
    class Unguarded:
        stopped = False

        def __init__(self, *_, **__):
            pass

        def stop(self):
            Unguarded.stopped = True

    monkeypatch.setattr(viser, "ViserServer", Unguarded)
    with pytest.raises(SkillStackError, match="cannot be guarded"):
        page_server.open_page(GATE, "127.0.0.1", 0, "robot")
    assert Unguarded.stopped


def test_a_key_lasts_for_a_run_and_is_its_users_alone(tmp_path):
    path = tmp_path / "page"
    first = PageKey(path)
    first.keep(f"http://127.0.0.1:8080/{first.key}/", f"http://127.0.0.1:8080/{'0' * 32}/")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PageKey(path).key == first.key and len(first.key) == 32
    path.chmod(0o644)
    assert PageKey(path).key != first.key  # it may have been read
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="remove it"):
        PageKey(path)
