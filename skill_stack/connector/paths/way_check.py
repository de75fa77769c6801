"""WayCheck: whether the constraints on the paths of a plan can be kept, before anything moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.plan import PlanNode
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.way_constraint import way_of
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

_ROOM = 0.15  # m around the standing distance at which a path counts as leading there


@dataclass(frozen=True, slots=True)
class WayCheck:
    """Searches the paths of a plan on the map that the robot has.

    Attributes:
        library: Skills of the robot.
        footprint: Of the standing robot.
        settings: Numbers of the connector.
    """

    library: SkillLibrary
    footprint: Footprint
    settings: ConnectorSettings

    def __call__(self, tree: PlanNode, scene: SceneGraph) -> str:
        """Why a plan cannot keep to its constraints, in one sentence; empty where it can or has none.

        Args:
            tree: The plan.
            scene: The map, with the robot.
        """
        here = scene.robot
        for node in tree.skills() if here is not None else ():
            spec = self.library[node.skill]
            text = next((str(node.arguments.get(one.name, "")) for one in spec.goal if one.type == "way"), "")
            goal = scene.objects.get(str(node.arguments.get("target", "")))
            if text and here is not None and goal is not None and (problem := self._problem(text, scene, here, goal)):
                return problem
            here = here if here is None or goal is None else self._beside(here, goal)
        return ""

    def _problem(self, text: str, scene: SceneGraph, here: Pose2, goal: SceneObject) -> str:
        """Why one step cannot keep to its constraints."""
        from skill_stack.connector.paths.kept_path import KeptPath, inside, same_side  # on demand: scipy
        from skill_stack.connector.paths.object_outline import Outlines
        from skill_stack.connector.paths.path_planner import find_way

        constraints, start, end = way_of(text), (here.x, here.y), (goal.position[0], goal.position[1])
        if problem := inside(constraints, scene, here, goal.id):
            return problem
        for one in constraints:
            if one.kind == "between" and same_side(scene[one.things[0]], scene[one.things[1]], start, end):
                return f"I cannot go there {one.words(scene)}: the {goal.label} is on this side of them."
        side, place = self.footprint.side, self.settings.place_radius
        kept = KeptPath.begun(constraints, scene, here, goal.id, side, place)
        outlines = kept.applied(Outlines.from_objects(scene.objects.values()), 0.0)
        off = self.footprint.front if goal.shape != "point" else 0.0
        reach, clearance = (off, off + _ROOM), side + self.settings.tight_clearance
        if find_way(outlines, start, end, reach, clearance, "" if goal.shape == "point" else goal.id):
            return ""
        return f"There is no way to the {goal.label} {', '.join(one.words(scene) for one in constraints)}."

    def _beside(self, here: Pose2, goal: SceneObject) -> Pose2:
        """Where the robot is expected after going to a thing."""
        x, y = goal.position[0], goal.position[1]
        heading = math.atan2(y - here.y, x - here.x)
        off = goal.radius + self.footprint.front if goal.shape != "point" else 0.0
        return Pose2(x - off * math.cos(heading), y - off * math.sin(heading), heading)

