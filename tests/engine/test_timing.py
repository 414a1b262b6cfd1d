"""How long layers take: measured where they run, and looking changes nothing."""

from __future__ import annotations

import time

import pytest
import torch
from nets import chain, node, resolve
from torch import nn

from explorer.architectures.gallery import find
from explorer.engine import probes, timing
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.local import LocalEngine
from explorer.graph import operations
from explorer.graph.document import Document
from explorer.graph.edits import SetFlag
from explorer.graph.sharing import Place, place_of
from explorer.protocol import events, requests
from explorer.protocol.records import Sample


class Sleepy(nn.Module):
    """Takes at least so long."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        time.sleep(self.seconds)
        return x


class Twice(nn.Module):
    """Runs one layer two times, and another once."""

    def __init__(self) -> None:
        super().__init__()
        self.short, self.long, self.norm = Sleepy(0.002), Sleepy(0.008), nn.BatchNorm1d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.short(self.long(self.short(x))))


PLACES = {"short": Place("short"), "long": Place("long"), "norm": Place("norm")}


def test_each_layer_has_its_time_and_runs_are_added_up() -> None:
    module = Twice()
    found, whole, passes = timing.measure(module, [torch.zeros(2, 3)], PLACES, 4, 60.0)
    assert passes == 4
    assert 0.004 <= found["short"] < 0.008 <= found["long"] < 0.02
    assert found["norm"] < 0.002
    assert 0.012 <= whole < 0.03


def test_runs_of_shared_weights_are_told_apart() -> None:
    module = Twice()
    places = {"first": Place("short", 0, 2), "second": Place("short", 1, 2)}
    found, _, _ = timing.measure(module, [torch.zeros(2, 3)], places, 3, 60.0)
    assert all(0.002 <= found[name] < 0.004 for name in places)


def test_looking_changes_nothing_even_when_it_fails() -> None:
    module = Twice().train()
    state = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(3)
    generator = torch.random.get_rng_state()
    calls = 0

    def give_up() -> None:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise KeyboardInterrupt

    timing.measure(module, [torch.ones(2, 3)], PLACES, 3, 60.0)
    with pytest.raises(KeyboardInterrupt):
        timing.measure(module, [torch.ones(2, 3)], PLACES, 3, 60.0, give_up)
    with pytest.raises(RuntimeError):
        timing.measure(module, [torch.ones(2, 7)], PLACES, 3, 60.0)
    assert not probes.hooks_left(module)
    assert all(torch.equal(state[name], value) for name, value in module.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), generator)
    assert all(child.training for child in module.modules())


def test_no_pass_begins_after_the_time_is_over() -> None:
    _, _, passes = timing.measure(Twice(), [torch.zeros(2, 3)], PLACES, 1000, 0.0)
    assert passes == timing.LEAST


def timed(document: Document) -> events.Timed:
    answer = LocalEngine(document).ask(requests.Time(sample=Sample(), passes=3))
    assert isinstance(answer, events.Timed)
    return answer


@pytest.mark.parametrize("name", ["lenet5_modern", "vit_mnist", "deep_bilstm_2x"])
def test_every_layer_of_a_network_has_a_time(name: str) -> None:
    document = find(name).build()
    answer = timed(document)
    flow = LocalEngine(document).flow
    assert set(answer.addresses) == {address for address, _ in flow.walk()}
    assert all(seconds > 0 for seconds in answer.seconds)
    assert answer.device == "cpu"
    assert answer.whole > 0


def test_what_is_passed_through_has_none_and_what_is_shared_has_one_each() -> None:
    document = find("lenet5_modern").build()
    document.apply(SetFlag("relu1", "muted", True))
    answer = timed(document)
    assert "relu1" not in answer.addresses
    net = chain((4,), node("a", "linear", features=4), node("b", "linear", features=4))
    net.apply(operations.share(net, ["a", "b"]))
    made: Compiled = compile_flow(resolve(net), "n", torch.device("cpu"), seed=0)
    places = {name: place_of(made.flow, name) for name in ("a", "b")}
    found, _, _ = timing.measure(made.module, [torch.zeros(1, 4)], places, 3, 1.0)
    assert set(found) == {"a", "b"}
