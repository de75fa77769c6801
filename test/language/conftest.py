"""The robots, scenes and plans of the planner's tests: readings are judged by the plans that come of them."""

from ..planner.conftest import ask, library, planner, scene, sitting, standing  # noqa: F401  (fixtures)
