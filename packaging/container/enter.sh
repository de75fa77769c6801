#!/bin/bash
# Runs a verb of skill-stack in the workspace of the container.
set -e
. "/opt/ros/$ROS_DISTRO/setup.bash"
. /opt/skill-stack/install/setup.bash
. /opt/skill-stack/.venv/bin/activate
exec /opt/skill-stack/install/skill_stack/lib/skill_stack/skill-stack "$@"
