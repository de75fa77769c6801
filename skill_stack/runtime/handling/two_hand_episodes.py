"""Episodes of two hands of sliding fingers: words, noisy looks and dialogue in one process; truth scores alone."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import MOVED, Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup, set_up
from skill_stack.core.world.world_facts import OPEN_ANGLE
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import true_distance, true_place, true_presses
from skill_stack.planner.planner import Planner
from skill_stack.runtime.building.talking_line import LOOKS, TalkingLine
from skill_stack.runtime.episodes.errands.lid_episodes import LidLine
from skill_stack.runtime.handling.handling_episodes import not_lying_on
from skill_stack.runtime.handling.two_hand_scenes import TwoHandScene, two_hand_scene

SEEN, TURNED = 0.003, 0.02
"""Standard deviation of one look of a simulated camera: of a thing's place, m along each axis, and its heading, rad."""
ASKED, TURN = 1.75, 1.4
"""How far a lid is turned by words that give no angle, and how far it must be turned against its jar, rad."""
TILT, STANDS = 0.15, 0.05
"""How far what is carried may lean on the way, and how far it may at the end, rad."""
AWAY = 0.03
"""How far a jar or tray may be from where it belongs, and a mug from where it stood on its tray, m."""
AFTER = 1.0
"""Time that passes before the end is judged, s."""
EVERY = 5
"""Control periods between two looks at how near both arms are."""
FAR = 0.02
"""Distance of both arms from which on it does not matter, m."""
THINGS = {"over": "bar", "lid": "jar", "tray": "tray", "box": "box"}
"""What is handled, by kind of task."""
Picture = Callable[[str, TalkingLine], None]


class NoisyEye:
    """A simulated camera that names things and sees them with noise; what fingers hold it does not see anew.

    As a map of objects does, it takes the mean of the last looks at what stands still.
    """

    def __init__(self, line: TalkingLine, setup: SceneSetup, seed: int) -> None:
        """Takes the world.

        Args:
            line: The simulated robot.
            setup: Its world.
            seed: Of the noise.
        """
        self._line, self._things = line, setup.objects
        self._rng = np.random.default_rng([67, seed])
        self._looks: dict[str, deque[np.ndarray]] = {one.id: deque(maxlen=LOOKS) for one in self._things}

    def look(self) -> SceneGraph:
        """One look; gives the scene as it is known then."""
        held = {grip.thing for grip in self._line.connector.held.values()}
        true = {one.id: true_place(self._line.device, one) for one in self._things}
        seen = {name: self._seen(one) for name, one in true.items() if name not in held}
        kept = {name: self._kept(one, true[name]) for name, one in self._line.scene.objects.items() if name in held}
        return SceneGraph({**seen, **kept}, frozenset(), Pose2(0.0, 0.0, 0.0))

    def _seen(self, true: SceneObject) -> SceneObject:
        looks = self._looks[true.id]
        look = np.array([*true.position, true.yaw]) + self._rng.normal(0.0, 1.0, 4) * (*[SEEN] * 3, TURNED)
        if looks and np.linalg.norm(look[:3] - looks[-1][:3]) > MOVED:
            looks.clear()
        looks.append(look)
        x, y, z = np.mean(looks, axis=0)[:3].tolist()
        yaw = look[3] + float(np.mean([wrap_angle(one[3] - look[3]) for one in looks]))
        return self._kept(replace(true, position=(x, y, z), yaw=wrap_angle(yaw), last_seen=self._line.now), true)

    def _kept(self, thing: SceneObject, true: SceneObject) -> SceneObject:
        """A thing where it is known to be; how far a lid is open is seen also while it is held."""
        if thing.lifted is None:
            return thing
        lifted = true.opened + float(self._rng.normal(0.0, TURNED))
        return replace(thing, lifted=max(0.0, lifted), last_seen=self._line.now)


