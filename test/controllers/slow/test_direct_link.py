"""DirectLink: answers come after the declared time, also in a run that follows one which ended with a question open."""

import numpy as np

from skill_stack.controllers.slow.slow_link import DirectLink
from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowQuestion


class Echo:
    """Answers every question."""

    def answer(self, question):
        return SlowAnswer(question.sequence, question.tick, 0.0, np.zeros((1, 1)), np.zeros(1))


def question(sequence, tick):
    return SlowQuestion(sequence, tick, 0.0, np.zeros(1))


def test_a_new_run_does_not_wait_for_a_question_of_the_run_before():
    link = DirectLink(Echo(), 0.1)
    link.ask(question(1, 250), 5.0)  # the run ends before this one is answered
    link.ask(question(2, 0), 0.0)
    assert link.answers(0.05) == ([], 0)
    (answer,), broken = link.answers(0.1)
    assert answer.sequence == 2 and broken == 0


def test_a_question_that_comes_meanwhile_is_answered_next():
    link = DirectLink(Echo(), 0.1)
    link.ask(question(1, 0), 0.0)
    link.ask(question(2, 2), 0.04)
    assert [one.sequence for one in link.answers(0.1)[0]] == [1]
    assert [one.sequence for one in link.answers(0.2)[0]] == [2]
