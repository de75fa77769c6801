"""A controller manager by hand, for tests: it obeys, refuses, keeps quiet, and changes its mind."""

from dataclasses import replace

from skill_stack.hardware.ros2_control.controller_manager import ControllerList, SwitchAnswer


class Manager:
    """See :class:`skill_stack.hardware.ros2_control.controller_manager.ControllerManager`; time is the test's."""

    def __init__(self, *controllers):
        self.loaded = {each.name: each for each in controllers}
        self.now, self.quiet, self.deaf, self.refusal = 0.0, False, False, ""
        self.asked, self.switches, self.waited = 0, [], 0.0
        self._heard = self._answer = None

    def ask(self):
        self.asked += 1
        if not self.quiet:
            self._heard = ControllerList(self.now, tuple(self.loaded.values()))

    def controllers(self):
        return self._heard

    def switch(self, activate, deactivate, strict, timeout):
        self.switches.append((tuple(activate), tuple(deactivate), strict))
        self._answer = None
        if self.deaf:
            return
        self._answer = SwitchAnswer(not self.refusal, self.refusal)
        if not self.refusal:
            self.set(activate, "active")
            self.set(deactivate, "inactive")

    def set(self, names, state):
        """Changes controllers, as another person's command does."""
        for name in names:
            one = self.loaded[name]
            self.loaded[name] = replace(one, state=state, claimed=one.required if state == "active" else ())

    def answer(self):
        return self._answer

    def wait(self, seconds):
        self.waited += seconds

    @property
    def active(self):
        return {name for name, one in self.loaded.items() if one.active}
