"""Coarse finger commands to a hand through every process of a deployment, in real time, judged on simulator truth."""

from __future__ import annotations

import numpy as np
from numpy.linalg import norm

from skill_stack.commands.measure.through_nodes.errands import spoken, stage_of
from skill_stack.commands.measure.through_nodes.stage import EvaluationStage
from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.core.data_file import parse_model
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import SceneFile, load_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.training.coarse.led_hand import BOWL, DT, LIES
from skill_stack.training.coarse.meant import meant_motions
from skill_stack.training.coarse.person import Persons
from skill_stack.training.coarse.pooled import correlation, sums_of

Array = np.ndarray
LED, RAW = "follow_fingers", "take_posture"
"""The skill that keeps the cube, and the stack's raw retargeting."""
DEPLOYMENT, SCENE, CUBE = "allegro_sim", "cube_in_palm", "cube"
CAP = 60.0
"""Longest time that counts, s."""
FINGERS = 0.7
"""Least correlation of the finger motion that was meant with what the fingers did."""
NOISE, LATENCY, STRENGTH = (0.5, 1.5), (0.0, 0.01), (0.9, 1.1)
"""Of sensors, of commands, s, and of motors, as in one process."""


class NodeFingers:
    """A person's joints arrive as messages at the client that a person starts, and lead a hand that holds a cube."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Starts no stack.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the hand.
        """
        self._resources = resources
        self._robot = load_robot(resources.robot(robot), resources)
        self._meant = meant_motions(resources, self._robot, LED)

    def score(self, seed: int) -> ContrastScore:
        """Has the same person lead the same hand by either skill; without is raw retargeting."""
        kept, fingers = self._kept(LED, seed)
        raw, _ = self._kept(RAW, seed)
        told = f"kept for {kept:.1f} s, fingers {fingers:.2f}, by '{RAW}' for {raw:.1f} s"
        done = kept >= CAP and fingers >= FINGERS
        return ContrastScore(seed, LED, "led", done, raw >= CAP, "" if done else told, round(kept, 2))

    def _kept(self, skill: str, seed: int) -> tuple[float, float]:
        """How long a cube is kept, s, at most :data:`CAP`, and the correlation of the fingers."""
        with stage_of(self._resources, DEPLOYMENT, self._world(seed), seed, pace="real_time") as stage:
            laid = _cube(stage)
            _, outcome, _ = spoken(stage, BOWL)
            if outcome != "succeeded" or norm(_cube(stage) - laid) > LIES:
                return 0.0, 0.0
            return self._led(stage, skill, seed)

    def _world(self, seed: int) -> SceneFile:
        """The cube and the hand of a seed."""
        rng, objects = np.random.default_rng((seed, 79)), self._meant.settings.objects
        raw = load_scene(self._resources.scene(SCENE)).model_dump(mode="json")
        across = float(rng.uniform(*objects.shapes[0].across))
        cube = {"size": [across] * 3, "mass": float(rng.uniform(*objects.mass))}
        raw["objects"] = [{**one, **cube, "friction": float(rng.uniform(*objects.friction))} for one in raw["objects"]]
        raw["variation"] = {"noise": NOISE, "latency": LATENCY, "motor_strength": STRENGTH}
        return parse_model(SceneFile, raw, "scene of a led hand")

    def _led(self, stage: EvaluationStage, skill: str, seed: int) -> tuple[float, float]:
        """The person's messages, and the client that hears them, until the cube is lost or time is over."""
        from skill_stack.nodes.clients.mirrors.hand_mirror import shown

        meant, bowl = self._meant, self._robot.pose("cradle")
        people = Persons(meant.settings.judged, meant.gaits, meant.clocks, 1, DT, np.random.default_rng([seed, 1]))
        pairs: list[tuple[Array, Array]] = []
        begun = due = stage.now().task_time
        began, passed = _cube(stage), 0.0
        with shown(stage.namespace, self._robot, shared_space(), skill) as look:
            while passed < CAP and norm(_cube(stage) - began) <= meant.settings.strayed:
                stage.poll()
                passed = stage.now().task_time - begun
                joints = None
                if begun + passed >= due:
                    due += DT
                    pairs.append((people.shown[0].copy(), stage.state()[stage.details.joints] - bowl))
                    people.step()
                    joints = bowl + people.joints[0] if len(pairs) % 2 == 0 else None
                look(joints)
        return min(passed, CAP), correlation([sums_of(pairs)])


def _cube(stage: EvaluationStage) -> Array:
    """Where the cube is, m; the hand's palm stays where it is."""
    return np.array(stage.details.movable_ways([stage.state()])[CUBE][0, :3])
