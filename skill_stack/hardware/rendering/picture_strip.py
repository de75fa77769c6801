"""A strip of pictures of a run, rendered in a separate process, since the GL library can be chosen only once.

Example: ``MUJOCO_GL=egl python -m skill_stack.hardware.rendering.picture_strip --robot go2 --states run.npz --out
run.png``
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import load_scene, set_up

if TYPE_CHECKING:
    import mujoco

Array = np.ndarray

WIDTH, HEIGHT = 320, 240  # pixels of one picture
DISTANCE, ELEVATION, AZIMUTH = 2.2, -18.0, 120.0  # m, degrees: a little from above, from the side and ahead
RAISED = 2.5  # heights of the camera's target: a base further up is followed
AMBIENT, DIFFUSE, SKY = 0.35, 0.55, (202, 214, 228)  # shares of white light, and sRGB
BACKENDS = ("egl", "osmesa")
PATIENCE = 120.0  # s for one try


class NoPictures(SkillStackError):
    """Pictures cannot be rendered on this machine; the message gives a remedy."""


def save_strip(robot: str, scene: str, seed: int, states: Array, path: Path) -> None:
    """Renders states side by side into a PNG file.

    Args:
        robot: Name of the robot.
        scene: Name or file of the scene.
        seed: Its seed.
        states: Generalised positions as the simulation has them, shape (pictures, nq).
        path: The file.

    Raises:
        NoPictures: No GL library works; names the packages.
    """
    _render(["--robot", robot, "--scene", scene, "--seed", str(seed)], states, path)


def save_strip_of(model: mujoco.MjModel, body: str, distance: float, states: Array, path: Path) -> None:
    """Renders states of a model side by side into a PNG file.

    Args:
        model: The model.
        body: The body that the camera looks at.
        distance: From where, m.
        states: Generalised positions, shape (pictures, nq).
        path: The file.

    Raises:
        NoPictures: No GL library works; names the packages.
    """
    import mujoco

    with tempfile.TemporaryDirectory(prefix="skill-stack-strip-") as folder:
        file = Path(folder) / "model.mjb"
        mujoco.mj_saveModel(model, str(file))
        _render(["--model", str(file), "--body", body, "--distance", str(distance)], states, path)


def _render(what: list[str], states: Array, path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="skill-stack-strip-") as folder:
        file = Path(folder) / "states.npy"
        np.save(file, states, allow_pickle=False)
        command = [sys.executable, "-m", __name__, *what, "--states", str(file), "--out", str(path)]
        said = ""
        for backend in BACKENDS:
            environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
            if done.returncode == 0:
                return
            said = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}"
    raise NoPictures(f"no pictures without a GL library; apt-get install libegl1 libgl1, or libosmesa6 ({said})")


def main(argv: Sequence[str] | None = None) -> int:
    """Renders."""
    parser = argparse.ArgumentParser(prog="picture_strip", description=__doc__)
    parser.add_argument("--robot", default="")
    parser.add_argument("--model", type=Path, help="file of a compiled model, in place of robot and scene")
    parser.add_argument("--body", default="", help="with --model: what the camera looks at")
    parser.add_argument("--distance", type=float, default=DISTANCE, help="m")
    parser.add_argument("--scene", default="playground")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    import mujoco
    from PIL import Image

    if options.model is not None:
        model, height = mujoco.MjModel.from_binary_path(str(options.model)), 0.0
    else:
        model, height = _robot_model(options)
    model.vis.headlight.ambient[:], model.vis.headlight.diffuse[:] = AMBIENT, DIFFUSE
    data, states = mujoco.MjData(model), np.load(options.states, allow_pickle=False)
    camera = mujoco.MjvCamera()
    camera.distance, camera.elevation, camera.azimuth = options.distance, ELEVATION, AZIMUTH
    pictures = []
    with mujoco.Renderer(model, HEIGHT, WIDTH) as renderer:
        for state in states:
            data.qpos[:] = state
            mujoco.mj_forward(model, data)
            raised = max(0.0, state[2] - RAISED * height)  # what it climbed; a jump moves it within the picture
            camera.lookat[:] = data.body(options.body).xpos if options.body else (state[0], state[1], height + raised)
            renderer.update_scene(data, camera)
            pictures.append(_under_sky(renderer))
    Image.fromarray(np.concatenate(pictures, axis=1)).save(options.out)
    return 0


def _under_sky(renderer: mujoco.Renderer) -> Array:
    """What a renderer sees, with a sky where nothing is; uint8, shape (height, width, 3)."""
    picture = renderer.render().copy()
    renderer.enable_segmentation_rendering()
    nothing = renderer.render()[..., 0] < 0
    renderer.disable_segmentation_rendering()
    picture[nothing] = SKY
    return picture


def _robot_model(options: argparse.Namespace) -> tuple[mujoco.MjModel, float]:
    """Model of a robot in a scene, and the height of the camera's target, m."""
    from skill_stack.hardware.mujoco.mujoco_model import build_model

    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(options.robot), resources)
    model = build_model(robot, set_up(load_scene(resources.scene(options.scene)), options.seed))
    return model, 0.6 * robot.stand_height


if __name__ == "__main__":
    sys.exit(main())
