"""Dialogue: decides what words do to the running task; no ROS, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.stop_words import find_stop
from skill_stack.language import Correction, Order, modifies, order, with_kind
from skill_stack.planner.dialogue.agenda import ANSWER
from skill_stack.planner.dialogue.forgetting import Forgetting, forgetting
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.job_lifecycle import SETTLE, JobLifecycle
from skill_stack.planner.dialogue.object_search import search_plan
from skill_stack.planner.dialogue.open_question import Answer, OpenQuestion
from skill_stack.planner.dialogue.partial_stop import named_leaf
from skill_stack.planner.dialogue.records.preferences import preferred


class Dialogue(JobLifecycle):
    """Takes words, outcomes and time; runs one job, and keeps waiting and suspended ones."""

    def arrive(self, job: Job) -> None:
        """Takes words; answers them now, or starts a job."""
        text = job.instruction.text
        self._number += 1
        job.number, job.stops = self._number, self._port.stop_count
        if job.given is not None:
            plan = job.given.plan(self._library, self._port.graph(), self._port.facts(), self._port.now)
            self._planned(job, Order("plain", text), plan)
            return
        stop = find_stop(text)
        if stop in (None, "ending") and self._left_one(job):
            return
        if stop is not None:
            self._note("stop", job, "")
            self.stopped("stopped")
            self._port.stop(job, "estop" if stop == "estop" else "stop")
            return
        if self._answered(job):
            return
        about = self.running.runs.values() if self.running is not None else self._just.steps(self._clock)
        heard = self._corrections.heard(text, about)
        if heard is not None and (self._unlearnt(job, heard) or self._corrected(job, heard)):
            return
        wish = forgetting(text) if self._tellings is not None else None
        if wish is not None:
            self._take_back(job, wish)
            return
        said = order(text) if self._busy else Order("plain", text)
        self._make_plan(job, said)

    def _unlearnt(self, job: Job, heard: Correction) -> bool:
        """Removes what was learned from corrected words; returns whether the correction contains nothing else."""
        about = self.running or self._just.last(self._clock)
        told = self._wordings.corrected(about, heard) if self._wordings is not None and about is not None else ""
        if not told or about is None:
            return False
        self._note("unlearn", job, told)
        if heard.kind == "no" and about is self.running:
            self._drop(about, "given up, as you said")
        elif heard.kind not in ("no", "cancel") or about is self.running:
            job.tell("note", told)
            return False
        self._finish(job, "succeeded", told)
        self._next()
        return True

    def _left_one(self, job: Job) -> bool:
        """Whether words ended one of several concurrent steps; the others continue."""
        running = self.running
        leaf = named_leaf(job.words, running, self._planner, self._library, self._port) if running else ""
        if not leaf or running is None or running.executor is None:
            return False
        skill = running.runs[leaf].node.skill.replace("_", " ")
        if not running.executor.leave(leaf, "was ended, as you said"):
            return False
        self._note("leave", job, skill)
        self._runner.advance(running)
        self._finish(job, "succeeded", f"I stop that ({skill}); the rest goes on")
        return True

    def _make_plan(self, job: Job, said: Order, otherwise: tuple[Order, Plan] | None = None) -> None:
        """Has words planned, and continues with the plan, or with another reading where there is none."""
        self._planning.append(job)

        def then(plan: Plan) -> None:
            self._heed_stops()
            if job in self._planning:  # it may have been given up meanwhile
                self._planning.remove(job)
                if otherwise is not None and plan.status != "plan":
                    self._take(job, *otherwise)
                else:
                    self._planned(job, said, plan)

        self._port.plan(replace(job.instruction, text=said.text), then)

    def _planned(self, job: Job, said: Order, plan: Plan) -> None:
        """Continues with an answer of the planner."""
        other = self._other_reading(job, said, plan)
        if other is not None:
            self._make_plan(job, other, (said, plan) if plan.status == "plan" else None)
        else:
            self._take(job, said, plan)

    def _take(self, job: Job, said: Order, plan: Plan) -> None:
        """Continues with what the words mean."""
        plan = self.checked(self._or_search(job, plan), job.told)
        job.plan = plan
        self._port.planned(job)
        if said.mode == "append" and self._busy and plan.settled:
            self._append(job, said)  # it holds now, but perhaps no longer by then
        elif plan.status != "plan" and not plan.proposed:
            self._port.show(job)
            problem = ""
            if plan.status == "statement" and plan.facts and self._tellings is not None:
                problem = self._tellings.learn(job, plan, self._port.graph(), self._port.wall)
            self._finish(job, plan.status, f"{plan.reason} {problem}".strip())
            self._next()
        else:
            self._meant(job, plan, lambda meant: self._place(job, said, self._preferred(meant)))
        self._catch_up()

    def _preferred(self, plan: Plan) -> Plan:
        """The plan with preferences for what its words leave open."""
        scene = self._port.graph()
        chosen = self._corrections.skills().applied(plan, self._library, scene, self._port.facts())
        return preferred(chosen, self._corrections.known(), scene)

    def _or_search(self, job: Job, plan: Plan) -> Plan:
        """The plan; where it is refused for a missing object, a search for that, once for each object."""
        job.looking = False
        if plan.status != "refusal" or job.given is not None or plan.missing in job.sought:
            return plan
        found = search_plan(plan, self._library, self._port.graph(), self._port.facts())
        if found is None:
            return plan
        job.sought.add(plan.missing)
        job.looking = True  # and its steps are others than those of the words, which begin to count anew
        return replace(found, id=f"{found.id}~look{len(job.sought)}")

    def _catch_up(self) -> None:
        """Applies corrections that arrived during planning, once the plan runs."""
        if self._planning:
            return
        early, self._early = self._early, []
        for words, heard in early:
            if self.running is not None:
                self._corrected(words, heard)
            else:
                self._finish(words, "refusal", "nothing came of what that was to correct")

    def _other_reading(self, job: Job, said: Order, plan: Plan) -> Order | None:
        """Alternative words for what the planner did not understand, or what only modifies the order before.

        Without ordering words, with ``one`` as a kind; *no, on the left* is about what runs before it is an order.
        """
        understood = plan.status in ("plan", "statement")
        if job.given is not None or (understood and not modifies(said.text)):
            return None
        more = self._more_words(job, said)
        if understood or more is not None or plan.tree is not None:
            return more
        if said.text != job.instruction.text:
            return None
        bare = order(said.text)
        if bare.mode != "plain" and bare.text != said.text:
            return Order("plain", bare.text)
        return self._with_kind(said)

    def _with_kind(self, said: Order) -> Order | None:
        """The words with ``one`` as the kind of what runs; None where they have none."""
        run = self._runner.current(self.running) if self.running else None
        targets = [str(value) for value in (run.request.arguments.values() if run else ())]
        for name in targets:
            thing = self._port.graph().objects.get(name)
            if thing is not None and (text := with_kind(said.text, thing.kind)) != said.text:
                return Order(said.mode, text)
        return None

    def _more_words(self, job: Job, said: Order) -> Order | None:
        """The words before together with these, as in *no, twice*; None where these do not correct any."""
        last = self.running or (None if self._busy else self._just.last(self._clock))
        meant = order(job.instruction.text)
        if last is None or meant.mode != "instead" or said.text.startswith(last.instruction.text):
            return None
        return Order("instead", f"{last.instruction.text} {meant.text}")

    def _place(self, job: Job, said: Order, plan: Plan) -> None:
        """Places a plan as its words demand; older words still being planned are dropped."""
        if said.mode in ("plain", "instead"):
            for older in [one for one in self._planning if one.number < job.number]:
                self._drop(older, f'replaced by "{job.words}"')
        if not self._busy:
            last = self._just.last(self._clock)
            if last is not None and order(job.instruction.text).mode == "instead":
                self._corrections.restated(job, last, plan)
            self._confirmed(job, plan, lambda: self._begin(job, plan))
        elif said.mode == "append":
            self._append(job, said)
        elif said.mode == "first":
            self._confirmed(job, plan, lambda: self._begin_first(job, plan))
        elif said.mode == "unclear":
            self._ask_order(job, plan)
        else:
            self._confirmed(job, plan, lambda: self._begin_instead(job, plan))

    def _append(self, job: Job, said: Order) -> None:
        job.instruction = replace(job.instruction, text=said.text)
        self._queue.append(job)
        before = self._queue[-2].words if len(self._queue) > 1 else self._words_of_running
        job.tell("plan", f'after "{before}"')
        self._note("append", job, before)

    def _ask_order(self, job: Job, plan: Plan) -> None:
        """Asks a person how a new request relates to the running task."""
        question = f'Shall I do that instead of "{self._words_of_running}", before it goes on, or afterwards?'

        def after(do: Callable[[], None], said: str) -> Callable[[Job], None]:
            def answer(by: Job) -> None:
                self._said(by, said)
                do()

            return answer

        answers: dict[Answer, Callable[[Job], None]] = {
            "instead": after(
                lambda: self._confirmed(job, plan, lambda: self._begin_instead(job, plan)), "instead then"
            ),
            "first": after(lambda: self._confirmed(job, plan, lambda: self._begin_first(job, plan)), "first that then"),
            "append": after(lambda: self._append(job, Order("append", plan.instruction)), "afterwards then"),
            "no": after(lambda: self._finish(job, "refusal", "then not"), "then not"),
        }

        def lapsed(why: str) -> None:
            self._finish(job, "question", f"{question} ({why})")

        self._ask(OpenQuestion("order", job, question, self._clock + ANSWER, answers, lapsed))

    def _begin_instead(self, job: Job, plan: Plan) -> None:
        """Starts a plan in place of everything else."""
        old = self._words_of_running
        if self.running is not None and order(job.instruction.text).mode == "instead":
            self._corrections.restated(job, self.running, plan)
        self._drop_all(f'replaced by "{job.words}"')
        self._note("replace", job, old)
        self._begin(job, replace(plan, reason=f'{plan.reason} (in place of "{old}")'.strip()))

    def _begin_first(self, job: Job, plan: Plan) -> None:
        """Suspends the running task, and starts a plan."""
        old = self.running
        if old is not None:
            rest = self._runner.leave(old, f'set aside for "{job.words}"')
            self.running = None
            if rest is None:
                self._finish(old, "succeeded", "done")
            else:
                self._aside.append((old, rest))
                old.tell("note", f'set aside for "{job.words}"')
        elif self._settling is not None:
            self._aside.append((self._settling.job, self._settling.rest))
            self._settling = None
        self._note("first", job, old.words if old else "")
        self._begin(job, plan)

    def _corrected(self, job: Job, heard: Correction) -> bool:
        """Whether words were taken as a correction."""
        if heard.kind in ("yes", "no"):
            return False
        if self.running is None and self._planning:
            self._corrected_early(job, heard)
            return True
        if self.running is None:
            return self._settling is None and self._corrected_afterwards(job, heard)
        if heard.kind == "cancel":
            self._note("cancel", job, self.running.words)
            self._drop(self.running, "given up, as you said")
            self._finish(job, "succeeded", "I leave that")
            self._next()
            return True
        corrected = self.running
        outcome, said = self._corrections.correct(heard, job, corrected, self._runner)
        if outcome == "succeeded":
            corrected.tell("correction", f'"{job.words}": {said}')
        self._note("correction", job, f"{outcome}: {said}")
        self._finish(job, outcome, said)
        return True

    def _corrected_early(self, job: Job, heard: Correction) -> None:
        """Corrections of a plan in the making, which a model or a rehearsal may delay for seconds."""
        if heard.kind == "cancel":
            self._note("cancel", job, self._planning[-1].words)
            self._drop(self._planning[-1], "given up, as you said")
            self._finish(job, "succeeded", "I leave that")
            return
        job.tell("note", "as soon as there is a plan")
        self._early.append((job, heard))

    def _corrected_afterwards(self, job: Job, heard: Correction) -> bool:
        """Corrections of the last finished task; whether there was one."""
        found = self._just.correct(heard, job, self._clock)
        if found is None:
            return False
        if isinstance(found, str):
            if found.startswith("?"):
                self._finish(job, "question", found[1:])
            else:
                self._finish(job, "statement", found)
        elif isinstance(found, Job):
            self._make_plan(job, Order("plain", found.instruction.text))
        else:
            old, rest = found
            self._resume(job, old, rest, f'"{job.words}"')
        return True

    def _take_back(self, job: Job, wish: Forgetting) -> None:
        """Deletes or lists stated facts."""
        assert self._tellings is not None
        if wish.kind != "that":
            self._forget(job, wish, ())
            return
        self._planning.append(job)

        def then(plan: Plan) -> None:
            self._heed_stops()
            if job not in self._planning:
                return
            self._planning.remove(job)
            if plan.status == "statement" and plan.facts:
                self._forget(job, wish, plan.facts)
            else:
                self._make_plan(job, order(job.instruction.text))

        self._port.plan(replace(job.instruction, text=wish.text), then)

    def _forget(self, job: Job, wish: Forgetting, stated: tuple[str, ...]) -> None:
        assert self._tellings is not None
        try:
            said = self._tellings.forget(wish, self._port.graph(), stated)
        except SkillStackError as error:
            said = str(error)
        if self._wordings is not None:
            said = f"{said} {self._wordings.forget(wish)}".strip()
        self._note("forget", job, said)
        self._finish(job, "statement", said)

    def _heed_stops(self) -> None:
        """Handles a stop from elsewhere (the page, the terminal, a button): earlier words and waiting jobs are void.

        What runs is ended by the stop itself.
        """
        count = self._port.stop_count
        if self._asked is not None and self._asked.kind == "retry" and self._asked.job.stops != count:
            self._asked = None
        void = [job for job in self.jobs() if job is not self.running and job.stops != count]
        if any(job in self._planning for job in void):
            self._port.cancel_planning()
        for job in void:
            self._note("stopped", job, "before it began")
            self._drop(job, "stopped")

    def look(self, clock: float) -> None:
        """To be called a few times a second.

        Args:
            clock: Monotonic time, s.
        """
        self._clock = clock
        self._heed_stops()
        if self._tellings is not None:
            self._tellings.look()
        if self._asked is not None and clock > self._asked.until:
            self._note("lapsed", self._asked.job, self._asked.question)
            self._lapse("nobody answered in time")
        for job in [job for job in self.jobs() if job.cancelled()]:
            self._drop(job, "cancelled")
            self._next()
        if self._settling is not None:
            waiting = self._settling
            if self._settled() or clock - waiting.since > SETTLE:
                self._settling = None
                waiting.then()
        self._look_at_world()
        if self.running is not None:
            self._runner.advance(self.running)
