"""Whatever a camera may send: a bad look is refused with its reason and got over; the scene is stale meanwhile."""

import math
import re

import numpy as np
import pytest
from computed_looks import VIEW, seen, thing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.shared_memory.frame_ring import FrameRing
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.cameras.look_sources import RingSource
from skill_stack.perception.perception_pipeline import FIRST, STALE, PerceptionPipeline

HERE = Pose2(0.0, 0.0, 0.0)
BALL = thing("ball", "red", 1.0, 0.1, (0.2, 0.2, 0.2))
PITCH = 0.4


def camera(roll=0.0):
    return CameraSpec(xyz=(0.0, 0.0, 0.45), rpy=(roll, PITCH, 0.0), width=VIEW.width, height=VIEW.height, view=1.2)


class Eye:
    """Where a camera of the robot really is while the robot stands at the origin."""

    def __init__(self, spec):
        self.place, self.rotation = spec.xyz, spec.rotation


def good(stamp, spec=None, view=VIEW):
    frame = seen([BALL], Eye(spec or camera()), noise=0.002, view=view)
    return stamp, frame.colour, frame.depth, view


class Rig:
    """A robot that stands, and a camera that gives what it is told to."""

    trouble = ""

    def __init__(self, spec=None):
        self.clock, self.shown = 0.0, None
        poses = PoseHistory()
        for tick in range(200):
            poses.add(tick * 0.05, np.array([0, 0, 0, 1.0, 0, 0, 0]))
        self.seeing = PerceptionPipeline(spec or camera(), self, poses, lambda: self.clock, budget=1.0)

    def newest(self):
        return self.shown

    def close(self):
        pass

    def show(self, look, now=None):
        self.shown, self.clock = look, self.clock + 0.2
        return self.seeing.step(HERE, look[0] if now is None else now)


@pytest.fixture(scope="module")
def plain():
    return good(1.0)


def bad(plain, colour=None, depth=None, view=None, stamp=1.0):
    return stamp, plain[1] if colour is None else colour, plain[2] if depth is None else depth, view or plain[3]