class TwoHandTruth:
    """What truly happens to things and arms.

    Attributes:
        tilt: Greatest tilt of what is handled, rad.
        near: Least distance of both arms, m.
        left_alone: Whether the left hand alone has held it in the air.
        lid_by: Hands that have touched its lid, if it has one.
    """

    def __init__(self, device: MujocoDevice, setup: SceneSetup, thing: str) -> None:
        """Takes the world, and the thing that is handled."""
        self._device, self._setup = device, {one.id: one for one in setup.objects}
        self._model, self._data = device.model, device.data
        self.tilt, self.near, self.left_alone = 0.0, math.inf, False
        self.lid_by: set[str] = set()
        self._thing, self._ticks = thing, 0
        names = [self._model.body(number).name for number in range(self._model.nbody)]
        self._side = [name.partition("_")[0] for name in names]
        bodies = self._model.geom_bodyid
        self._geoms = {
            side: [geom for geom in range(self._model.ngeom) if self._side[bodies[geom]] == side]
            for side in ("right", "left")
        }

    def places(self) -> dict[str, SceneObject]:
        """All things where they really are, by id."""
        return {name: self.place(name) for name in self._setup}

    def place(self, name: str) -> SceneObject:
        """A thing where it really is."""
        return true_place(self._device, self._setup[name])

    def tilted(self, name: str) -> float:
        """Angle of a thing's axis to the vertical, rad."""
        return float(np.arccos(np.clip(self._data.body(name).xmat[8], -1.0, 1.0)))

    def touched_by(self, name: str) -> set[str]:
        """What touches a thing: ``right``, ``left``, or names of things."""
        presses = true_presses(self._device, self._data.body(name).id)
        return {self._side[body] for body, force, _ in presses if force > 0.0}

    def watch(self) -> None:
        """To be called in every control period."""
        self.tilt = max(self.tilt, self.tilted(self._thing))
        self.left_alone = self.left_alone or self.touched_by(self._thing) == {"left"}
        self._ticks += 1
        if self._ticks % EVERY == 0:
            self.lid_by |= self.touched_by("lid") & {"left", "right"} if "lid" in self._setup else set()
            apart = true_distance(self._device, self._geoms["right"], self._geoms["left"], FAR)
            self.near = min(self.near, apart)


class TwoHandEpisodes:
    """Runs tasks, each in its own world."""

    def __init__(self, found: Resources, robot: str) -> None:
        """Loads robot and skills."""
        self._robot = load_robot(found.robot(robot), found)
        self._library = load_library(found, self._robot)

    def begun(self, scene: TwoHandScene, **changes: object) -> tuple[TalkingLine, TwoHandTruth, NoisyEye]:
        """A line in the world of a task that has looked at it, with changes of the setup, the truth and the camera."""
        setup = set_up(scene.file, scene.seed).model_copy(update=changes)
        line = LidLine(self._robot, self._library, setup, Planner(self._library))
        truth = TwoHandTruth(line.device, setup, THINGS[scene.kind])
        line.watcher = truth.watch
        eye = NoisyEye(line, setup, scene.seed)
        line.look(eye.look, LOOKS)
        line.see = eye.look if scene.kind == "box" else None
        return line, truth, eye

    def score(self, seed: int, picture: Picture | None = None) -> ContrastScore:
        """Runs and judges the task of a seed."""
        scene = two_hand_scene(seed)
        line, truth, eye = self.begun(scene)
        before = truth.places()
        began = line.now
        outcome, said = line.do(scene.words, eye.look)
        seconds = line.now - began
        line.idle(AFTER)
        if picture is not None:
            picture("end", line)
        wrong = judged(scene, truth, before, outcome, said)
        return ContrastScore(seed, scene.words, scene.kind, not wrong, False, wrong, round(seconds, 2))


def judged(
    scene: TwoHandScene, truth: TwoHandTruth, before: dict[str, SceneObject], outcome: str, said: str
) -> str:  # fmt: skip
    """What was wrong, empty for nothing; a lid must be handled by the hand that the words name, else the right one.

    Args:
        scene: The task.
        truth: What truly happened, up to now.
        before: Where things were before.
        outcome: What the robot says, in one word.
        said: And why.
    """
    if outcome != "succeeded":
        return f"the robot said: {outcome}: {said}"
    together = "" if truth.near > 0.0 else f"both arms were in one another by {-1000 * truth.near:.0f} mm"
    return JUDGES[scene.kind](truth, before) or _by_which(scene, truth) or together


