"""A bring-up of the processes that drive a simulated robot, without ROS: simulator, control process and supervisor.

Example: ``python -m skill_stack.benchmarks.campaign.small_bring_up NAMESPACE FOLDER '{"command_age": 0.08}'``
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.runtime.bringup.bring_up import BringUp, Interrupted
from skill_stack.runtime.bringup.processes import describe
from skill_stack.runtime.bringup.run_file import RunFile

DEPLOYMENT = "go2_sim"


def main() -> int:
    """Keeps them running until a signal, as ``skill-stack up`` does."""
    namespace, folder, safety = sys.argv[1:]
    resources = Resources.from_environment(os.environ)
    changes = {"safety": json.loads(safety), "unsafe": True}  # a campaign may also show what would be without a limit
    deployment = load_deployment(resources.deployment(DEPLOYMENT), namespace=namespace, **changes)
    specs = [spec for spec in describe(deployment, resources) if spec.detached]
    file = RunFile(block_path(namespace, domain_of(os.environ), os.getuid()))
    try:
        with BringUp(specs, file, Path(folder), os.environ, print) as up:
            up.run()
    except Interrupted:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