CASES = {
    "no depth at all": (lambda p: bad(p, depth=np.zeros_like(p[2])), "depth is missing in 100% of the picture"),
    "NaN": (lambda p: bad(p, depth=np.full_like(p[2], np.nan)), "depth is missing in 100% of the picture"),
    "negative": (lambda p: bad(p, depth=-p[2]), "depth is missing"),
    "empty": (lambda p: bad(p, np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.float32)), "the picture is empty"),
    "black": (lambda p: bad(p, np.zeros_like(p[1])), "the picture is black"),
    "16-bit depth": (lambda p: bad(p, depth=(p[2] * 1000).astype(np.uint16)), r"depth is uint16 .*, not float"),
    "float colour": (lambda p: bad(p, p[1].astype(np.float32)), r"colour is float32 .*, not uint8"),
    "grey": (lambda p: bad(p, p[1][..., 0]), r"colour is uint8 \(240, 320\), not uint8 \(height, width, 3\)"),
    "four channels": (lambda p: bad(p, np.dstack([p[1], p[1][..., 0]])), r"\(240, 320, 4\), not uint8"),
    "depth of another size": (lambda p: bad(p, depth=p[2][::2, ::2]), "differ in size"),
    "on its side": (lambda p: bad(p, np.rot90(p[1]), np.rot90(p[2])), r"camera_info \(240, 320\) differ in size"),
    "camera_info missing": (lambda p: bad(p, view=Intrinsics(320, 240, 0, 0, 0, 0)), "intrinsics are missing"),
    "camera_info NaN": (lambda p: bad(p, view=Intrinsics(320, 240, math.nan, 1, 1, 1)), "intrinsics are missing"),
    "far ahead": (lambda p: bad(p, stamp=50.0), "its stamp lies 49.0 s ahead of the clock"),
    "stamp NaN": (lambda p: bad(p, stamp=math.nan), "its stamp is nan"),
    "before all poses": (lambda p: bad(p, stamp=-3.0), "where the robot was is not known"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_look_is_refused_with_its_reason_and_got_over(name, plain) -> None:
    make, reason = CASES[name]
    rig = Rig()
    assert rig.show(make(plain), now=1.0) is None
    assert rig.seeing.refused == 1 and re.search(reason, rig.seeing.reason), rig.seeing.reason
    silent = FIRST if name == "before all poses" else 3.0  # poses may begin after the camera
    rig.clock += silent
    assert rig.seeing.trouble.startswith(f"nothing seen for {silent:.0f} s: ")
    assert rig.seeing.reason in rig.seeing.trouble
    assert STALE in rig.seeing.graph(1.0).facts, "the scene is stale"
    rig.show(bad(plain, stamp=1.2))  # a clock that began anew costs a look
    assert rig.show(bad(plain, stamp=1.4)) is not None and not rig.seeing.trouble
    assert STALE not in rig.seeing.graph(1.4).facts


@pytest.mark.parametrize("roll", [math.pi / 2, -math.pi / 2, math.pi, 0.3])
def test_a_camera_that_is_mounted_turned_sees_things_where_they_are(roll) -> None:
    spec = camera(roll)
    rig = Rig(spec)
    for stamp in (1.0, 1.2, 1.4):
        assert rig.show(good(stamp, spec)) is not None
    balls = [one for one in rig.seeing.graph(1.4).things if one.colour == "red"]
    assert len(balls) == 1 and math.dist(balls[0].position, BALL.position) < 0.03


def test_a_picture_of_4k_is_understood_and_a_larger_one_refused() -> None:
    stamp, colour, depth, _ = good(1.0, view=Intrinsics.from_view(480, 270, 1.2))
    view = Intrinsics.from_view(3840, 2160, 1.2)
    rig, large = Rig(), (stamp, *(np.repeat(np.repeat(one, 8, 0), 8, 1) for one in (colour, depth)), view)
    assert rig.show(large) is not None
    assert rig.show((1.2, *large[1:])) is not None
    (ball,) = [one for one in rig.seeing.graph(1.2).things if one.colour == "red"]
    assert math.dist(ball.position, BALL.position) < 0.03
    wide = Intrinsics.from_view(5000, 8, 1.2)
    rig.show((1.4, np.full((8, 5000, 3), 90, np.uint8), np.ones((8, 5000), np.float32), wide))
    assert "5000 x 8 pixels are more than 4096 on a side" in rig.seeing.reason


def test_a_clock_that_jumps_back_is_got_over(plain) -> None:
    rig = Rig()
    assert rig.show(bad(plain, stamp=5.0)) is not None
    assert rig.show(bad(plain, stamp=1.0)) is None and "time jumped back by 4.000 s" in rig.seeing.reason
    assert rig.show(bad(plain, stamp=1.2)) is not None


def test_a_camera_that_disappears_and_comes_back(plain) -> None:
    rig = Rig()
    for stamp in (1.0, 1.2):
        rig.show(bad(plain, stamp=stamp))
    rig.shown, rig.trouble = None, "the camera is gone"
    rig.clock += 2.5
    assert rig.seeing.step(HERE, 4.0) is None
    graph = rig.seeing.graph(4.0)
    assert STALE in graph.facts and graph.things, "what was seen is kept"
    assert "the camera is gone" in rig.seeing.trouble
    rig.trouble = ""
    assert rig.show(bad(plain, stamp=5.0)) is not None and STALE not in rig.seeing.graph(5.0).facts


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    depth=arrays.arrays(np.float32, (24, 32), elements=st.floats(-2, 20, width=32) | st.just(np.float32(np.nan))),
    level=st.integers(0, 255),
)
def test_no_depth_whatever_it_is_ends_seeing(depth, level) -> None:
    rig = Rig()
    view = Intrinsics.from_view(32, 24, 1.2)
    events = rig.show((1.0, np.full((24, 32, 3), level, np.uint8), depth, view))
    assert events is not None or rig.seeing.reason


def test_a_ring_of_another_kind_gives_no_look(tmp_path) -> None:
    path = tmp_path / "ring"
    FrameRing.create(path, 8, 8, channels=3).close()
    assert RingSource(path).newest() is None
    path.write_bytes(b"rubbish")
    source = RingSource(path)
    assert source.newest() is None
    source.close()
    assert "there is no camera at" in RingSource(tmp_path / "none").trouble
    with pytest.raises(DataError):
        RgbdRing(path)
