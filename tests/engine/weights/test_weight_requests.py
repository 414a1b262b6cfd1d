"""What the program asks about weights: keep, go back, forget, draw anew, measure, save and load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from nets import SMALL, chain, node
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from weight_desk import Desk, compiled, learned, same

from explorer import protocol
from explorer.architectures.gallery import find
from explorer.engine.data.dataset import Dataset
from explorer.engine.jobs import GivenUp
from explorer.engine.state import ActiveRun, RequestProblem
from explorer.engine.training.loop import TrainingRun
from explorer.engine.weights.content import digest_of, hash_of
from explorer.engine.weights.files import read, write
from explorer.engine.weights.live import LiveWeights
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings
from explorer.resources import weights_file

CPU = torch.device("cpu")
IRIS = chain(
    (4,), node("fc1", "linear", features=8), node("norm", "batch_norm"), node("fc2", "linear", features=3)
)


def digest(desk: Desk) -> str:
    return desk.engine.model().weights.digest


def refused(desk: Desk, request: requests.Request) -> str:
    """The sentence with which a request is refused, and nothing has changed."""
    before = digest(desk)
    with pytest.raises(RequestProblem) as caught:
        desk.ask(request)
    assert digest(desk) == before
    return str(caught.value)


# states


def test_a_state_is_kept_and_taken_back() -> None:
    desk = learned(SMALL.copy())
    first, answers = digest(desk), desk.answers()
    kept = desk.ask(requests.KeepState(name="before"))
    size = sum(tensor.numel() * 4 for tensor in desk.tensors().values())
    assert kept == events.StateKept(name="before", digest=first, size=size)
    desk.learn(7)
    assert digest(desk) != first
    changed = desk.ask(requests.UseState(name="before"))
    assert isinstance(changed, events.WeightsChanged)
    assert (changed.digest, changed.name, changed.fresh) == (first, "before", ())
    assert same(desk.answers(), answers)
    desk.learn(8)
    assert desk.ask(requests.UseState(name="before")).digest == first  # what is live is a copy
    assert desk.ask(requests.DropStates(names=("before", "nobody"))) == events.StatesDropped(
        names=("before",)
    )
    assert refused(desk, requests.UseState(name="before")) == "No weights are kept under “before”."


def test_what_an_edit_left_is_kept_for_good_when_it_gets_a_name() -> None:
    desk = learned(SMALL.copy())
    first = digest(desk)
    desk.edit(e.SetField("conv1", "filters", 5))
    kept = desk.ask(requests.KeepState(name="h0", of="h0"))
    assert isinstance(kept, events.StateKept)
    assert (kept.name, kept.digest) == ("h0", first)
    desk.ask(requests.KeepState(name="before", of="h0"))
    states = [desk.engine.store.state(name) for name in ("h0", "before")]
    assert [state.passing for state in states if state is not None] == [False, False]
    assert "kept under “h9”" in refused(desk, requests.KeepState(name="x", of="h9"))


def test_weights_of_another_form_are_refused_in_words() -> None:
    desk = learned(SMALL.copy())
    desk.ask(requests.KeepState(name="before"))
    desk.edit(e.SetField("conv1", "filters", 6))
    words = refused(desk, requests.UseState(name="before"))
    assert words.startswith("“before” holds weights of another form of this design: ")
    assert "conv1.weight is 4×1×3×3 there and 6×1×3×3 here" in words
    desk.undo()
    desk.edit(e.SetField("fc1", "bias", False))
    assert "fc1.bias is not in the design" in refused(desk, requests.UseState(name="before"))
    assert "fc1.bias is not among them" in _without_bias(desk)


def _without_bias(desk: Desk) -> str:
    desk.ask(requests.KeepState(name="bare"))
    desk.undo()
    return refused(desk, requests.UseState(name="bare"))


def test_leaving_a_design_is_told_before_it_is_loaded() -> None:
    desk = learned(SMALL.copy())
    desk.heard.clear()
    desk.edit(e.SetTitle("conv1", "stem"))
    kept, loaded = desk.heard
    assert isinstance(kept, events.StateKept)
    assert isinstance(loaded, events.Loaded)
    assert (kept.name, kept.digest) == ("h0", loaded.digest)
    assert loaded.kept == ("conv1", "fc1")
    assert not loaded.restored


def test_what_finds_no_room_is_not_kept_and_the_edit_goes_on() -> None:
    desk = learned(SMALL.copy())
    desk.engine.store._room = 10
    desk.heard.clear()
    desk.edit(e.SetTitle("conv1", "stem"))
    assert [type(event) for event in desk.heard] == [events.Loaded]
    assert "no room for “mine”" in refused(desk, requests.KeepState(name="mine"))


# drawing anew


def test_all_weights_are_drawn_anew() -> None:
    desk = learned(SMALL.copy())
    changed = desk.ask(requests.ResetWeights(seed=4))
    assert isinstance(changed, events.WeightsChanged)
    assert changed.fresh == ("conv1", "fc1")
    assert changed.digest == LiveWeights(compiled(SMALL, seed=4).module).digest


def test_weights_of_some_nodes_are_drawn_anew_as_in_the_whole() -> None:
    desk = learned(SMALL.copy())
    desk.edit(operations.group(desk.document, ["conv1", "relu1"], name="part")[0])
    before = desk.tensors()
    changed = desk.ask(requests.ResetWeights(seed=4, addresses=("part",)))
    assert changed.fresh == ("part.conv1",)
    whole = compiled(desk.document, seed=4).module.state_dict()
    for name, value in desk.tensors().items():
        assert torch.equal(value, (whole if name.startswith("part.") else before)[name])
    assert "no layer at “nobody”" in refused(desk, requests.ResetWeights(addresses=("nobody",)))


def test_what_shares_is_drawn_anew_once() -> None:
    layers = [node(name, "linear", features=4) for name in ("a", "b")]
    document = chain((4,), *layers)
    document.apply(operations.share(document, ["a", "b"]))
    desk = learned(document)
    assert desk.ask(requests.ResetWeights(seed=1, addresses=("a", "b"))).fresh == ("a",)


def test_while_training_goes_on_weights_are_kept_but_not_changed() -> None:
    desk = learned(IRIS.copy())
    module = desk.engine.model().module
    run = TrainingRun("run", module, desk.engine.dataset("iris"), TrainSettings(dataset="iris"), CPU)
    desk.engine.active = ActiveRun(run, job=1, revision=1)
    steps = run.steps()
    next(steps)
    kept = desk.ask(requests.KeepState(name="after one"))
    assert isinstance(kept, events.StateKept)
    state = desk.engine.store.state("after one")
    assert state is not None
    assert state.step == 1
    for request in (requests.UseState(name="after one"), requests.ResetWeights()):
        assert "Training is running" in refused(desk, request)
    next(steps)
    desk.engine.active = None
    desk.ask(requests.UseState(name="after one"))
    assert digest(desk) == kept.digest
    assert desk.engine.step == 1


# measuring


def test_the_figures_are_those_of_the_run() -> None:
    desk = learned(find("lenet5_modern").build((1, 28, 28)))
    desk.ask(requests.LoadWeights(path=weights_file("lenet5_modern")))
    desk.heard.clear()
    measured = desk.ask(requests.Evaluate(dataset="mnist5k"))
    assert isinstance(measured, events.Evaluated)
    assert measured.samples == 1000
    assert measured.digest == digest(desk)
    assert measured.figures["accuracy"] > 0.98
    data = desk.engine.dataset("mnist5k")
    run = TrainingRun("run", desk.engine.model().module, data, TrainSettings(), CPU)
    loss, metrics = run.validate()
    assert measured.figures == pytest.approx({**metrics, "loss": loss})
    progress = [event for event in desk.heard if isinstance(event, events.Progress)]
    assert [event.done for event in progress] == [0, 512]
    assert {event.total for event in progress} == {1000}


def test_predicted_numbers_are_measured_by_their_distance() -> None:
    desk = learned(chain((2,), node("fc1", "linear", features=1)))
    x = np.arange(20, dtype=np.float32).reshape(10, 2)
    desk.engine._data["sums"] = Dataset("sums", "Sums", x, x.sum(1), (), ("D",), 4, "CC0", "made here")
    measured = desk.ask(requests.Evaluate(dataset="sums"))
    assert isinstance(measured, events.Evaluated)
    layer = desk.engine.model().module.fc1
    with torch.no_grad():
        off = layer(torch.as_tensor(x[6:]))[:, 0] - torch.as_tensor(x[6:].sum(1))
    wanted = {"loss": float(off.square().mean()), "distance": float(off.abs().mean())}
    assert measured.figures == pytest.approx(wanted)
    assert measured.samples == 4


def test_measuring_is_given_up_when_asked_and_leaves_no_trace() -> None:
    desk = learned(find("lenet5_modern").build((1, 28, 28)))
    before, heard = digest(desk), desk.heard

    def hear(event: events.Event) -> None:
        heard.append(event)
        desk.engine.jobs.cancel(9)

    desk.engine.emit = hear
    desk.engine.jobs.arrived(9)
    with pytest.raises(GivenUp):
        desk.ask(requests.Evaluate(dataset="mnist5k", job=9))
    assert digest(desk) == before
    assert all(child.training for child in desk.engine.model().module.modules())


def test_data_that_do_not_fit_are_refused() -> None:
    desk = learned(SMALL.copy())
    assert "1×28×28" in refused(desk, requests.Evaluate(dataset="mnist5k"))


# files


def test_a_file_holds_everything_and_its_name_by_content(tmp_path: Path) -> None:
    desk = learned(find("resnet_small").build())
    path = str(tmp_path / "w.safetensors")
    saved = desk.ask(requests.SaveWeights(path=path))
    assert saved == events.WeightsSaved(path=path, digest=digest(desk))
    with safe_open(path, framework="pt") as file:
        assert file.metadata()["digest"] == digest(desk)
    held = load_file(path)
    assert digest_of({name: hash_of(value) for name, value in held.items()}) == digest(desk)
    other = Desk(find("resnet_small").build())
    loaded = other.ask(requests.LoadWeights(path=path, digest=digest(desk)))
    assert isinstance(loaded, events.WeightsLoaded)
    assert (loaded.problems, loaded.digest) == ((), digest(desk))
    assert same(other.answers(), desk.answers())


def test_a_kept_state_is_written(tmp_path: Path) -> None:
    desk = learned(SMALL.copy())
    kept = desk.ask(requests.KeepState(name="best"))
    tensors = desk.tensors()
    desk.learn(9)
    path = str(tmp_path / "best.safetensors")
    saved = desk.ask(requests.SaveWeights(path=path, state="best"))
    assert saved.digest == kept.digest
    assert all(torch.equal(value, tensors[name]) for name, value in load_file(path).items())
    assert "kept under “worst”" in refused(desk, requests.SaveWeights(path=path, state="worst"))


def test_a_file_with_other_content_is_refused(tmp_path: Path) -> None:
    desk = learned(SMALL.copy())
    path = str(tmp_path / "w.safetensors")
    saved = desk.ask(requests.SaveWeights(path=path))
    held = load_file(path)
    held["fc1.bias"][0] += 1
    save_file(held, path, {"digest": saved.digest})
    words = refused(desk, requests.LoadWeights(path=path, digest=saved.digest))
    assert words.startswith("w.safetensors holds other weights than the design was saved with")
    assert "Nothing was loaded" in words
    assert not desk.ask(requests.LoadWeights(path=path)).problems


def test_muted_layers_are_saved_and_come_back(tmp_path: Path) -> None:
    layers = [node("a", "conv2d", filters=2, kernel=1), node("b", "conv2d", filters=2, kernel=1)]
    desk = learned(chain((2, 4, 4), *layers))
    answers = desk.answers()
    desk.edit(e.SetFlag("a", "muted", True))
    path = str(tmp_path / "w.safetensors")
    saved = desk.ask(requests.SaveWeights(path=path))
    again = Desk(desk.document.copy())
    loaded = again.ask(requests.LoadWeights(path=path, digest=saved.digest))
    assert (loaded.matched, loaded.problems) == (("b.weight", "b.bias"), ())
    assert loaded.digest == saved.digest
    again.edit(e.SetFlag("a", "muted", False))
    assert same(again.answers(), answers)


def test_every_kind_of_number_travels_as_it_is(tmp_path: Path) -> None:
    kinds = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32]
    tensors = {str(kind): (torch.randn(3, 4) * 50).to(kind) for kind in kinds}
    tensors |= {str(kind): (torch.rand(5) * 9).to(kind) for kind in (torch.int16, torch.int8, torch.uint8)}
    tensors |= {"bool": torch.rand(7) > 0.5, "scalar": torch.tensor(5), "empty": torch.zeros(0, 3)}
    tensors["turned"] = torch.randn(4, 3).T
    tensors["part"] = torch.randn(100)[10:20]
    tensors["again"] = tensors["part"]
    tensors["nan"] = torch.tensor([float("nan"), float("inf"), -0.0])
    write(tensors, tmp_path / "w", "name")
    found = read(tmp_path / "w", tensors)
    assert {n: hash_of(t) for n, t in found.items()} == {n: hash_of(t) for n, t in tensors.items()}


FRESH = """
import sys
sys.path[:0] = sys.argv[1:3]
import torch
from test_weight_requests import network
from weight_desk import Desk
from explorer.protocol import requests
desk = Desk(network())
loaded = desk.ask(requests.LoadWeights(path=sys.argv[3], digest=sys.argv[4]))
assert not loaded.problems
print(loaded.digest)
print(repr([answer.tolist() for answer in desk.answers()]))
"""


def network():
    """Convolutions, norms, recurrent layers and a layer that is fitted."""
    return find("resnet_small").build()


def test_a_fresh_process_gives_the_same_answers(tmp_path: Path) -> None:
    desk = learned(network())
    path = str(tmp_path / "w.safetensors")
    saved = desk.ask(requests.SaveWeights(path=path))
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(here), str(here.parents[1]), path, saved.digest],
        check=True,
        capture_output=True,
        text=True,
    )
    name, answers = done.stdout.splitlines()
    assert name == saved.digest
    assert answers == repr([answer.tolist() for answer in desk.answers()])


# the next engine


def test_the_next_engine_finds_what_was_kept(tmp_path: Path) -> None:
    desk = Desk(SMALL.copy(), str(tmp_path))
    assert desk.heard[0].states == ()
    desk.learn(3)
    desk.ask(requests.KeepState(name="best"))
    answers = desk.answers()
    desk.edit(e.SetField("conv1", "filters", 5))
    desk.learn(4)
    desk.undo()
    desk.engine.store.close()
    again = Desk(SMALL.copy(), str(tmp_path))
    ready, loaded = again.heard
    assert ready.states == ("best", "h0", "h1")
    assert loaded.restored  # its driver asks for h0
    assert same(again.answers(), answers)
    again.learn(5)
    again.ask(requests.UseState(name="best"))
    assert same(again.answers(), answers)
    again.engine.store.close()


def test_a_folder_of_no_use_is_told_and_memory_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = learned(SMALL.copy())
    ready = desk.ask(requests.Hello(version=protocol.VERSION, store=str(tmp_path / "file" / "kept")))
    assert isinstance(ready, events.Ready)
    assert "cannot be kept in" in ready.trouble
    assert isinstance(desk.ask(requests.KeepState(name="best")), events.StateKept)
