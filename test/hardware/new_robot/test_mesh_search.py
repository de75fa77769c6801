"""Meshes are found where robots are published: beside the file, in its package, in a collection, in a named folder."""

import os
import struct
from pathlib import Path

import mujoco
import numpy as np
import pytest

from skill_stack.cli import main
from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.mesh_search import MeshSearch
from skill_stack.hardware.new_robot.robot_folder import make_robot

INERTIA = '<inertial><mass value="1"/><inertia ixx=".01" iyy=".01" izz=".01" ixy="0" ixz="0" iyz="0"/></inertial>'
URDF = """<robot name="r">{compiler}<link name="base">{inertia}</link>
  <joint name="turn" type="continuous"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/></joint>
  <link name="arm">{inertia}<collision><geometry><mesh filename="{address}"/></geometry></collision></link></robot>"""
MJCF = """<mujoco><compiler {compiler}/><asset><mesh name="arm" file="{address}"/>
    <mesh name="shell" file="lost/shell.stl"/><texture name="t" type="2d" file="lost/t.png"/>
    <material name="m" texture="t"/></asset>
  <worldbody><geom name="ground" type="plane" size="1 1 1"/>
    <body name="base" pos="0 0 1"><freejoint/><inertial mass="1" pos="0 0 0" diaginertia=".01 .01 .01"/>
      <geom type="mesh" mesh="shell" material="m" contype="0" conaffinity="0"/>
      <body name="arm"><joint name="turn" axis="0 0 1"/><geom name="tip" type="mesh" mesh="arm" {arm}/></body>
    </body></worldbody>{more}</mujoco>"""


