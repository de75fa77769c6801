"""``skill-stack point`` on recorded looks: five conventions, one thing."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "perception"))  # computed_looks.py

from computed_looks import seen, thing

from skill_stack.cli import main
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.cameras.recording import save_recording
from skill_stack.perception.recognition.pointing_answers import CONVENTIONS

EYE = Eye((-0.40, 0.0, 0.42), (0.0, 0.0, 0.02))
AIM = np.array([0.0, 0.15, 0.1])
"""Top of the blue cylinder, m."""


@pytest.fixture(scope="module")
def look():
    things = [
        thing("box", "red", 0.0, 0.0, (0.04, 0.08, 0.06)),
        thing("cylinder", "blue", 0.0, 0.15, (0.04, 0.04, 0.1)),
    ]
    return seen(things, EYE)


@pytest.fixture
def looks(look, tmp_path):
    save_recording(tmp_path / "looks", [look])
    return str(tmp_path / "looks")


def answer(look, convention: str, aim=AIM) -> str:
    """What a network of a convention says that points at a place."""
    i = look.intrinsics
    x, y, z = look.rotation.T @ (np.asarray(aim) - look.position)
    rows, columns = look.depth.shape
    across, down = (x / z * i.fx + i.cx) / columns, (y / z * i.fy + i.cy) / rows
    side, row_first = CONVENTIONS[convention]
    pair = [across * (side or columns), down * (side or rows)]
    return f"{convention}={json.dumps({'points': [pair[::-1] if row_first else pair]})}"


@pytest.mark.parametrize("convention", sorted(CONVENTIONS))
def test_each_convention_names_the_thing_and_the_argument(look, looks, capsys, convention):
    command = ["point", "the cylinder", "--looks", looks, "--answer", answer(look, convention), "--json"]
    assert main([*command, "--robot", "gantry_allegro_right", "--skill", "pick_up"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["thing"] == "blue_cylinder"
    assert told["point"] == pytest.approx(AIM.tolist(), abs=0.02)
    assert told["step"] == {"skill": "pick_up", "arguments": {"target": "blue_cylinder"}}


def test_several_networks_are_fused_and_one_that_fails_is_named(look, looks, capsys):
    answers = [
        answer(look, "unit"),
        answer(look, "thousand_yx"),
        answer(look, "pixels", (0.0, 0.0, 0.06)),
        "percent=no",
    ]
    command = ["point", "it", "--looks", looks, *(part for one in answers for part in ("--answer", one))]
    assert main([*command, "--json"]) == 0
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert told["thing"] == "blue_cylinder" and told["confidence"] == 0.5
    assert "network 4: the answer holds no point" in out.err


def test_a_server_is_asked_with_the_picture(look, looks, capsys):
    asked = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            content = answer(look, "percent").partition("=")[2]
            body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told):
            pass

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"percent=http://127.0.0.1:{server.server_port}/v1:pointer"
        assert main(["point", "the blue cylinder", "--looks", looks, "--model", url]) == 0
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "blue cylinder, at" in capsys.readouterr().out
    assert "Point to the blue cylinder" in asked[0] and "data:image/jpeg;base64" in asked[0]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "which network?"),
        (["--answer", "inches=1,2"], "conventions: pixels, unit"),
        (["--answer", "unit=[[3, 4]]"], "lies outside of the picture; is the convention 'unit'?"),
        (["--answer", "unit={\"points\": []}"], "nobody sees it"),
        (["--answer", "unit=[[0.5, 0.5]]", "--do", "--skill", "pick_up"], "a running robot instead of --looks"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(looks, capsys, more, says):
    assert main(["point", "it", "--looks", looks, *more]) == 1
    assert says in capsys.readouterr().err


def test_a_map_of_what_and_where_points_beside_other_networks(tmp_path, capsys):
    pytest.importorskip("tokenizers", reason="the extra words is not installed")
    network = str(Path(__file__).parents[3] / "models/networks/what_where/heat.onnx")
    table = thing("box", "brown", 0.3, 0.0, (0.56, 0.84, 0.4))
    blocks = [
        thing("box", "red", 0.2, 0.2, (0.05, 0.05, 0.06), z=0.4),
        thing("box", "blue", 0.35, -0.15, (0.05, 0.05, 0.06), z=0.4),
    ]
    save_recording(tmp_path / "looks", [seen([table, *blocks], Eye((1.0, 0.0, 1.1), (0.25, 0.0, 0.4)))])
    for words, at in (("the blue box", (0.35, -0.15)), ("a red box", (0.2, 0.2))):
        assert main(["point", words, "--looks", str(tmp_path / "looks"), "--map", network, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["point"][:2] == pytest.approx(at, abs=0.03) and told["thing"] == words.split(" ", 1)[1].replace(
            " ", "_"
        )
    assert main(["point", "the pink mug", "--looks", str(tmp_path / "looks"), "--map", network]) == 1
    assert "nobody sees the pink mug" in capsys.readouterr().err
