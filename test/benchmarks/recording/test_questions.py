"""Questions over made-up runs are answered truly, and a wrong answer counts as wrong."""

import dataclasses

from skill_stack.benchmarks.recording.questions import answers


def test_nine_of_ten_answers_are_true(tmp_path):
    given = list(answers(tmp_path, seed=12, count=50))
    assert sum(one.right(answer) for one, answer in given) >= 45
    question, answer = next((one, other) for one, other in given if one.episodes and other.episodes)
    wrong = dataclasses.replace(answer, episodes=answer.episodes[1:])
    assert question.right(answer) and not question.right(wrong)