def stl(path: Path, size: float = 0.1) -> Path:
    """A tetrahedron, m."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "<f4") * size
    faces = corners[[[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = b"".join(bytes(12) + face.tobytes() + bytes(2) for face in faces)
    path.write_bytes(bytes(80) + struct.pack("<I", 4) + rows)
    return path


def write(path: Path, text: str, **parts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    defaults = {"compiler": "", "inertia": INERTIA, "arm": "", "more": ""}
    path.write_text(text.format(**(defaults | parts)))
    return path


@pytest.mark.parametrize(
    ("model", "address", "mesh"),
    [
        ("arm.urdf", "arm.stl", "arm.stl"),
        ("arm.urdf", "meshes/arm.stl", "meshes/arm.stl"),
        ("pkg/urdf/arm.urdf", "../meshes/arm.stl", "pkg/meshes/arm.stl"),
        ("pkg/urdf/arm.urdf", "package://pkg/meshes/arm.stl", "pkg/meshes/arm.stl"),
        ("ws/urdf/arm.urdf", "package://pkg/meshes/arm.stl", "ws/meshes/arm.stl"),  # a package under another name
        ("src/one/urdf/arm.urdf", "package://two/meshes/arm.stl", "src/two/meshes/arm.stl"),
        ("pkg/urdf/arm.urdf", "model://pkg/meshes/arm.stl", "pkg/meshes/arm.stl"),
        ("pkg/urdf/arm.urdf", "arm.stl", "pkg/meshes/collision/arm.stl"),
        ("pkg/xacro/arm.urdf", "C:\\cad\\arm.stl", "pkg/assets/arm.stl"),
        ("my_arm/arm.xml", "arm.stl", "my_arm/assets/arm.stl"),  # as mujoco_menagerie, without its meshdir
    ],
)
def test_layouts_of_urdfs(tmp_path, model, address, mesh) -> None:
    found = stl(tmp_path / mesh)
    file = write(tmp_path / model, URDF, address=address)
    assert MeshSearch(file, environment={}).find(address) == found
    assert make_robot("arm", file, tmp_path / "out").robot.joint_names == ("turn",)


@pytest.mark.parametrize(
    ("model", "compiler", "address", "mesh"),
    [
        ("my_arm/arm.xml", 'meshdir="assets"', "arm.stl", "my_arm/assets/arm.stl"),
        ("my_arm/xmls/arm.xml", 'meshdir="../meshes"', "arm.stl", "my_arm/meshes/arm.stl"),
        ("my_arm/arm.xml", 'meshdir="assets" strippath="true"', "far/away/arm.stl", "my_arm/assets/arm.stl"),
        # As mujoco_playground: meshes handed over by code, so that no path in the file needs to be right.
        ("a/b/arm/xmls/arm.xml", 'meshdir="../../men/arm/assets"', "../../men/arm/assets/arm.stl",
         "a/external/men/arm/assets/arm.stl"),
        ("a/b/arm/xmls/arm.xml", 'meshdir="../../men/arm/assets"', "arm.stl", "a/b/arm/xmls/assets/arm.stl"),
    ],
)  # fmt: skip
def test_layouts_of_mujoco_models(tmp_path, model, compiler, address, mesh) -> None:
    stl(tmp_path / mesh)
    file = write(tmp_path / model, MJCF, compiler=compiler, address=address)
    made = make_robot("arm", file, tmp_path / "out")
    assert [path.name for path in (made.folder / "meshes").iterdir()] == ["arm.stl"]


def test_a_urdf_that_tells_mujoco_where_its_meshes_are(tmp_path) -> None:
    stl(tmp_path / "cad" / "arm.stl")
    compiler = '<mujoco><compiler meshdir="../cad/"/></mujoco>'
    file = write(tmp_path / "r" / "arm.urdf", URDF, compiler=compiler, address="arm.stl")
    assert make_robot("arm", file, tmp_path / "out").notes[0].startswith("its base")


def test_ros_packages_that_are_installed_elsewhere(tmp_path) -> None:
    installed = stl(tmp_path / "install" / "share" / "pkg" / "meshes" / "arm.stl")
    source = stl(tmp_path / "src" / "pkg" / "meshes" / "fore.stl")
    file = write(tmp_path / "elsewhere" / "arm.urdf", URDF, address="")
    environment = {
        "AMENT_PREFIX_PATH": f"/nowhere{os.pathsep}{tmp_path / 'install'}",
        "ROS_PACKAGE_PATH": str(tmp_path / "src" / "pkg"),
    }
    search = MeshSearch(file, environment=environment)
    assert search.find("package://pkg/meshes/arm.stl") == installed
    assert search.find("package://pkg/meshes/fore.stl") == source


def test_a_package_is_known_by_its_package_xml(tmp_path) -> None:
    mesh = stl(tmp_path / "checkout-main" / "cad" / "arm.stl")
    (tmp_path / "checkout-main" / "package.xml").write_text("<package><name>pkg</name></package>")
    file = write(tmp_path / "checkout-main" / "deep" / "down" / "arm.urdf", URDF, address="")
    assert MeshSearch(file, environment={}).find("package://pkg/cad/arm.stl") == mesh


def test_a_folder_that_is_named_helps_and_is_told(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    stl(tmp_path / "x" / "y" / "other" / "arm.stl", size=0.2)
    right = stl(tmp_path / "x" / "y" / "mine" / "arm.stl")
    file = write(tmp_path / "a" / "b" / "c" / "arm.xml", MJCF, address="../up/mine/arm.stl")
    told = ["robot", "new", "arm", "--from", str(file)]
    assert main(told) != 0
    refused = capsys.readouterr().err
    assert "body 'arm': mesh '../up/mine/arm.stl' is not there" in refused and "--meshes FOLDER" in refused
    for place in ("a/b/up/mine/arm.stl", "a/b/c and below by name", "below"):
        assert place in refused
    assert main([*told, "--meshes", str(tmp_path / "nowhere")]) != 0
    assert "no such folder" in capsys.readouterr().err
    assert main([*told, "--meshes", str(tmp_path / "x")]) == 0
    assert f"1 meshes taken from {right.parent}" in capsys.readouterr().err
    copied = tmp_path / "overlay" / "urdf" / "arm" / "meshes" / "arm.stl"
    assert mujoco_size(copied) == pytest.approx(mujoco_size(right))


def mujoco_size(path: Path) -> float:
    """The largest coordinate in a mesh, m."""
    asset, shape = f'<asset><mesh name="m" file="{path}"/></asset>', '<geom type="mesh" mesh="m"/>'
    text = f"<mujoco>{asset}<worldbody>{shape}</worldbody></mujoco>"
    return float(mujoco.MjModel.from_xml_string(text).geom_rbound[0])


def test_two_that_differ_and_fit_alike_are_refused(tmp_path) -> None:
    stl(tmp_path / "r" / "low" / "arm.stl")
    stl(tmp_path / "r" / "high" / "arm.stl")
    file = write(tmp_path / "r" / "arm.urdf", URDF, address="arm.stl")
    assert MeshSearch(file, environment={}).find("arm.stl") is not None  # the same content
    stl(tmp_path / "r" / "high" / "arm.stl", size=0.3)
    with pytest.raises(DataError, match=r"may be any of .*arm\.stl, .*arm\.stl, which differ"):
        make_robot("arm", file, tmp_path / "out")


@pytest.mark.parametrize("floor", ["ground", "a_floor_that_only_the_scene_has"])
def test_a_shape_that_touches_by_a_pair_alone_is_a_collision_shape(tmp_path, floor) -> None:
    stl(tmp_path / "arm.stl")
    pair = f'<contact><pair geom1="tip" geom2="{floor}"/></contact>'
    seen = 'contype="0" conaffinity="0"'
    file = write(tmp_path / "arm.xml", MJCF, address="arm.stl", arm=seen, more=pair)
    urdf = (make_robot("arm", file, tmp_path / "out").folder / "arm.urdf").read_text()
    assert urdf.count("<collision>") == 1


def test_a_shape_that_is_only_seen_needs_no_mesh_unless_the_mass_is_its(tmp_path) -> None:
    seen = MJCF.replace('<inertial mass="1" pos="0 0 0" diaginertia=".01 .01 .01"/>', "")
    stl(tmp_path / "arm.stl")
    with pytest.raises(DataError, match="body 'base': mesh 'lost/shell.stl' is not there"):
        make_robot("arm", write(tmp_path / "arm.xml", seen, address="arm.stl"), tmp_path / "out")
