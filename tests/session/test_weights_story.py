"""The story of the weights: where they come from, what an edit cost, states to go back to."""

from __future__ import annotations

import pytest
from paper_engine import Paper

from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings
from explorer.session.kept_states import KEPT_BY_ITSELF
from explorer.session.origin import Origin, as_setting, from_setting


@pytest.fixture
def paper() -> Paper:
    made = Paper()
    made.run()
    return made


def train(paper: Paper, accuracy: float = 0.976, name: str = "r") -> None:
    paper.session.train(TrainSettings(dataset="spirals", seed=2))
    started = events.RunStarted(
        run=name, dataset="spirals", device="cpu", steps_per_epoch=1, epochs=5, step=0, epoch=0
    )
    paper.answer(requests.Train, started)
    paper.session.hear(
        events.RunEpoch(run=name, epoch=5, step=5, loss=0.1, metrics={"accuracy": accuracy, "top3": 1.0})
    )
    paper.session.hear(
        events.RunEnded(
            run=name,
            reason="done",
            message="",
            step=5,
            epoch=5,
            loss=0.1,
            metrics={"accuracy": accuracy},
            seconds=1.0,
        )
    )


def test_it_begins_with_a_seed(paper: Paper) -> None:
    assert paper.session.weights.origin.sentence == "Untrained · seed 0"
    assert not paper.session.weights.is_unsaved


def test_a_run_is_told_with_epoch_and_figure(paper: Paper) -> None:
    train(paper)
    weights = paper.session.weights
    assert weights.origin.sentence.replace("\u00a0", " ") == "Trained · run 1, epoch 5 · 97.6 %"
    assert weights.is_unsaved
    assert [state.title for state in weights.states] == ["run 1"]
    assert "seed 2" in weights.states[0].how


def test_an_edit_that_costs_something_says_what_and_keeps_the_state_before(paper: Paper) -> None:
    train(paper)
    paper.edit("features", 40)
    carried = events.Carried("fc1", 96, 120, "32 of 40 outputs kept")
    paper.load(kept=("fc3",), partly=(carried,), fresh=("fc2",))
    weights = paper.session.weights
    assert weights.origin.title == "Trained, partly new"
    assert weights.origin.figure is None
    assert weights.marks == {"fc1": "partly", "fc2": "new"}
    assert weights.last_edit is not None
    assert weights.last_edit.before.figure == 0.976
    assert weights.states[0].title == "before “Set features of fc1”"
    assert paper.link.all(requests.KeepState)[-1].name == "live"


def test_starting_anew_and_back_to_what_fitted(paper: Paper) -> None:
    train(paper)
    paper.edit("features", 40)
    paper.load(partly=(events.Carried("fc1", 96, 120, "32 of 40 outputs kept"),))
    weights = paper.session.weights
    assert weights.is_fitted
    weights.refit(False, ("fc1",))
    paper.answer(requests.ResetWeights, events.WeightsChanged(digest="new", fresh=("fc1",)))
    assert (weights.is_fitted, weights.marks) == (False, {"fc1": "new"})
    assert weights.last_edit is not None
    weights.refit(False, ("fc1",))
    assert len(paper.link.all(requests.ResetWeights)) == 1
    weights.refit(True, ("fc1",))
    name = paper.link.all(requests.UseState)[-1].name
    paper.answer(requests.UseState, events.WeightsChanged(name=name, digest="fits"))
    assert (weights.is_fitted, weights.marks) == (True, {"fc1": "partly"})
    assert weights.last_edit is not None


def test_undo_brings_the_story_back(paper: Paper) -> None:
    train(paper)
    before = paper.session.weights.origin
    paper.edit("features", 40)
    paper.load(partly=(events.Carried("fc1", 1, 2, "half"),))
    paper.session.workspace.history.undo()
    paper.session.follow()
    paper.load(restored=True, kept=("fc1",))
    weights = paper.session.weights
    assert weights.origin == before
    assert weights.marks == {}
    assert weights.last_edit is None


def test_an_edit_that_costs_nothing_changes_no_story(paper: Paper) -> None:
    train(paper)
    before = paper.session.weights.origin
    paper.edit("features", 40)
    paper.load(kept=("fc1", "fc2", "fc3"))
    assert paper.session.weights.origin == before


