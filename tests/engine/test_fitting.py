"""Layers that are fitted to data: what they learn, how far they are, and that giving up leaves no trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from nets import chain, node, resolve

from explorer.engine import fitting, probes, weights
from explorer.engine.compile import compile_flow
from explorer.engine.handlers import TABLE
from explorer.engine.jobs import GivenUp
from explorer.engine.state import ActiveRun, EngineState, RequestProblem
from explorer.engine.training.loop import TrainingRun
from explorer.graph.document import Document
from explorer.graph.edits import SetField
from explorer.graph.model import Node
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings

CPU = torch.device("cpu")
torch.set_num_threads(1)

FITTED = {
    "pcanet": (node("it", "pcanet", filters=(4, 4), kernel=3, blocks=2),),
    "genetic_pool": (node("it", "genetic_pool", kernel=2, regions=3), node("flatten", "flatten")),
    "superpixel_pool": (node("it", "superpixel_pool", regions=6), node("flatten", "flatten")),
    "mop_pool": (node("it", "mop_pool", words=4),),
}
"""Chains that end in one vector, with the fitted layer in them as `it`."""
EACH = pytest.mark.parametrize("block", FITTED)


def net(*middle: Node) -> Document:
    """Digits of 8×8 pixels, normalised and filtered a little, then the fitted layer and a classifier."""
    before = (node("conv1", "conv2d", filters=3, padding=1), node("drop1", "dropout"))
    return chain((1, 8, 8), *before, *middle, node("fc1", "linear", features=10))


def session_of(document: Document) -> tuple[EngineState, list[events.Event]]:
    heard: list[events.Event] = []
    session = EngineState(heard.append, device=CPU)
    session.compiled = compile_flow(resolve(document), "n", CPU, seed=0)
    session.revision = 7
    return session, heard


def ask(session: EngineState, address: str = "it", **more: Any) -> None:
    request = requests.Fit(address=address, **{"dataset": "digits8", "count": 80, "job": 5, **more})
    TABLE[requests.Fit](session, request)


def state(session: EngineState) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in session.model().module.state_dict().items()}


def changed(session: EngineState, before: dict[str, torch.Tensor]) -> set[str]:
    after = session.model().module.state_dict()
    return {key for key, value in before.items() if not torch.equal(value, after[key])}


BUFFERS = {
    "pcanet": {"it.first", "it.second"},
    "genetic_pool": {"it.genes"},
    "superpixel_pool": {"it.labels"},
    "mop_pool": {"it.words2", "it.words4"},
}


@EACH
def test_only_the_layer_changes_and_progress_comes_in_order(block: str) -> None:
    session, heard = session_of(net(*FITTED[block]))
    before, chance = state(session), torch.random.get_rng_state()
    modes = [child.training for child in session.model().module.modules()]
    ask(session)
    assert changed(session, before) == BUFFERS[block]
    assert torch.equal(torch.random.get_rng_state(), chance)
    assert [child.training for child in session.model().module.modules()] == modes
    assert not probes.hooks_left(session.model().module)
    *progress, last = heard
    assert last == events.Fitted(job=5, revision=7, address="it", samples=80)
    assert progress
    assert all(isinstance(event, events.FitProgress) for event in progress)
    assert {(event.job, event.address) for event in progress} == {(5, "it")}
    steps = [(event.done, event.total) for event in progress]
    collecting = [step for step in steps if step == (0, 0)]
    assert len(collecting) == 3, "80 samples in batches of 32"
    known = steps[len(collecting) :]
    assert known == sorted(set(known))
    assert {total for _, total in known} == {known[0][1]}
    assert known[-1][0] < known[0][1]


@EACH
def test_the_same_data_give_the_same_layer(block: str) -> None:
    session, _ = session_of(net(*FITTED[block]))
    ask(session)
    first = state(session)
    other, _ = session_of(net(*FITTED[block]))
    ask(other)
    assert not changed(other, first)


def test_the_layer_gets_what_arrives_there_in_use() -> None:
    """Not the pictures themselves, and without dropout."""
    session, _ = session_of(net(*FITTED["pcanet"]))
    ask(session)
    model = session.model().module
    seen: list[torch.Tensor] = []
    again = compile_flow(resolve(net(*FITTED["pcanet"])), "n", CPU, seed=0).module.eval()
    again.it.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        again(session.batch("digits8", 80))
        again.it.fit(seen[0], lambda done, total: None)
    torch.testing.assert_close(model.it.first, again.it.first)


@EACH
def test_cancelled_at_any_step_the_layer_is_as_it_was(block: str) -> None:
    session, heard = session_of(net(*FITTED[block]))
    ask(session)
    steps = len(heard) - 1
    fresh, heard = session_of(net(*FITTED[block]))
    before = state(fresh)
    for last in sorted({0, 1, 3, 4, steps // 2, steps - 1}):
        heard.clear()

        def hear(event: events.Event, last: int = last) -> None:
            heard.append(event)
            if len(heard) == last:
                fresh.jobs.cancel(5)

        fresh.emit = hear
        fresh.jobs.arrived(5)
        if last == 0:
            fresh.jobs.cancel(5)
        with pytest.raises(GivenUp):
            ask(fresh)
        assert len(heard) == last
        assert not changed(fresh, before)
        fresh.jobs.answered(5)
        assert not probes.hooks_left(fresh.model().module)


@EACH
def test_what_was_fitted_survives_save_and_load(block: str, tmp_path: Path) -> None:
    session, _ = session_of(net(*FITTED[block]))
    ask(session)
    wanted = state(session)
    weights.save(session.model().module, tmp_path / "w.safetensors")
    other, _ = session_of(net(*FITTED[block]))
    assert changed(other, wanted)
    matched, problems = weights.load(other.model().module, tmp_path / "w.safetensors")
    assert not problems
    assert BUFFERS[block] <= set(matched)
    assert not changed(other, wanted)
    x = session.batch("digits8", 3)
    with torch.no_grad():
        assert torch.equal(session.model().module.eval()(x), other.model().module.eval()(x))


def test_what_was_fitted_survives_changes_elsewhere() -> None:
    document = net(*FITTED["pcanet"])
    session, _ = session_of(document)
    ask(session)
    wanted = session.model().module.it.first.clone()
    document.apply(SetField("fc1", "features", 4))
    again = compile_flow(resolve(document), "n", CPU, before=session.model(), seed=3)
    assert "it" in again.came.kept
    assert torch.equal(again.module.it.first, wanted)
    document.apply(SetField("it", "filters", (5, 4)))
    assert "it" not in compile_flow(resolve(document), "n", CPU, before=again, seed=3).came.kept


def test_pcanet_before_a_linear_layer_tells_digits_apart() -> None:
    """The point of it: no gradient has touched the filters, and a linear layer can read their histograms."""
    layers = (node("it", "pcanet", filters=(6, 6), kernel=3, blocks=3), node("fc1", "linear", features=10))
    session, _ = session_of(chain((1, 8, 8), *layers))
    ask(session, count=400)
    data = session.dataset("digits8")
    x, y = session.batch("digits8", 1200), torch.as_tensor(data.targets[:1200])
    with torch.no_grad():
        found = session.model().module.it(x)
    torch.manual_seed(0)
    reader = torch.nn.Linear(found.shape[1], 10)
    descent = torch.optim.Adam(reader.parameters(), 5e-3)
    for _ in range(80):
        descent.zero_grad()
        torch.nn.functional.cross_entropy(reader(found[:800]), y[:800]).backward()
        descent.step()
    right = (reader(found[800:]).argmax(1) == y[800:]).float().mean()
    assert right > 0.9


def test_what_cannot_be_fitted_is_refused_in_words() -> None:
    session, heard = session_of(net(*FITTED["pcanet"]))
    before = state(session)
    for words, wrong in (
        ("fc1 is trained by gradients or not at all; there is nothing to fit.", {"address": "fc1"}),
        ("no layer at “nobody”", {"address": "nobody"}),
        ("nowhere", {"dataset": "nowhere"}),
        ("The design wants 1×8×8, the sample is 1×28×28.", {"dataset": "mnist5k"}),
    ):
        with pytest.raises(RequestProblem) as caught:
            ask(session, **wrong)
        assert words in str(caught.value)
        assert not any(isinstance(event, events.Fitted) for event in heard)
        assert not changed(session, before)
    few, _ = session_of(net(node("it", "mop_pool", words=1000)))
    with pytest.raises(
        RequestProblem, match="it cannot be fitted: 18 patches cannot give 1000 words"
    ) as caught:
        ask(few, count=2)
    assert caught.value.address == "it"
    with torch.no_grad():
        session.model().module.conv1.weight.fill_(float("nan"))
    with pytest.raises(RequestProblem, match="what arrives there is not finite"):
        ask(session)


def test_not_while_training_goes_on() -> None:
    session, heard = session_of(net(*FITTED["pcanet"]))
    settings = TrainSettings(dataset="digits8", batch=32, epochs=1)
    run = TrainingRun("run", session.model().module, session.dataset("digits8"), settings, CPU)
    session.active = ActiveRun(run, job=1, revision=7)
    with pytest.raises(RequestProblem, match="Training is running; stop it") as caught:
        ask(session)
    assert caught.value.address == "it"
    assert not heard


def test_an_exception_while_collecting_leaves_no_hook() -> None:
    compiled = compile_flow(resolve(net(*FITTED["pcanet"])), "n", CPU, seed=0)
    with pytest.raises(RuntimeError):
        fitting.fit(compiled, "it", [torch.zeros(2, 3, 5)], lambda done, total: None)
    assert not probes.hooks_left(compiled.module)
    assert compiled.module.training
