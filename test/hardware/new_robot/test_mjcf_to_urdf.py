"""A MuJoCo file and the URDF made of it move alike."""

import mujoco
import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.mjcf_to_urdf import convert

ARM = """<mujoco><compiler angle="radian"/>
  <asset><mesh name="wedge" vertex="0 0 0  .1 0 0  0 .1 0  0 0 .1"/></asset>
  <worldbody><body name="base">
    <geom type="box" size=".1 .1 .05"/>
    <body name="upper" pos="0 0 .1" quat="1 .2 .3 .1">
      <joint name="turn" axis="0 0 1" pos=".01 .02 0" range="-1 2"/>
      <joint name="lift" axis="0 1 0" pos="0 .03 .01" range="-2 1" actuatorfrcrange="-3 3"/>
      <geom type="capsule" size=".02 .1" pos="0 0 .1"/>
      <body name="hand" pos="0 0 .25"><joint name="wrist" axis="1 0 0" pos="0 0 .02"/>
        <geom type="mesh" mesh="wedge"/><geom type="sphere" size=".03" pos="0 .1 0"/></body>
    </body>
  </body></worldbody>
</mujoco>"""


def test_links_are_where_they_were(tmp_path) -> None:
    path = tmp_path / "arm.xml"
    path.write_text(ARM)
    made = convert(path, "arm")
    for name, content in made.meshes.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "arm.urdf").write_text(made.text)
    before, after = (mujoco.MjModel.from_xml_path(str(tmp_path / name)) for name in ("arm.xml", "arm.urdf"))
    rng = np.random.default_rng(3)
    for _ in range(10):
        states = [mujoco.MjData(before), mujoco.MjData(after)]
        for name, angle in zip(("turn", "lift", "wrist"), rng.uniform(-1, 1, 3)):
            for state in states:
                state.joint(name).qpos[0] = angle
        for model, state in zip((before, after), states):
            mujoco.mj_forward(model, state)
        # The frame of a link is that of its hinge, so what is compared is where its mass is.
        for body in ("upper", "hand"):
            assert states[0].body(body).xipos == pytest.approx(states[1].body(body).xipos, abs=1e-6)
    assert after.joint("lift").range == pytest.approx([-2, 1])
    assert 'effort="3"' in made.text and set(made.meshes) == {"wedge.stl"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (('name="turn" axis', 'name="turn" type="slide" axis'), r"\['turn'\] are no hinges"),
        (('type="capsule" size=".02 .1"', 'type="ellipsoid" size=".1 .2 .3"'), "ELLIPSOID has no counterpart"),
        (("<mujoco>", "<mujoko>"), "MuJoCo cannot read it"),
        (('<body name="base">', '<body name="base"><joint/>'), "'base' is hinged to the world"),
    ],
)
def test_what_a_urdf_cannot_say_is_named(tmp_path, change, text) -> None:
    path = tmp_path / "arm.xml"
    path.write_text(ARM.replace(*change))
    with pytest.raises(DataError, match=text):
        convert(path, "arm")
