"""Training: the same seed the same curve, resuming equals not stopping, wrong settings in words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from full_disk import full_disk
from nets import chain, design, node, resolve

from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.data.dataset import Dataset
from explorer.engine.server import Server
from explorer.engine.state import ActiveRun
from explorer.engine.training import checkpoint
from explorer.engine.training.checkpoint import CheckpointProblem
from explorer.engine.training.loop import Diverged, TrainingRun, refuse_misfit
from explorer.engine.training.losses import SettingProblem
from explorer.graph import files
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings

CPU = torch.device("cpu")
NET = chain(
    (4,),
    node("fc1", "linear", features=16),
    node("norm1", "batch_norm"),
    node("drop1", "dropout", p=0.3),
    node("relu1", "relu"),
    node("fc2", "linear", features=3),
)
IRIS = load("iris")


def training(**settings: Any) -> TrainingRun:
    """A fresh run on iris; the model's weights come from seed 1."""
    module = compile_flow(resolve(NET), "n", CPU, seed=1).module
    return TrainingRun(
        "run",
        module,
        IRIS,
        TrainSettings(**{"dataset": "iris", "batch": 16, "epochs": 4, "rate": 1e-2, **settings}),
        CPU,
    )


def losses(run: TrainingRun, steps: int | None = None) -> list[float]:
    """Train (that many steps) and return the curve."""
    made = []
    for number, _ in enumerate(run.steps(), 1):
        made += run.progress.take()[1].tolist()
        if number == steps:
            break
    return made


def weights(run: TrainingRun) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in run.module.state_dict().items()}


def equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_the_same_seed_gives_the_same_curve() -> None:
    one = training(seed=3)
    first = losses(one)
    torch.rand(5)
    two = training(seed=3)
    assert losses(two) == first
    assert equal(weights(one), weights(two))
    assert losses(training(seed=4)) != first
    assert len(first) == 4 * one.steps_per_epoch


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("steps", [1, 5, 8, 16, 19])
def test_a_resumed_run_equals_the_unbroken_one(optimiser: str, steps: int, tmp_path: Path) -> None:
    unbroken = training(optimiser=optimiser, decay=1e-4)
    whole = losses(unbroken)
    broken = training(optimiser=optimiser, decay=1e-4, directory=str(tmp_path))
    head = losses(broken, steps)
    broken.keep()
    losses(broken, 2)  # what came after the checkpoint is lost
    torch.rand(3)
    resumed = training(optimiser=optimiser, decay=1e-4, directory=str(tmp_path), resume=True)
    assert resumed.progress.step == steps
    tail = losses(resumed)
    assert head + tail == whole
    assert equal(weights(resumed), weights(unbroken))


def test_epochs_are_summed_up_and_the_held_out_part_is_never_trained_on() -> None:
    run = training(epochs=3)
    figures = [found for found in run.steps() if found is not None]
    assert [found.epoch for found in figures] == [1, 2, 3]
    assert figures[-1].step == 3 * run.steps_per_epoch
    assert figures[-1].loss == pytest.approx(run.validate()[0])
    assert set(figures[-1].metrics) == {"accuracy", "top3"}
    assert 0 <= figures[-1].metrics["accuracy"] <= figures[-1].metrics["top3"] <= 1
    train, held_out = IRIS.split(None, 0)
    order = run._order(2).tolist()
    assert sorted(order) == train.tolist()
    assert not set(order) & set(held_out.tolist())
    assert run.module.training


def test_vanishing_numbers_are_zero_while_training_and_only_then() -> None:
    """Shut gates leave them, and a processor takes several times as long for each."""
    run, seen = training(), []
    tiny = torch.full((8,), 2e-38)
    run.module.register_forward_pre_hook(lambda *_: seen.append(bool((tiny * 0.01).any())))
    next(run.steps())
    assert seen == [False]
    assert (tiny * 0.01).any()


def test_frozen_layers_do_not_move() -> None:
    document = NET.copy()
    from explorer.graph.edits import SetFlag

    document.apply(SetFlag("fc1", "frozen", True))
    module = compile_flow(resolve(document), "n", CPU, seed=1).module
    run = TrainingRun("run", module, IRIS, TrainSettings(dataset="iris", epochs=1), CPU)
    before = weights(run)
    losses(run)
    after = weights(run)
    assert torch.equal(before["fc1.weight"], after["fc1.weight"])
    assert not torch.equal(before["fc2.weight"], after["fc2.weight"])
    document.apply(SetFlag("fc2", "frozen", True))
    document.apply(SetFlag("norm1", "frozen", True))
    with pytest.raises(SettingProblem, match="nothing to train"):
        TrainingRun(
            "run", compile_flow(resolve(document), "n", CPU).module, IRIS, TrainSettings(dataset="iris"), CPU
        )


