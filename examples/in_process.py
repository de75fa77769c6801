"""The whole line in one process, without ROS and much faster than real time: for experiments and statistics.

    python examples/in_process.py "walk to the blue ball, then sit down" 5
"""

import os
import sys

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line


def main() -> int:
    words = sys.argv[1] if len(sys.argv) > 1 else "walk to the red ball, then sit down"
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    library = load_library(resources, robot)
    scene = load_scene(resources.scene("playground"))
    succeeded = 0
    for seed in range(1, seeds + 1):
        result = Line(robot, library, set_up(scene, seed)).run(words)
        succeeded += result.outcome == "succeeded"
        print(f"seed {seed}: {result.outcome} after {result.simulated_seconds:.1f} simulated seconds. {result.reason}")
    print(f"{succeeded} of {seeds}")
    return 0 if succeeded == seeds else 1


if __name__ == "__main__":
    sys.exit(main())
