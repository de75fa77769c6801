"""Language models for the planner as a second reading. Where both agree the plan runs, else a person is asked."""

from skill_stack.planner.model.audit import AuditEntry
from skill_stack.planner.model.endpoint import ModelEndpoint, ModelSection, ModelSettings, TokenBudget
from skill_stack.planner.model.model_planner import ModelPlanner
from skill_stack.planner.model.picture import ModelPicture
from skill_stack.planner.model.routing import ModelRecord

__all__ = [
    "AuditEntry",
    "ModelEndpoint",
    "ModelPlanner",
    "ModelRecord",
    "ModelSection",
    "ModelSettings",
    "ModelPicture",
    "TokenBudget",
]
