"""A strip of pictures of a run: rendered in a process of its own, since the choice of a GL library is made once.

Example: ``MUJOCO_GL=egl python -m skill_stack.hardware.picture_strip --robot go2 --states run.npz --out run.png``
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up

Array = np.ndarray

WIDTH, HEIGHT = 320, 240  # pixels of one picture
DISTANCE, ELEVATION, AZIMUTH = 2.2, -18.0, 120.0  # m, degrees: a little from above, from the side and ahead
BACKENDS = ("egl", "osmesa")
PATIENCE = 120.0  # s for one try


class NoPictures(SkillStackError):
    """Pictures cannot be made on this machine; the text says what would help."""


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
    with tempfile.TemporaryDirectory(prefix="skill-stack-strip-") as folder:
        file = Path(folder) / "states.npy"
        np.save(file, states, allow_pickle=False)
        command = [sys.executable, "-m", __name__, "--robot", robot, "--scene", scene, "--seed", str(seed)]
        command += ["--states", str(file), "--out", str(path)]
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
    parser.add_argument("--robot", required=True)
    parser.add_argument("--scene", default="playground")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    import mujoco
    from PIL import Image

    from skill_stack.hardware.mujoco_model import build_model

    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(options.robot), resources)
    model = build_model(robot, set_up(load_scene(resources.scene(options.scene)), options.seed))
    data, states = mujoco.MjData(model), np.load(options.states, allow_pickle=False)
    camera = mujoco.MjvCamera()
    camera.distance, camera.elevation, camera.azimuth = DISTANCE, ELEVATION, AZIMUTH
    pictures = []
    with mujoco.Renderer(model, HEIGHT, WIDTH) as renderer:
        for state in states:
            data.qpos[:] = state
            mujoco.mj_forward(model, data)
            camera.lookat[:] = (state[0], state[1], 0.6 * robot.stand_height)
            renderer.update_scene(data, camera)
            pictures.append(renderer.render().copy())
    Image.fromarray(np.concatenate(pictures, axis=1)).save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