def _by_which(scene: TwoHandScene, truth: TwoHandTruth) -> str:
    """What was wrong with the hand that handled a lid."""
    side = "left" if "left hand" in scene.words else "right"
    if scene.kind not in ("lid", "box") or truth.lid_by == {side}:
        return ""
    return f"the lid was touched by {' and '.join(sorted(truth.lid_by)) or 'no hand'}, the {side} one was asked for"


def _handed(truth: TwoHandTruth, before: dict[str, SceneObject]) -> str:
    """What was wrong with a bar that was to be handed over and put down."""
    if not truth.left_alone:
        return "the left hand never held it alone"
    if truth.touched_by("bar") & {"right", "left"}:
        return "a hand still touches it"
    return not_lying_on(truth.place("bar"), before["black_table"])


def _unscrewed(truth: TwoHandTruth, before: dict[str, SceneObject]) -> str:
    """What was wrong with a jar that was to be unscrewed."""
    lid, jar = truth.place("lid"), truth.place("jar")
    turned = wrap_angle((lid.yaw - before["lid"].yaw) - (jar.yaw - before["jar"].yaw))
    if turned < TURN:
        return f"the lid turned by {turned:.2f} rad against the jar, which turned by {jar.yaw - before['jar'].yaw:.2f}"
    return _left_standing(truth, before, "jar")


def _opened(truth: TwoHandTruth, before: dict[str, SceneObject]) -> str:
    """What was wrong with a box that was to be opened."""
    if truth.place("lid").opened < OPEN_ANGLE:
        return f"the lid is open by {truth.place('lid').opened:.2f} rad"
    return _left_standing(truth, before, "box")


def _left_standing(truth: TwoHandTruth, before: dict[str, SceneObject], thing: str) -> str:
    """What was wrong with a thing that was to stay where it stood, with its lid, and to be let go of."""
    moved = math.dist(truth.place(thing).position, before[thing].position)
    if truth.tilted(thing) > STANDS or moved > AWAY:
        return f"the {thing} is {moved:.3f} m from where it stood, tilted by {truth.tilted(thing):.2f} rad"
    touched = truth.touched_by(thing) | truth.touched_by("lid")
    return "a hand still touches it" if touched & {"right", "left"} else ""


def _carried(truth: TwoHandTruth, before: dict[str, SceneObject]) -> str:
    """What was wrong with a tray that was to be carried level."""
    if truth.tilt > TILT:
        return f"the tray leant by {truth.tilt:.2f} rad"
    tray, mug, goal = truth.place("tray"), truth.place("mug"), before["black_table"]
    if truth.touched_by("tray") & {"right", "left"}:
        return "a hand still touches it"
    off = math.dist(tray.position[:2], goal.position[:2])
    if off > AWAY or truth.tilted("tray") > STANDS:
        return f"the tray is {off:.3f} m off, tilted by {truth.tilted('tray'):.2f} rad"
    stood = Pose2(*before["tray"].position[:2], before["tray"].yaw).local(*before["mug"].position[:2])
    moved = math.dist(stood, Pose2(*tray.position[:2], tray.yaw).local(*mug.position[:2]))
    on = abs(mug.position[2] - mug.size[2] / 2 - tray.position[2] - tray.size[2] / 2) < AWAY
    if not on or moved > AWAY or truth.tilted("mug") > STANDS:
        return f"the mug moved by {moved:.3f} m on the tray, tilted by {truth.tilted('mug'):.2f} rad"
    return ""


JUDGES: dict[str, Callable[[TwoHandTruth, dict[str, SceneObject]], str]] = {
    "over": _handed, "lid": _unscrewed, "tray": _carried, "box": _opened,
}  # fmt: skip
"""What was wrong, by kind of task; empty for nothing."""