def test_going_back_to_a_state_brings_its_design_in_one_undo_step(paper: Paper) -> None:
    train(paper)
    name = paper.session.weights.states[0].name
    paper.edit("features", 40)
    paper.load(partly=(events.Carried("fc1", 1, 2, "half"),))
    changed = paper.session.workspace.document.copy()
    paper.session.go_to(name)
    paper.session.follow()
    load = paper.link.last(requests.Load)
    assert (load.restore, load.exact) == (name, True)
    paper.load(restored=True)
    assert paper.session.weights.origin.figure == 0.976
    fields = paper.session.workspace.document.root["fc1"].fields
    assert fields.get("features") != 40
    paper.session.workspace.history.undo()
    assert paper.session.workspace.document.same_as(changed)


def test_going_back_within_the_same_design_needs_no_edit(paper: Paper) -> None:
    train(paper)
    train(paper, 0.5, "s")
    state = paper.session.weights.states[-1]
    undo = paper.session.workspace.history.undo_title
    paper.session.go_to(state.name)
    paper.answer(requests.UseState, events.WeightsChanged(digest="x", name=state.name))
    assert paper.session.weights.origin.figure == 0.976
    assert paper.session.workspace.history.undo_title == undo


def test_new_weights_of_a_run_never_throw_trained_ones_away(paper: Paper) -> None:
    train(paper)
    paper.session.train(TrainSettings(dataset="spirals", fresh=True))
    kept = [request.name for request in paper.link.all(requests.KeepState)]
    train_at = paper.link.sent.index(paper.link.last(requests.Train))
    last_kept = max(n for n, r in enumerate(paper.link.sent) if isinstance(r, requests.KeepState))
    assert last_kept < train_at
    assert paper.session.weights.states[0].title == "before the run"
    assert kept[-1] == paper.session.weights.states[0].name


def test_only_the_last_states_are_kept_by_themselves_and_named_ones_stay(paper: Paper) -> None:
    train(paper)
    weights = paper.session.weights
    mine = weights.keep("before widening")
    for number in range(2 * KEPT_BY_ITSELF):
        weights.keep(f"run {number}", named=False)
    titles = [state.title for state in weights.states]
    assert "before widening" in titles
    assert sum(not state.is_named for state in weights.states) == KEPT_BY_ITSELF
    weights.rename(mine.name, "wide")
    assert "wide" in [state.title for state in weights.states]
    weights.forget([mine.name])
    assert paper.link.last(requests.DropStates).names == (mine.name,)


def test_a_new_seed_keeps_what_was_trained(paper: Paper) -> None:
    train(paper)
    weights = paper.session.weights
    weights.reset(7)
    assert weights.states[0].title == "before another seed"
    # the engine names every layer that it has drawn anew, here all of them
    paper.answer(requests.ResetWeights, events.WeightsChanged(digest="y", fresh=("conv1", "fc1")))
    assert weights.origin.sentence == "Untrained · seed 7"
    assert weights.marks == {}


@pytest.mark.parametrize(
    "origin",
    [
        Origin(),
        Origin("run", "run 3, epoch 5", 0.976),
        Origin("published", "resnet18.pth"),
        Origin("run", "run 1", 12.5, "distance"),
    ],
)
def test_the_story_survives_a_file(origin: Origin) -> None:
    assert from_setting(as_setting(origin), "file") == origin


@pytest.mark.parametrize("value", [None, "x", ("run",), ("magic", "a", "b", 1.0), ("run", 1, "b", 0.5)])
def test_a_story_that_makes_no_sense_is_left_out(value: object) -> None:
    assert from_setting(value, "file") == Origin("file", "")


def test_a_new_engine_without_the_weights_says_so(paper: Paper) -> None:
    train(paper)
    paper.session.engine_gone("signal 9")
    paper.ready()
    paper.load(restored=False)
    assert paper.session.weights.origin.sentence == "Untrained · seed 0"


def test_a_new_engine_that_found_them_goes_on(paper: Paper) -> None:
    train(paper)
    before = paper.session.weights.origin
    paper.session.engine_gone("signal 9")
    paper.ready()
    paper.load(restored=True)
    assert paper.session.weights.origin == before
