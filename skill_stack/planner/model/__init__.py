"""Language models for the planner: they propose, the symbolic checker decides, and the planner without them answers."""

from skill_stack.planner.model.audit import AuditEntry
from skill_stack.planner.model.endpoint import ModelEndpoint, ModelSection, ModelSettings, TokenBudget
from skill_stack.planner.model.model_planner import ModelPlanner
from skill_stack.planner.model.picture import Picture

__all__ = ["AuditEntry", "ModelEndpoint", "ModelPlanner", "ModelSection", "ModelSettings", "Picture", "TokenBudget"]
