"""Every job that computes says how far it is, and is given up between layers without leaving a trace."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from nets import chain, node
from torch.nn.modules import module as modules

from explorer.engine import probes, watch
from explorer.engine.jobs import GivenUp, Jobs
from explorer.engine.server import Server
from explorer.engine.watch import Watch
from explorer.graph import files
from explorer.graph.document import Document
from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings

JOB = 5
DIGIT = Sample(dataset="digits8", index=1)


def pictures(last: str = "pcanet", **fields: object) -> Document:
    """Convolutions with norms and dropout, then a layer that makes one vector."""
    middle = [
        (
            node(f"conv{n}", "conv2d", filters=3, padding=1),
            node(f"norm{n}", "batch_norm"),
            node(f"drop{n}", "dropout"),
        )
        for n in range(1, 5)
    ]
    return chain(
        (1, 8, 8),
        *[each for group in middle for each in group],
        node(last, last, **fields),
        node("fc1", "linear", features=10),
    )


TOKENS = chain(
    (6, 8),
    *[node(f"attend{n}", "self_attention") for n in range(1, 6)],
)
POINTS = chain((2,), *[node(f"fc{n}", "linear", features=3) for n in range(1, 6)])
LOOKS: dict[str, tuple[Document, requests.Request]] = {
    "tiles": (pictures(), requests.Tiles(job=JOB, sample=DIGIT)),
    "features": (pictures(), requests.Features(job=JOB, address="conv4", sample=DIGIT)),
    "statistics": (pictures(), requests.Statistics(job=JOB, dataset="digits8", count=16)),
    "answers": (pictures(), requests.Answers(job=JOB, sample=DIGIT)),
    "time": (pictures(), requests.Time(job=JOB, sample=DIGIT, passes=3)),
    "measure": (pictures(), requests.Measure(job=JOB)),
    "demonstrate": (
        pictures(),
        requests.Demonstrate(job=JOB, block="conv2d", fields={}, address="conv4", sample=DIGIT),
    ),
    "fit": (pictures(), requests.Fit(job=JOB, address="pcanet", dataset="digits8", count=80)),
    "attention": (TOKENS, requests.Attention(job=JOB, sample=Sample())),
    "boundary": (POINTS, requests.Boundary(job=JOB, low=(-1, -1), high=(1, 1))),
    "saliency": (POINTS, requests.Attribution(job=JOB, method="saliency", sample=Sample())),
    "integrated": (
        POINTS,
        requests.Attribution(job=JOB, method="integrated_gradients", sample=Sample(), steps=70),
    ),
    "grad_cam": (
        pictures("flatten"),
        requests.Attribution(job=JOB, method="grad_cam", sample=DIGIT, address="conv4"),
    ),
}


class Desk:
    """A server without a process, with a design loaded in train mode; progress is told at every layer."""

    def __init__(self, document: Document) -> None:
        self.server = Server(io.BytesIO(), io.BytesIO())
        self.events: list[events.Event] = []
        self.hear: Callable[[events.Event], None] = lambda _event: None
        self.server._emit = self._take  # type: ignore[method-assign]
        self.server.state.emit = self._take
        self.ask(requests.Load(design=files.encode(document)))
        assert isinstance(self.events[-1], events.Loaded), self.events
        self.model.train()

    @property
    def model(self) -> torch.nn.Module:
        return self.server.state.model().module

    def _take(self, event: events.Event) -> None:
        self.events.append(event)
        self.hear(event)

    def ask(self, request: requests.Request) -> events.Event:
        self.events.clear()
        self.server.state.jobs.arrived(request.job)
        self.server._answer(request)
        return self.events[-1]

    def progress(self) -> list[events.Progress]:
        return [event for event in self.events if isinstance(event, events.Progress)]

    def state(self) -> object:
        return (
            {key: value.clone() for key, value in self.model.state_dict().items()},
            torch.random.get_rng_state(),
            [child.training for child in self.model.modules()],
            [parameter.requires_grad for parameter in self.model.parameters()],
        )

    def is_as_it_was(self, before: object) -> bool:
        (weights, chance, *modes), (weights_now, chance_now, *modes_now) = before, self.state()  # type: ignore[misc]
        return (
            weights.keys() == weights_now.keys()
            and all(torch.equal(weights[key], weights_now[key]) for key in weights)
            and torch.equal(chance, chance_now)
            and modes == modes_now
            and all(parameter.grad is None for parameter in self.model.parameters())
        )


@pytest.fixture(autouse=True)
def told_at_every_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SILENT", 0)
    monkeypatch.setattr(watch, "BETWEEN", 0)


def no_hook_is_left(model: torch.nn.Module) -> bool:
    return not (
        modules._global_forward_pre_hooks
        or modules._global_module_registration_hooks
        or probes.hooks_left(model)
    )


@pytest.mark.parametrize("look", LOOKS)
def test_progress_goes_up_to_the_end(look: str) -> None:
    desk = Desk(LOOKS[look][0])
    before = desk.state()
    last = desk.ask(LOOKS[look][1])
    assert not isinstance(last, events.Failed | events.Cancelled), last
    told = [(event.done, event.total) for event in desk.progress()]
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert {event.job for event in desk.progress()} == {JOB}
    done, total = told[-1]
    assert done == total, desk.progress()[-1]
    assert no_hook_is_left(desk.model)
    if look != "fit":
        assert desk.is_as_it_was(before)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("after", [1, 4])
def test_a_job_that_is_cancelled_at_a_layer_leaves_no_trace(look: str, after: int) -> None:
    document, request = LOOKS[look]
    desk = Desk(document)
    before = desk.state()

    def hear(_event: events.Event) -> None:
        if len(desk.progress()) == after:
            desk.server.state.jobs.cancel(JOB)

    desk.hear = hear
    assert isinstance(desk.ask(request), events.Cancelled)
    assert len(desk.progress()) == after, "it went on"
    assert no_hook_is_left(desk.model)
    assert desk.is_as_it_was(before)
    desk.hear = lambda _event: None
    assert not isinstance(desk.ask(request), events.Cancelled), "the next job of this number suffers"


def test_a_backward_pass_is_given_up_too() -> None:
    desk = Desk(POINTS)
    before = desk.state()
    request = requests.Attribution(job=JOB, method="saliency", sample=Sample())
    desk.ask(request)
    layers = len(desk.progress())

    def hear(_event: events.Event) -> None:
        if len(desk.progress()) == layers:  # the last layer of the last forward pass
            desk.server.state.jobs.cancel(JOB)

    desk.hear = hear
    back: list[str] = []
    real = Watch._before_gradient

    def seen(self: Watch, gradient: torch.Tensor) -> None:
        back.append("here")
        real(self, gradient)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "_before_gradient", seen)
        assert isinstance(desk.ask(request), events.Cancelled)
    assert len(back) == 1, "it went on backwards"
    assert desk.is_as_it_was(before)


def test_words_say_layers_and_passes() -> None:
    desk = Desk(POINTS)
    desk.ask(LOOKS["boundary"][1])
    assert [event.words for event in desk.progress()] == [f"Layer {n} of 5" for n in range(1, 6)]
    desk.ask(LOOKS["integrated"][1])  # 70 steps in batches of 16, both ends, and the answer itself
    words = [event.words for event in desk.progress()]
    assert words[0] == "Pass 1 of 8, layer 1 of 5"
    assert words[-1] == "Pass 8 of 8, layer 5 of 5"


def test_loading_is_given_up_between_layers_and_the_old_design_stays() -> None:
    desk = Desk(POINTS)
    model = desk.model
    request = requests.Load(job=JOB, design=files.encode(pictures()), revision=9)

    def hear(_event: events.Event) -> None:
        if len(desk.progress()) == 3:
            desk.server.state.jobs.cancel(JOB)

    desk.hear = hear
    assert isinstance(desk.ask(request), events.Cancelled)
    assert [event.words for event in desk.progress()] == [f"Layer {n} of 14 is made" for n in (1, 2, 3)]
    assert desk.model is model
    assert desk.server.state.revision == 0
    desk.hear = lambda _event: None
    assert isinstance(desk.ask(request), events.Loaded)
    assert desk.progress()[-1].words == "Layer 14 of 14 is made"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_reading_weights_is_given_up_before_anything_changes(after: int, tmp_path: Path) -> None:
    others = {key: value + 1 for key, value in Desk(POINTS).model.state_dict().items()}
    torch.save(others, tmp_path / "other.pth")
    desk = Desk(POINTS)
    before, asked = desk.state(), 0
    real = desk.server.state.give_up_if_cancelled

    def ask(job: int) -> None:
        nonlocal asked
        if asked == after:
            desk.server.state.jobs.cancel(JOB)
        asked += 1
        real(job)

    desk.server.state.give_up_if_cancelled = ask  # type: ignore[method-assign]
    request = requests.LoadWeights(job=JOB, path=str(tmp_path / "other.pth"), published=True)
    assert isinstance(desk.ask(request), events.Cancelled)
    assert desk.is_as_it_was(before)
    desk.server.state.give_up_if_cancelled = real  # type: ignore[method-assign]
    assert isinstance(desk.ask(request), events.WeightsLoaded)
    assert not desk.is_as_it_was(before)


def test_a_look_between_training_steps_is_given_up_and_the_run_goes_on() -> None:
    desk = Desk(pictures())
    settings = TrainSettings(dataset="digits8", batch=8, epochs=10, device="cpu")
    desk.ask(requests.Train(job=1, settings=settings))
    desk.server._train_one_step()
    before = desk.state()
    desk.hear = lambda _event: desk.server.state.jobs.cancel(JOB)
    assert isinstance(desk.ask(LOOKS["tiles"][1]), events.Cancelled)
    gradients = [parameter.grad for parameter in desk.model.parameters()]
    assert any(gradient is not None for gradient in gradients)
    desk.model.zero_grad()
    assert desk.is_as_it_was(before)
    desk.server._train_one_step()
    assert desk.server.state.step == 2


def test_short_jobs_say_nothing_and_long_ones_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    now, told = 0.0, []
    jobs, layers = Jobs(), torch.nn.Sequential(*[torch.nn.ReLU() for _ in range(100)])
    with Watch(JOB, jobs, told.append, layers, clock=lambda: now):  # type: ignore[arg-type]
        for seconds in (0.001, 0.01, 0.1):
            for layer in layers:
                now += seconds
                layer(torch.zeros(1))
    # a second of the second round is below the limit, then four times a second at most
    assert 1 <= len(told) <= (now - watch.SILENT) / watch.BETWEEN + 1
    assert len(told) > 30


def test_only_jobs_that_are_there_can_be_cancelled() -> None:
    jobs = Jobs()
    jobs.cancel(1)
    jobs.check(1)
    jobs.arrived(2)
    jobs.cancel(2)
    with pytest.raises(GivenUp):
        jobs.check(2)
    jobs.answered(2)
    jobs.check(2)
    jobs.cancel(2)
    jobs.arrived(2)
    jobs.check(2)
    jobs.cancel_all()
    with pytest.raises(GivenUp):
        jobs.check(7)
    assert not jobs.is_cancelled(7)
