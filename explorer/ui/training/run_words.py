"""Where training stands, in words: pure."""

from __future__ import annotations

from explorer import words
from explorer.graph.flow import Flow
from explorer.session.origin import written
from explorer.session.run_control import RunState
from explorer.session.run_log import RunLog
from explorer.training.batches import norms_of_one_value, refused_batch
from explorer.training.datasets import DataSet
from explorer.training.metrics import METRICS
from explorer.training.tasks import TASKS, misfit
from explorer.ui.training.run_list import RunLine

_CAUSES = {
    "axes": "does not fit its input",
    "shape": "does not fit its input",
    "dtype": "does not fit its input",
    "window": "does not fit its input",
    "unconnected": "lacks a wire",
    "field": "has a field to put right",
}


def waits(
    flow: Flow, data: DataSet | None, *, ready: bool, batch: int = 0, chosen: bool = True
) -> str | None:
    """Say why no run can start, or None when one can; `chosen`: somebody wanted these data."""
    if not flow.leaves and not flow.faults:
        return "Waits: the canvas is empty"
    if flow.faults:
        fault = flow.faults[0]
        name = fault.address.rpartition(".")[2]
        if not name:
            return f"Waits: {fault.message.rstrip('.')}"
        return f"Waits: {name} {_CAUSES.get(fault.code, 'has a problem')}"
    if data is not None and (reason := misfit(flow, data)):
        if not chosen:
            return "Waits: no data set here fits"
        return f"Waits: {reason.rstrip('.')}"
    if batch == 1 and (reason := refused_batch(norms_of_one_value(flow), batch)):
        return f"Waits: {reason.rstrip('.')}"
    return None if ready else "Waits: the engine is starting"


def status(state: RunState, log: RunLog | None, left: float | None, seed: int) -> str:
    """Return the line beside the buttons of the top bar."""
    if state is RunState.STARTING:
        return "Starting…"
    if state is RunState.IDLE or log is None:
        return f"Ready · seed {seed}"
    epoch = min(log.step // max(1, log.steps_per_epoch) + 1, log.epochs)
    where = f"epoch {epoch} of {log.epochs} · step {words.count(log.step)}"
    if state is RunState.PAUSED:
        return f"Paused · {where}"
    after = f" · {words.clock(left)} left" if left is not None else ""
    return where[0].upper() + where[1:] + after


def line(log: RunLog, design: str = "", metric: str = "accuracy") -> RunLine:
    """Return a run as the list shows it, judged by a metric; one of another design's name says so."""
    last = log.validation[-1] if log.validation else None
    return RunLine(
        log.number,
        log.name,
        f"lr {log.rate:g}" if not log.design or log.design == design else log.design,
        words.number(last.loss) if last else "",
        written(metric, last.metrics[metric]) if last and metric in last.metrics else "",
        f"step {words.count(log.step)}",
        log.is_live,
        log.is_hidden,
        f"{log.design} · design {log.digest} · {told(log)}{_all_figures(log)}",
    )


def _all_figures(log: RunLog) -> str:
    if not log.validation:
        return ""
    found = log.validation[-1].metrics.items()
    return "".join(f"\n{METRICS[name].title} {written(name, value)}" for name, value in found)


def told(log: RunLog) -> str:
    """Return how a run was trained: `adam, lr 0.002, batch 32, seed 0`."""
    used = log.settings
    return f"{used.optimiser}, lr {used.rate:g}, batch {used.batch}, seed {used.seed}"


def about(data: DataSet | None) -> str:
    """Return what a data set holds."""
    if data is None:
        return "This data set does not come with the program."
    return (
        f"{words.count(data.examples)} examples of {words.shape(data.shape)}, {TASKS[data.task].what(data)}; "
        "a part is held out for validation."
    )
