"""Made-up records of episodes, for tests of what is read off them."""

import math
import os

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.record import EpisodeRecord

ROBOT = load_robot(Resources.from_environment(os.environ).robot("go2"))
BALL = SceneObject("ball", "ball", (2.0, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))
BOX = SceneObject("box", "box", (0.0, 3.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))


def outline(thing, x, y):
    """Distance to a round thing."""
    return math.hypot(x - thing.position[0], y - thing.position[1]) - thing.size[0] / 2


def record(seconds=6.0, x=0.0, y=0.0, z=0.3, yaw=0.0, pitch=0.0, roll=0.0, vx=0.0, ended=None, rate=50, **more):
    """A record whose values are numbers, or functions of the time."""
    time = np.arange(round(seconds * rate) + 1) / rate

    def row(value):
        return np.array([value(t) if callable(value) else value for t in time], dtype=float)

    a, b, c = row(yaw) / 2, -row(pitch) / 2, row(roll) / 2
    orientation = np.stack(
        [
            np.cos(a) * np.cos(b) * np.cos(c) + np.sin(a) * np.sin(b) * np.sin(c),
            np.cos(a) * np.cos(b) * np.sin(c) - np.sin(a) * np.sin(b) * np.cos(c),
            np.cos(a) * np.sin(b) * np.cos(c) + np.sin(a) * np.cos(b) * np.sin(c),
            np.sin(a) * np.cos(b) * np.cos(c) - np.cos(a) * np.sin(b) * np.sin(c),
        ],
        axis=1,
    )
    fields = {
        "robot": ROBOT,
        "time": time,
        "position": np.stack([row(x), row(y), row(z)], axis=1),
        "orientation": orientation,
        "linear": np.stack([row(vx), 0 * time, 0 * time], axis=1),
        "angular": np.zeros((len(time), 3)),
        "contact": np.ones((len(time), 4), bool),
        "ended": seconds - 1.5 if ended is None else ended,
        "arguments": {},
        "things": {"ball": BALL, "box": BOX},
        "outline": outline,
    }
    return EpisodeRecord(**{**fields, **more})


def value(quantity, of, *parameters):
    """The values of a quantity."""
    from skill_stack.evaluation.quantities import QUANTITIES

    return np.atleast_1d(QUANTITIES[quantity].of(of, parameters))
