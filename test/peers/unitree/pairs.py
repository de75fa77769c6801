"""The same walk twice for every seed: through DDS with the peer for a robot, and directly in simulation.

Both have the same physics in the same steps, the same seeded world and the same estimator setting; one side has the
network, the driver and real time in between. ``python test/peers/unitree/pairs.py --pairs 20``
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from unitree.body import STEP
from unitree.campaign import FLOOR
from unitree.process import PeerProcess
from unitree.stack import RobotStack

from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

START = 1.0  # s of walking before it is measured
MEASURED = 6.0  # s
LIFE = 0.5  # s for which a setpoint holds
PATIENCE = 20.0  # s that standing up may take


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk, measured on the truth.

    Attributes:
        speed: Mean speed over the ground, m/s: way by time.
        distance: Distance between begin and end, m.
        turned: Change of heading between begin and end, rad.
        fell: Whether the robot fell.
    """

    speed: float
    distance: float
    turned: float
    fell: bool


def goals_of(seed: int) -> dict[str, float]:
    """Velocities that a seed asks for."""
    rng = np.random.default_rng([seed, 11])
    return {
        "vx": float(rng.uniform(0.25, 0.8)),
        "vy": float(rng.uniform(-0.2, 0.2)),
        "wz": float(rng.uniform(-0.4, 0.4)),
    }


def through_dds(seed: int, domain: int) -> Walk:
    """The walk in real time, with every process that the robot would have."""
    with tempfile.TemporaryDirectory(prefix="unitree-peer-") as folder:
        world = ("--scene", str(FLOOR), "--seed", str(seed), "--domain", str(domain))
        with PeerProcess(Path(folder), *world) as peer, RobotStack(peer, domain) as stack:
            stack.goals = goals_of(seed)
            stack.walk()
            begin = peer.ask("report")["time"] + START
            while (first := peer.ask("report"))["time"] < begin:
                stack.play(0.005)
            while (last := peer.ask("report"))["time"] < first["time"] + MEASURED and not last["fallen"]:
                stack.play(0.005)
    seconds = last["time"] - first["time"]
    ends = np.array(first["position"][:2]), np.array(last["position"][:2])
    turned = _yaw(last["orientation"]) - _yaw(first["orientation"])
    return _walk(ends, last["path"] - first["path"], seconds, turned, last["fallen"])


def directly(robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, seed: int) -> Walk:
    """The walk in one process: controller and simulation take turns."""
    device, core, goals = MujocoDevice(robot, setup, timestep=STEP), ControlCore(robot, library), goals_of(seed)
    skill, number, path, begin, fell = "rise", 0, 0.0, math.inf, False
    here = there = np.zeros(2)
    yaw = 0.0
    while device.time < begin + MEASURED and device.time < 2 * PATIENCE and not fell:
        number += 1
        end, now = device.time + LIFE, device.time
        setpoint = SkillSetpoint("pairs/1", number, end, "body", "plan", (SkillWeight(skill),), goals)
        tick = core.tick(device.sample(), setpoint, Flags(), now, now)
        device.step(tick.command)
        status, truth = tick.status, device.truth()
        if status.skill == "rise" and status.progress >= 1.0 and status.mode is ControlMode.ACTIVE:
            skill = "walk"
        if begin == math.inf and status.skill == "walk":
            begin = now + START
        now_at = truth.position[:2].copy()
        if now < begin:
            path, there, yaw = 0.0, now_at, _yaw(truth.orientation)
        path, here = path + float(np.hypot(*(now_at - here))) * (now >= begin), now_at
        fell = bool(truth.fallen)
    return _walk((there, here), path, device.time - begin, _yaw(device.truth().orientation) - yaw, fell)


def _walk(ends: tuple[np.ndarray, np.ndarray], path: float, seconds: float, turned: float, fell: bool) -> Walk:
    turned = (turned + math.pi) % (2 * math.pi) - math.pi
    return Walk(path / seconds, float(np.hypot(*(ends[1] - ends[0]))), turned, bool(fell))


def _yaw(q: Sequence[float]) -> float:
    w, x, y, z = q
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def compare(pairs: Sequence[tuple[Walk, Walk]]) -> dict[str, float]:
    """The figures: means of both sides, their differences, and falls.

    Args:
        pairs: Walks through DDS and directly.
    """
    figures = {}
    for name in ("speed", "distance"):
        dds, direct = (np.array([getattr(pair[side], name) for pair in pairs]) for side in (0, 1))
        figures[f"{name} through DDS"], figures[f"{name} directly"] = float(dds.mean()), float(direct.mean())
        figures[f"{name}: difference of the means, %"] = 100 * float(dds.mean() / direct.mean() - 1)
        each = 100 * np.abs(dds / direct - 1)
        figures[f"{name}: median difference of a pair, %"] = float(np.median(each))
        figures[f"{name}: largest difference of a pair, %"] = float(each.max())
    figures["falls through DDS"] = float(sum(pair[0].fell for pair in pairs))
    figures["falls directly"] = float(sum(pair[1].fell for pair in pairs))
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    """Runs pairs; ends with 1 when the sides differ by more than 5 %, or in falls."""
    parser = argparse.ArgumentParser(prog="pairs", description=__doc__)
    parser.add_argument("--pairs", type=int, default=20, help="number of pairs")
    parser.add_argument("--first", type=int, default=1, help="seed of the first pair")
    parser.add_argument("--domain", type=int, default=int(os.environ.get("ROS_DOMAIN_ID", "0")), help="DDS domain")
    options = parser.parse_args(argv)
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    robot = robot.model_copy(update={"estimation": robot.estimation.model_copy(update={"base": "legs"})})
    library, scene = load_library(resources, robot), load_scene(FLOOR)
    pairs = []
    for seed in range(options.first, options.first + options.pairs):
        pair = through_dds(seed, options.domain), directly(robot, library, set_up(scene, seed), seed)
        pairs.append(pair)
        print(json.dumps({"seed": seed, "dds": asdict(pair[0]), "directly": asdict(pair[1])}), flush=True)
    figures = compare(pairs)
    print(json.dumps(figures, indent=1))
    differences = [abs(figures[f"{name}: difference of the means, %"]) for name in ("speed", "distance")]
    return 0 if max(differences) <= 5.0 and figures["falls through DDS"] == figures["falls directly"] else 1


if __name__ == "__main__":
    sys.exit(main())
