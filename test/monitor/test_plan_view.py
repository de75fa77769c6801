"""A plan as people read it."""


from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.monitor.plan_view import StepView, plan_path, plan_view

SCENE = SceneGraph({"red_ball": SceneObject("red_ball", "ball", (2.0, 1.0, 0.1), shape="sphere", colour="red")})
PLAN = Plan("p1", "walk to the red ball and sit", "plan", PlanNode("sequence", (
    PlanNode("skill", skill="go_to", arguments={"target": "red_ball", "gap": 0.5}, why="you asked for it"),
    PlanNode("skill", skill="sit"),
)))


def test_steps_carry_their_states_and_those_to_come_have_none():
    view = plan_view(PLAN, ["running"])
    assert [step.status for step in view.steps] == ["running", ""]
    assert view.current == 0
    assert plan_view(PLAN).current is None


def test_a_step_reads_like_a_sentence():
    assert plan_view(PLAN).steps[0].text == "go to red ball (gap 0.5)"
    assert StepView("turn", {"angle": 1.5707963}, times=3).text == "turn (angle 1.57) × 3"
    assert StepView("move", {"forward": 1.0, "left": 0.0}).text == "move (forward 1)"


def test_the_way_leads_through_the_places_that_are_known():
    ((point, step),) = plan_path(plan_view(PLAN), SCENE)
    assert point[:2] == (2.0, 1.0) and step.skill == "go_to"
    assert plan_path(plan_view(PLAN), SceneGraph()) == ()


def test_what_is_done_at_the_same_time_is_marked_and_both_run():
    go = PlanNode("skill", skill="go_to", arguments={"target": "red_ball"})
    close = PlanNode("skill", skill="close_hand")
    both = PlanNode("parallel", (go, PlanNode("sequence", (close, PlanNode("skill", skill="open_hand")))))
    plan = Plan("p", "…", "plan", PlanNode("sequence", (PlanNode("skill", skill="rise"), both)))
    view = plan_view(plan, ["succeeded", "running", "running"])
    assert [step.beside for step in view.steps] == [False, False, True, False]
    assert view.current == 1 and view.running == (1, 2)
