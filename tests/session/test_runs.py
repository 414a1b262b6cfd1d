"""Runs belong to a design; no point of a curve is lost, in whatever order reports come."""

from __future__ import annotations

import numpy as np

from explorer.protocol import events
from explorer.protocol.records import TrainSettings
from explorer.session.run_log import LOSS, RunLog
from explorer.session.runs import Runs


def started(name: str = "r", step: int = 0) -> events.RunStarted:
    return events.RunStarted(
        run=name, dataset="d", device="cpu", steps_per_epoch=10, epochs=3, step=step, epoch=0
    )


def steps(first: int, count: int, name: str = "r") -> events.RunSteps:
    values = np.arange(first, first + count, dtype=np.float32)
    return events.RunSteps(
        number=1,
        run=name,
        first_step=first,
        losses=values,
        metrics={"accuracy": values / 100},
        epoch=0,
        seconds=1.0,
        left=1.0,
    )


def epoch(step: int) -> events.RunEpoch:
    return events.RunEpoch(run="r", epoch=step // 10, step=step, loss=0.5, metrics={"accuracy": 0.9})


def test_the_last_validation_point_stays_when_its_steps_are_told_after_it() -> None:
    runs = Runs()
    log = runs.begin(started(), TrainSettings())
    runs.go_along(steps(0, 25))
    runs.go_along(epoch(30))  # told before the steps 25 to 29: they waited to be acknowledged
    runs.go_along(steps(25, 5))
    assert [point.step for point in log.validation] == [30]
    assert log.series[LOSS].raw.view().tolist() == list(range(30))


def test_a_run_knows_its_design_and_how_it_was_trained() -> None:
    log = Runs().begin(started(), TrainSettings(rate=0.5, seed=3), "LeNet", "abc123")
    assert (log.design, log.digest, log.rate, log.settings.seed) == ("LeNet", "abc123", 0.5, 3)


def test_the_axis_ends_where_a_stopped_run_ended() -> None:
    log = RunLog("r", 0, epochs=300, steps_per_epoch=125)
    log.add_steps(0, np.ones(837, np.float32), {})
    assert log.total == 37_500
    log.is_live = False
    assert log.total == 837


def test_runs_can_be_renamed_hidden_and_deleted() -> None:
    runs = Runs()
    for name in ("a", "b", "c"):
        runs.begin(started(name), TrainSettings()).is_live = False
    runs.rename(1, "wide")
    assert [log.name for log in runs.logs] == ["Run 1", "wide", "Run 3"]
    assert runs.called("b") == "wide"
    runs.hide(0, True)
    assert runs.logs[0].is_hidden
    runs.delete([2])
    assert runs.chosen == 1
    assert runs.begin(started("d"), TrainSettings()).name == "Run 4"  # numbers are not given twice
    runs.delete([3])
    assert len(runs.logs) == 3  # a run that goes on stays


def test_a_metric_that_comes_later_does_not_disturb() -> None:
    log = RunLog("r", 0)
    log.add_steps(0, np.ones(3, np.float32), {})
    log.add_steps(3, np.ones(2, np.float32), {"accuracy": np.ones(2, np.float32)})
    assert log.step == 5
    values = log.series["accuracy"].raw.view()
    assert np.isnan(values[:3]).all()
    assert values[3:].tolist() == [1, 1]
