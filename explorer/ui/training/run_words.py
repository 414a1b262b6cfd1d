"""Where training stands, in words: pure."""

from __future__ import annotations

from explorer import words
from explorer.blocks.convolution.auxiliary import auxiliary_outputs
from explorer.client.live import RunState
from explorer.graph.flow import Flow
from explorer.ui.training.datasets import DatasetRow
from explorer.ui.training.run_list import RunLine
from explorer.ui.training.run_log import RunLog

_CAUSES = {
    "axes": "does not fit its input",
    "shape": "does not fit its input",
    "dtype": "does not fit its input",
    "window": "does not fit its input",
    "unconnected": "lacks a wire",
    "field": "has a field to put right",
}


def clock(seconds: float) -> str:
    """Return a time as `0:18` or `1:02:05`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


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
    if not flow.leaves and not flow.faults:
        return "Waits: the canvas is empty"
    if flow.faults:
        fault = flow.faults[0]
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
    after = f" · {clock(left)} left" if left is not None else ""
    return where[0].upper() + where[1:] + after


def line(log: RunLog) -> RunLine:
    """Return a run as the list shows it."""
    last = log.validation[-1] if log.validation else None
    return RunLine(
        log.number,
        f"Run {log.number + 1}",
        f"lr {log.rate:g}",
        words.number(last.loss) if last else "",
        words.percent(last.accuracy, 1) if last and last.accuracy is not None else "",
        f"step {words.count(log.step)}",
        log.is_live,
    )


def about(data: DatasetRow | None) -> str:
    """Return what a data set holds."""
    if data is None:
        return "This data set does not come with the program."
    return (
        f"{words.count(data.examples)} examples of {words.shape(data.shape)}, in {data.classes} classes; "
        "a part is held out for validation."
    )