def test_a_loss_that_is_no_number_ends_with_a_sentence() -> None:
    run = training(rate=1e6, optimiser="sgd", epochs=50)
    run.module.norm1 = torch.nn.Identity()
    with pytest.raises(Diverged, match=r"since step \d+\. Try a learning rate of 100000 instead of 1e\+06\."):
        for _ in run.steps():
            pass


def test_no_checkpoint_of_a_diverged_model(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 2)
    run.keep()
    run.progress.losses.append(torch.tensor(float("nan")))
    with pytest.raises(Diverged):
        run.keep()
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000002"]


def regression() -> Dataset:
    x = np.linspace(-1, 1, 60, dtype=np.float32)[:, None]
    return Dataset("line", "Line", x, (2 * x[:, 0]).astype(np.float32), (), ("D",), 10, "none", "test")


def test_regression() -> None:
    flow = resolve(chain((1,), node("fc1", "linear", features=1)))
    refuse_misfit(flow, regression())
    module = compile_flow(flow, "n", CPU, seed=1).module
    run = TrainingRun(
        "run", module, regression(), TrainSettings(loss="mse", epochs=60, rate=0.1, batch=10), CPU
    )
    assert losses(run)[-1] < 1e-3
    assert run.figures is not None
    assert set(run.figures.metrics) == {"distance"}
    with pytest.raises(SettingProblem, match="mse"):
        TrainingRun("run", module, regression(), TrainSettings(), CPU)


def test_squared_error_on_classes() -> None:
    curve = losses(training(loss="mse", epochs=20))
    assert sum(curve[-8:]) < sum(curve[:8]) / 2


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ("epochs", {"epochs": 0}),
        ("batch", {"batch": 151}),
        ("learning rate", {"rate": 0.0}),
        ("learning rate", {"rate": float("inf")}),
        ("momentum", {"momentum": 1.5}),
        ("weight decay", {"decay": float("nan")}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 2**40}),
        ("share", {"validation": 0.0}),
        ("share", {"validation": 1e-6}),
        ("sgd, adam", {"optimiser": "magic"}),
        ("mse", {"loss": "magic"}),
        ("no checkpoint", {"directory": "/nowhere/at/all", "resume": True}),
    ],
)
def test_bad_settings_in_words(words: str, settings: dict[str, Any]) -> None:
    with pytest.raises((SettingProblem, CheckpointProblem), match=words) as problem:
        training(**settings)
    assert str(problem.value).endswith(".")


def test_data_that_do_not_fit_in_words() -> None:
    two = design(
        [
            node("a", "input", shape=(4,)),
            node("b", "input", shape=(4,)),
            node("sum1", "add"),
            node("o", "output"),
        ],
        "a -> sum1.x1",
        "b -> sum1.x2",
        "sum1 -> o",
    )
    for document, words in (
        (two, "one input"),
        (chain((5,), node("fc1", "linear", features=3)), "input takes 5"),
        (chain((4,), node("fc1", "linear", features=2)), "3 classes"),
        (chain((4,), node("fc1", "relu")), "3 classes"),
    ):
        with pytest.raises(SettingProblem, match=words):
            refuse_misfit(resolve(document), IRIS)


# checkpoints


