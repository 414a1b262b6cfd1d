"""Where training stands, in words: pure."""

from __future__ import annotations

from explorer import words
from explorer.blocks.convolution.auxiliary import auxiliary_outputs
from explorer.graph.flow import Flow
from explorer.session.run_control import RunState
from explorer.session.run_log import RunLog
from explorer.ui.training.datasets import DatasetRow
from explorer.ui.training.run_list import RunLine

_CAUSES = {
    "axes": "does not fit its input",
    "shape": "does not fit its input",
    "dtype": "does not fit its input",
    "window": "does not fit its input",
    "unconnected": "lacks a wire",
    "field": "has a field to put right",
}


def misfit(flow: Flow, data: DatasetRow | None) -> str:
    """Say why a design cannot learn from a data set, or nothing."""
    if data is None:
        return ""
    heads = auxiliary_outputs(flow)
    main = [tensor for name, tensor in flow.outputs.items() if name not in heads]
    if len(flow.inputs) != 1 or len(main) != 1:
        return f"training needs one input and one output, this design has {len(flow.inputs)} and {len(main)}"
    wanted, given = next(iter(flow.inputs.values())), main[0]
    if wanted is not None and wanted.shape != data.shape:
        return f"{data.title} gives {words.shape(data.shape)}, the input takes {wanted.text}"
    if given is not None and given.shape != (data.classes,):
        return f"{data.title} has {data.classes} classes, the output is {given.text}"
    return ""


def waits(flow: Flow, data: DatasetRow | None, *, ready: bool) -> str | None:
    """Say why no run can start, or None when one can."""
    if not flow.leaves and not flow.problems:
        return "Waits: the canvas is empty"
    if flow.problems:
        fault = (flow.faults or flow.problems)[0]
        name = fault.address.rpartition(".")[2]
        if not name:
            return f"Waits: {fault.message.rstrip('.')}"
        return f"Waits: {name} {_CAUSES.get(fault.code, 'has a problem')}"
    reason = misfit(flow, data)
    if reason:
        return f"Waits: {reason}"
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


def line(log: RunLog, design: str = "") -> RunLine:
    """Return a run as the list shows it; one of another form of the design says so."""
    last = log.validation[-1] if log.validation else None
    return RunLine(
        log.number,
        log.name,
        f"lr {log.rate:g}" if not log.design or log.design == design else log.design,
        words.number(last.loss) if last else "",
        words.percent(last.accuracy, 1) if last and last.accuracy is not None else "",
        f"step {words.count(log.step)}",
        log.is_live,
        log.is_hidden,
        f"{log.design} · design {log.digest} · {told(log)}",
    )


def told(log: RunLog) -> str:
    """Return how a run was trained: `adam, lr 0.002, batch 32, seed 0`."""
    used = log.settings
    return f"{used.optimiser}, lr {used.rate:g}, batch {used.batch}, seed {used.seed}"


def about(data: DatasetRow | None) -> str:
    """Return what a data set holds."""
    if data is None:
        return "This data set does not come with the program."
    return (
        f"{words.count(data.examples)} examples of {words.shape(data.shape)}, in {data.classes} classes; "
        "a part is held out for validation."
    )
