import os

import pytest

from skill_stack.controllers.safety import local_stop
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block


def test_reaches_the_flags_of_the_named_robot(robot):
    domain = domain_of(os.environ)
    path = block_path("stop/test", domain, os.getuid())
    channels = RobotChannels.open(path, robot)
    try:
        local_stop.request_stop("/stop/test", domain)
        local_stop.request_estop("stop/test", domain)
        local_stop.request_reset("stop/test/", domain)
        flags = channels.flags()
        assert (flags.stop, flags.estop, flags.reset) == (1, 1, 1)
        with pytest.raises(ResourceNotFound, match=f"'nobody' in ROS domain {domain}.*{domain}-stop-test"):
            local_stop.request_stop("nobody", domain)
    finally:
        channels.close()
        remove_block(path)
