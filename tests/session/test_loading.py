"""The engine follows the design; weights follow the history."""

from __future__ import annotations

import pytest
from paper_engine import Paper

from explorer.graph.edits import Disconnect, Move, Rename
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings
from explorer.session.loading import LIVE


@pytest.fixture
def paper() -> Paper:
    made = Paper()
    made.run()
    return made


def loads(paper: Paper) -> list[requests.Load]:
    return paper.link.all(requests.Load)


def test_one_load_is_on_its_way_and_the_newest_follows(paper: Paper) -> None:
    for value in (5, 6, 7):
        paper.edit("features", value)
    assert len(loads(paper)) == 2
    paper.load()
    assert len(loads(paper)) == 3
    assert loads(paper)[-1].revision == paper.session.workspace.revision
    paper.load()
    assert paper.session.is_live


def test_a_design_with_problems_is_not_sent_and_what_runs_stays(paper: Paper) -> None:
    wire = paper.session.workspace.document.root.into("fc2")[0]
    paper.session.workspace.apply(Disconnect(wire), "")
    assert paper.session.workspace.flow.problems
    paper.session.follow()
    assert len(loads(paper)) == 1
    assert not paper.session.is_live
    paper.session.workspace.history.undo()
    paper.session.follow()
    assert loads(paper)[-1].restore in ("", "h1")


def test_undo_asks_for_the_weights_that_stood_there(paper: Paper) -> None:
    paper.edit("features", 5)
    paper.load()
    second = loads(paper)[-1]
    assert (second.leave, second.restore) == ("h1", "h2")
    paper.session.workspace.history.undo()
    paper.session.follow()
    third = loads(paper)[-1]
    assert (third.leave, third.restore, third.exact) == ("h2", "h1", False)
    paper.load(restored=True)
    paper.session.workspace.history.redo()
    paper.session.follow()
    assert (loads(paper)[-1].leave, loads(paper)[-1].restore) == ("h1", "h2")


def test_what_was_kept_is_told_before_the_design_runs(paper: Paper) -> None:
    paper.edit("features", 5)
    kept = events.StateKept(name="h1", digest="d", size=1)
    paper.answer(requests.Load, kept)
    assert not paper.session.is_live
    paper.load()
    assert paper.session.is_live


def test_moving_things_about_is_the_same_network_to_the_weights(paper: Paper) -> None:
    paper.session.workspace.apply(Move({"fc1": (3.0, 4.0)}), "Move")
    paper.session.follow()
    assert len(loads(paper)) == 1
    paper.edit("features", 5)
    assert loads(paper)[-1].leave == "h1"
    paper.load()
    for _ in range(2):
        paper.session.workspace.history.undo()
    paper.session.follow()
    assert loads(paper)[-1].restore == "h1"


def test_after_training_going_back_does_not_force_the_old_weights(paper: Paper) -> None:
    paper.edit("features", 5)
    paper.load()
    paper.session.train(TrainSettings())
    paper.answer(
        requests.Train,
        events.RunStarted(run="r", dataset="d", device="cpu", steps_per_epoch=1, epochs=1, step=0, epoch=0),
    )
    paper.session.hear(
        events.RunEnded(
            run="r", reason="done", message="", step=1, epoch=1, loss=1.0, metrics={}, seconds=1.0
        )
    )
    paper.session.workspace.history.undo()
    paper.session.follow()
    assert loads(paper)[-1].restore == "h1"
    assert not loads(paper)[-1].exact


def test_a_rename_tells_where_the_weights_went(paper: Paper) -> None:
    paper.session.workspace.apply(Rename("fc1", "first"), "Rename")
    paper.session.follow()
    assert loads(paper)[-1].moves == ((("fc1", "first"),),)
    paper.load()
    paper.edit("features", 5, "first")
    assert loads(paper)[-1].moves == ()


def test_a_closed_session_hears_nothing_more(paper: Paper) -> None:
    told: list[str] = []
    paper.session.engine_changed.listen(lambda: told.append("engine"))
    paper.session.weights.changed.listen(lambda: told.append("weights"))
    paper.session.close()
    paper.ready()
    paper.answer(requests.Load, events.StateKept(name=LIVE, digest="d", size=1))
    assert not told


def test_while_a_run_goes_on_the_engine_keeps_what_trains(paper: Paper) -> None:
    paper.session.train(TrainSettings())
    paper.edit("features", 5)
    assert len(loads(paper)) == 1
    paper.answer(requests.Train, events.Failed(message="no", request="Train"))
    assert len(loads(paper)) == 2


def test_a_new_engine_goes_on_from_what_was_live(paper: Paper) -> None:
    paper.session.engine_gone("signal 9")
    paper.ready()
    load = loads(paper)[-1]
    assert (load.leave, load.restore) == ("", LIVE)


def test_a_session_put_to_sleep_wakes_with_its_weights(paper: Paper) -> None:
    paper.session.asleep()
    assert not paper.link.is_there
    paper.link.start()
    paper.ready()
    assert loads(paper)[-1].restore == LIVE