def test_only_the_newest_two_are_kept_and_nothing_torn(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    (tmp_path / ".writing-77").mkdir()
    for _ in range(4):
        losses(run, 1)
        run.keep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000003", "step-00000004"]


def test_a_torn_write_leaves_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    run.keep()
    kept = weights(run)
    losses(run, 2)

    def torn(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for broken in ("save_file", "_flatten"):
        monkeypatch.setattr(checkpoint, broken, torn)
        assert run.keep() is None
        assert "No space" in run.trouble
        monkeypatch.undo()
    resumed = training(directory=str(tmp_path), resume=True)
    assert resumed.progress.step == 3
    assert equal(weights(resumed), kept)


@pytest.mark.parametrize(
    "name", ["facts.json", "model.safetensors", "optimiser.safetensors", "optimiser.json"]
)
@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_damaged_checkpoints_are_refused_in_words(name: str, damage: bytes | None, tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    path = run.keep()
    assert path is not None
    (path / name).unlink() if damage is None else (path / name).write_bytes(damage)
    with pytest.raises(CheckpointProblem):
        training(directory=str(tmp_path), resume=True)


def test_a_checkpoint_of_another_design_is_refused(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 1)
    run.keep()
    module = compile_flow(resolve(chain((4,), node("fc1", "linear", features=3))), "n", CPU).module
    with pytest.raises(CheckpointProblem, match="does not fit"):
        TrainingRun(
            "run", module, IRIS, TrainSettings(dataset="iris", directory=str(tmp_path), resume=True), CPU
        )


def test_a_checkpoint_holds_plain_data_only(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 1)
    path = run.keep()
    assert path is not None
    assert sorted(file.suffix for file in path.iterdir()) == [
        ".json",
        ".json",
        ".safetensors",
        ".safetensors",
    ]
    assert json.loads((path / "facts.json").read_text())["step"] == 1


# the server's side of a run


class Desk:
    """A server without a process: its events in a list."""

    def __init__(self, **settings: Any) -> None:
        self.server = Server(io.BytesIO(), io.BytesIO())
        self.events: list[events.Event] = []
        self.server._emit = self.server.state.emit = self.events.append  # type: ignore[method-assign, assignment]
        self.ask(requests.Load(design=files.encode(NET)))
        given = TrainSettings(
            **{"dataset": "iris", "batch": 16, "epochs": 1_000, "device": "cpu", **settings}
        )
        self.ask(requests.Train(job=5, settings=given, paused=True))

    def ask(self, request: requests.Request) -> events.Event | None:
        self.events.clear()
        self.server._answer(request)
        return self.events[-1] if self.events else None

    @property
    def run(self) -> ActiveRun:
        assert self.server.state.active is not None
        return self.server.state.active

    def step(self, count: int) -> None:
        self.ask(requests.Step(count=count))
        while self.server.state.active is not None and self.run.budget:
            self.server._train_one_step()


@pytest.mark.parametrize("request_", [requests.Stop(), requests.Pause(), requests.Ack(number=1)], ids=repr)
def test_a_run_that_diverged_unseen_ends_as_diverged(request_: requests.Request, tmp_path: Path) -> None:
    desk = Desk(directory=str(tmp_path))
    desk.step(1)
    desk.run.run.progress.losses.append(torch.tensor(float("nan")))
    ended = desk.ask(request_)
    assert isinstance(ended, events.RunEnded)
    assert ended.reason == "diverged"
    assert not list(tmp_path.iterdir())
    assert desk.server.state.active is None


def test_the_rest_of_the_steps_follows_the_acknowledgement() -> None:
    desk = Desk()
    desk.step(1)
    assert [event.number for event in desk.events if isinstance(event, events.RunSteps)] == [1]
    desk.step(4)
    assert not [event for event in desk.events if isinstance(event, events.RunSteps)]
    rest = desk.ask(requests.Ack(number=1))
    assert isinstance(rest, events.RunSteps)
    assert (rest.first_step, len(rest.losses)) == (1, 4)


def test_memory_that_runs_out_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()

    def out(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(desk.run.run, "take_step", out)
    desk.step(1)
    ended = desk.events[-1]
    assert isinstance(ended, events.RunEnded)
    assert (ended.reason, "batch of 8 instead of 16" in ended.message) == ("failed", True)


def test_any_error_of_a_handler_is_told_and_the_engine_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(desk.server.state.compiled.module, "forward", None)  # type: ignore[union-attr]
    failed = desk.ask(requests.Tiles(job=9, sample=requests.Sample()))
    assert isinstance(failed, events.Failed)
    assert failed.message.startswith("Tiles could not be answered: ")
    assert "Traceback" in failed.details
    assert isinstance(desk.ask(requests.Source()), events.SourceText)


def test_a_cancelled_job_is_given_up() -> None:
    desk = Desk()
    desk.server.state.jobs.arrived(12)
    desk.server.state.jobs.cancel(12)
    assert isinstance(desk.ask(requests.Source(job=12)), events.Cancelled)
    assert isinstance(desk.ask(requests.Source(job=12)), events.SourceText)


# frozen, weighed, told


FROZEN = chain(
    (4,),
    node("fc1", "linear", features=8),
    node("norm1", "batch_norm"),
    node("relu1", "relu"),
    node("fc2", "linear", features=3),
)


def test_frozen_keeps_statistics_too_and_the_rest_learns():
    flow = resolve(FROZEN)
    module = compile_flow(flow, "n", CPU, seed=1).module
    module.fc1.requires_grad_(False)
    module.norm1.requires_grad_(False)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    settings = TrainSettings(dataset="iris", batch=16, epochs=2, rate=1e-2)
    run = TrainingRun("run", module, IRIS, settings, CPU, frozen=("fc1", "norm1"))
    for _ in run.steps():
        pass
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith("fc2"), name
    run = TrainingRun("run", module, IRIS, settings, CPU)
    for _ in run.steps():
        pass
    assert int(module.norm1.num_batches_tracked) > 0  # without the word, statistics follow the batches


def test_epoch_figures_count_every_sample_alike():
    run = training(batch=89, epochs=1, validation=0.4)  # 90 train: a batch of 89 and one of a single sample
    run.module.norm1.eval()  # a single value has no spread
    run.module.norm1.train = lambda mode=True: run.module.norm1
    figures = next(found for found in run.steps() if found is not None)
    _, steps, metrics = run.progress.take()
    sizes = run.samples_in(0, len(steps))
    assert sizes.tolist() == [89, 1]
    assert figures.train_loss == pytest.approx(float((steps * sizes).sum() / 90), rel=1e-6)
    right = float((metrics["accuracy"] * sizes).sum() / 90)
    assert figures.train_metrics["accuracy"] == pytest.approx(right, rel=1e-6)
    assert figures.train_loss != pytest.approx(float(steps.mean()), rel=1e-6)


def test_the_server_tells_the_end_of_an_epoch() -> None:
    desk = Desk(batch=40)
    desk.step(5)
    told = [event for event in desk.events if isinstance(event, events.RunEpoch)]
    assert [(event.epoch, event.step) for event in told] == [(1, desk.run.run.steps_per_epoch)]
    assert 0 <= told[0].metrics["accuracy"] <= 1


def test_a_checkpoint_is_told_after_every_step_it_holds(tmp_path: Path) -> None:
    desk = Desk(directory=str(tmp_path))
    desk.step(1)  # its report is not acknowledged: the window is busy
    desk.step(4)
    desk.ask(requests.Pause())
    told = [event for event in desk.events if isinstance(event, events.RunSteps | events.Checkpointed)]
    assert isinstance(told[0], events.RunSteps)
    assert told[0].first_step + len(told[0].losses) == 5
    assert isinstance(told[1], events.Checkpointed)
    assert told[1].step == 5


def test_the_newest_whole_checkpoint_is_taken_when_the_newest_is_damaged(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    run.keep()
    kept = weights(run)
    losses(run, 2)
    path = run.keep()
    assert path is not None
    (path / "optimiser.safetensors").write_bytes(b"torn")
    resumed = training(directory=str(tmp_path), resume=True)
    assert resumed.progress.step == 3
    assert equal(weights(resumed), kept)


@pytest.mark.parametrize("name", ["optimiser.safetensors", "optimiser.json"])
def test_a_checkpoint_torn_behind_the_model_changes_nothing(name: str, tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    path = run.keep()
    assert path is not None
    (path / name).write_bytes((path / name).read_bytes()[:-20])
    other = training()
    before, state = weights(other), torch.random.get_rng_state()
    with pytest.raises(CheckpointProblem):
        checkpoint.restore(path, other.module, other.optimiser)
    assert equal(weights(other), before)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert losses(other) == losses(training())


@pytest.mark.parametrize(
    "facts",
    [
        {"step": -1},
        {"step": 10**18},
        {"step": 10**30},
        {"epoch": -1},
        {"step": 3, "epoch": 3},
        {"seconds": -1.0},
    ],
    ids=str,
)
def test_places_where_no_run_can_be_are_refused(facts: dict[str, Any], tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    path = run.keep()
    assert path is not None
    told = json.loads((path / "facts.json").read_text())
    (path / "facts.json").write_text(json.dumps({**told, **facts}))
    with pytest.raises(CheckpointProblem, match="The checkpoint step-00000003"):
        training(directory=str(tmp_path), resume=True)


def test_averages_of_another_size_are_refused_before_the_next_step_trips_over_them(tmp_path: Path) -> None:
    run = training(optimiser="adam", directory=str(tmp_path))
    losses(run, 3)
    path = run.keep()
    assert path is not None
    from safetensors.torch import load_file, save_file

    held = load_file(path / "optimiser.safetensors")
    save_file({**held, "0.exp_avg": torch.zeros(7)}, path / "optimiser.safetensors")
    with pytest.raises(CheckpointProblem, match="another size"):
        training(optimiser="adam", directory=str(tmp_path), resume=True)


def test_a_full_disk_costs_the_checkpoint_and_not_the_run(tmp_path: Path) -> None:
    run = training(directory=str(tmp_path))
    losses(run, 3)
    kept = run.keep()
    losses(run, 2)
    with full_disk(200):
        assert run.keep() is None
    assert "No checkpoint of step 5" in run.trouble
    assert [path.name for path in tmp_path.iterdir()] == [kept.name if kept else ""]
    losses(run, 1)
    assert run.keep() is not None
    assert run.trouble == ""
