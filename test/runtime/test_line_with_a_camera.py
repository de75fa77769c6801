"""A robot that turns towards what is red, by a slow network that sees through a camera of the simulation."""

import hashlib
import math
from pathlib import Path

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.slow.slow_links import DirectLinks
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.frame_ring import RingFrames, frames_path
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.rendering.drawn_camera import DrawnCamera
from skill_stack.hardware.rendering.picture_strip import NoPictures
from skill_stack.runtime.line.line import Line

ROOT = Path(__file__).parents[2]
HEIGHT, WIDTH, STEPS = 24, 32, 10
EVERY = 0.2  # s between two frames


def red_seeker(path):
    """Writes a network whose turning rate is the more, the further to the left what is red is in its picture."""
    columns = np.linspace(1.0, -1.0, WIDTH, dtype=np.float32).reshape(1, 1, 1, WIDTH)
    constants = {
        "redness": np.array([1.0, -1.2, -1.2], np.float32).reshape(1, 3, 1, 1), "least": np.array([-0.3], np.float32),
        "columns": columns, "gain": np.float32(0.8), "floor": np.float32(1e-3), "axes": np.array([1, 1, 1]),
        "still": np.zeros((1, 1, 2), np.float32), "often": np.array([1, STEPS, 1]),
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["image", "redness", "least"], ["margin"]),
        helper.make_node("Relu", ["margin"], ["red"]),
        helper.make_node("Mul", ["red", "columns"], ["sided"]),
        helper.make_node("ReduceSum", ["sided"], ["side"], keepdims=0),
        helper.make_node("ReduceSum", ["red"], ["all"], keepdims=0),
        helper.make_node("Add", ["all", "floor"], ["some"]),
        helper.make_node("Div", ["side", "some"], ["where"]),
        helper.make_node("Mul", ["where", "gain"], ["turn"]),
        helper.make_node("Reshape", ["turn", "axes"], ["wz"]),
        helper.make_node("Concat", ["still", "wz"], ["one"], axis=2),
        helper.make_node("Tile", ["one", "often"], ["actions"]),
    ]
    graph = helper.make_graph(
        nodes, "red", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, STEPS, 3])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seeking_skill(folder):
    """The skill's folder in an overlay; everything but its senses is as in the walk to a point."""
    folder.mkdir(parents=True)
    data = yaml.safe_load((ROOT / "models" / "go2" / "reach" / "skill.yaml").read_text())
    data |= {"name": "seek_red", "goal": [], "success": [], "timeout": 4.0, "provenance": {"recipe": "a test"}}
    policy = data["policy"]
    policy["sha256"] = red_seeker(folder / "policy.onnx")
    image = {"name": "image", "camera": "front", "width": WIDTH, "height": HEIGHT, "max_age": 0.3}
    manifest = policy["manifest"] | {"inputs": [], "commands": [], "images": [image], "rate": 5.0}
    manifest["action"] |= {"scale": 1.0}
    manifest["chunk"] = {
        "steps": STEPS,
        "step": 0.1,
        "latency": 0.2,
        "max_age": 0.8,
        "blend": "ensemble",
        "decay": -0.5,
    }
    policy["manifest"] = manifest
    (folder / "skill.yaml").write_text(yaml.safe_dump(data))


class Eyes:
    """A camera at the robot's head, whose frames go through shared memory."""

    def __init__(self, device, block):
        try:
            self.camera = DrawnCamera("go2", "playground", 0, frames_path(block, "front"), (2 * HEIGHT, 2 * WIDTH))
        except NoPictures as error:
            pytest.skip(str(error))
        self._device, self._due = device, 0.0
        self.frames = RingFrames(block)

    def look(self, now):
        if now >= self._due:
            self._due = now + EVERY
            self.camera.draw(now, self._device.data.qpos)


class SeeingLine(Line):
    """A line with a camera."""

    eyes = None

    def step(self):
        if self.eyes is not None:
            self.eyes.look(self.now)
        return super().step()


@pytest.fixture
def line(tmp_path):
    seeking_skill(tmp_path / "models" / "go2" / "seek_red")
    resources = Resources((tmp_path, ROOT), tmp_path)
    robot = load_robot(resources.robot("go2"), resources)
    library = load_library(resources, robot)
    line = SeeingLine(robot, library, set_up(load_scene(resources.scene("playground")), 0))
    assert "nobody has pictures here" in line.core.bank.problems["seek_red"], "without a camera it cannot run"
    line.eyes = Eyes(line.device, tmp_path / "block")
    line.core = ControlCore(robot, library, ControlOptions(links=DirectLinks(line.eyes.frames)))
    yield line
    line.eyes.camera.close()


def bearing(line):
    """Where the red ball is from the robot's nose, rad, in truth."""
    truth, ball = line.device.truth(), line.scene["red_ball"].position
    way = np.asarray(ball)[:2] - truth.position[:2]
    angle = math.atan2(way[1], way[0]) - yaw_of(truth.orientation)
    return math.remainder(angle, 2 * math.pi)


def test_it_turns_towards_what_it_sees(line) -> None:
    eyes, line.eyes = line.eyes, None  # nobody looks as yet
    line.run_skill("rise", {})
    line.eyes = eyes
    before = bearing(line)
    line.run_skill("seek_red", {})
    use = line.core.bank.runners["seek_red"].use
    assert use.taken >= 15 and use.late == 0 and use.fallbacks == 0
    assert abs(before) > 0.3 and abs(bearing(line)) < 0.15


def test_blind_it_stands_as_the_fallback_does(line) -> None:
    line.run_skill("rise", {})
    assert line.eyes.frames.newest("front", line.now) is not None
    line.eyes.look = lambda now: None
    line.idle(0.5)  # then the last picture is too old
    before = bearing(line)
    line.run_skill("seek_red", {})
    use = line.core.bank.runners["seek_red"].use
    assert use.falls_back and use.asked >= 15 and use.taken == 0
    assert bearing(line) == pytest.approx(before, abs=0.05)
