"""Judges what runs predict, in the parent process: it alone reads the labels of target test, when a run has ended."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace

from threadpoolctl import threadpool_limits

from dabench.data.prepared import PreparedDomain
from dabench.data.splits.given import labels_of_test
from dabench.errors import DabenchError
from dabench.execution.evaluation import Evaluator
from dabench.printable import kept
from dabench.runs.job import Event, Finished, Job, Outcome
from dabench.runs.record import SCORED, Accuracy, Checkpoint, Metrics
from dabench.selection.rule import picks_of, selection

ONE_CLASS = "nearly all predictions are one class"


@dataclass(frozen=True)
class Judge:
    """Knows the prepared domains of a plan, by name."""

    domains: Mapping[str, PreparedDomain]

    def judged(self, job: Job, event: Event) -> Event:
        """The event; if it is the end of a run, then with what its predictions are worth."""
        if not isinstance(event, Finished) or event.outcome.status not in SCORED:
            return event
        return replace(event, outcome=self.outcome(job, event.outcome))

    def outcome(self, job: Job, outcome: Outcome) -> Outcome:
        """The outcome of a run, from its worker's answers; a failed run where these cannot be judged."""
        try:
            return self._outcome(job, outcome)
        except DabenchError as error:
            reason = str(error)
        except Exception:  # a selector of a plugin may raise anything, and a worker may have sent anything
            reason = traceback.format_exc()
        return replace(outcome, status="failed", error=kept(reason), answers=(), picks={})

    def _outcome(self, job: Job, outcome: Outcome) -> Outcome:
        if not outcome.answers:
            raise DabenchError("the run ended, and its launcher passed on no predictions")
        evaluator = self._evaluator(job)
        checkpoints = [
            Checkpoint(
                step=answer.step,
                losses=answer.losses,
                scores=answer.scores,
                target_accuracy=evaluator.accuracy(answer.predictions),
            )
            for answer in outcome.answers
        ]
        seeing = [spec for spec in job.task.selectors if spec.uses_target_labels]
        reading = any(spec.needs_outputs for spec in seeing)
        # One thread, so that the last bits do not depend on the machine's cores; setting it takes a while.
        with threadpool_limits(1) if reading else nullcontext():
            scores, seen = picks_of(seeing, checkpoints, job.files.outputs)
        picks = outcome.picks | seen
        checkpoints = [
            checkpoint.model_copy(update={"scores": values})
            for checkpoint, values in zip(checkpoints, scores, strict=True)
        ]
        chosen = evaluator.evaluate(outcome.answers[picks[job.task.selector]].predictions)
        collapsed = outcome.error or (ONE_CLASS if chosen.collapsed else None)
        return replace(
            outcome,
            status="collapsed" if collapsed else "ok",
            error=collapsed,
            answers=(),
            picks={},
            accuracy=Accuracy(
                selected=chosen.accuracy,
                last=checkpoints[-1].target_accuracy,
                oracle=max(checkpoint.target_accuracy for checkpoint in checkpoints),
            ),
            selections={spec.name: selection(checkpoints[picks[spec.name]]) for spec in job.task.selectors},
            per_class=chosen.per_class,
            checkpoints=checkpoints,
            metrics=Metrics(balanced_accuracy=chosen.balanced_accuracy, macro_f1=chosen.macro_f1, ece=chosen.ece),
            predictions_sha256=chosen.predictions_sha256,
        )

    def _evaluator(self, job: Job) -> Evaluator:
        """Made for one run, and gone after it with the labels: another run may follow in this process."""
        target = self.domains[job.data.target.name]
        return Evaluator(labels_of_test(target, job.settings.transductive), target.classes, job.task.metric)
