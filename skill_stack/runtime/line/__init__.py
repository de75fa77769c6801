"""The line in one process: planner, connector, controller and physics in lock-step."""
