"""Watches: any number at once, each answered for itself, renewed when its answer would be another."""

from __future__ import annotations

import pytest
from paper_engine import Paper

from explorer.protocol import events, requests
from explorer.protocol.records import Sample


@pytest.fixture
def paper() -> Paper:
    return Paper()


def features(address: str = "fc1") -> requests.Features:
    return requests.Features(address=address, sample=Sample())


def source(text: str = "x") -> events.SourceText:
    return events.SourceText(text=text)


def test_nothing_is_sent_before_there_is_somebody_to_answer(paper: Paper) -> None:
    seen: list[events.Event] = []
    paper.session.watch(requests.Source(), seen.append)
    assert paper.link.all(requests.Source) == []
    paper.ready()
    assert paper.link.all(requests.Source) == []
    paper.load()
    assert len(paper.link.all(requests.Source)) == 1
    paper.answer(requests.Source, source())
    assert len(seen) == 1


def test_what_is_not_about_the_design_needs_only_an_engine(paper: Paper) -> None:
    paper.session.watch(
        requests.Samples(dataset="iris", indices=(0,)), lambda _e: None, "once", of_design=False
    )
    paper.ready()
    assert len(paper.link.all(requests.Samples)) == 1


def test_many_watch_at_once_and_each_gets_its_own_answer(paper: Paper) -> None:
    paper.run()
    seen: dict[str, list[events.Event]] = {"a": [], "b": []}
    first = paper.session.watch(features("fc1"), seen["a"].append)
    paper.session.watch(features("fc2"), seen["b"].append)
    assert [request.address for request in paper.link.all(requests.Features)] == ["fc1", "fc2"]
    paper.session.hear(events.SourceText(job=first.job, text="for a"))
    assert (len(seen["a"]), len(seen["b"])) == (1, 0)


def test_the_newest_wish_wins_and_late_answers_are_dropped(paper: Paper) -> None:
    paper.run()
    seen: list[events.Event] = []
    watch = paper.session.watch(features("fc1"), seen.append)
    old = watch.job
    watch.ask(features("fc2"))
    assert paper.link.last(requests.Cancel).target == old
    paper.session.hear(events.SourceText(job=old, text="late"))
    assert seen == []
    assert watch.is_waiting


def test_an_edit_renews_what_depends_on_it_and_once_is_once(paper: Paper) -> None:
    paper.run()
    often: list[events.Event] = []
    once: list[events.Event] = []
    watch = paper.session.watch(features(), often.append)
    paper.session.watch(requests.Source(), once.append, "once")
    paper.answer(requests.Features, source())
    paper.answer(requests.Source, source())
    assert not watch.is_stale
    paper.edit("features", 7)
    paper.load()
    assert len(paper.link.all(requests.Features)) == 2
    assert len(paper.link.all(requests.Source)) == 1
    assert watch.is_stale
    paper.answer(requests.Features, source())
    assert len(often) == 2
    assert not watch.is_stale
    assert watch.revision == paper.session.workspace.revision


def test_steps_renew_only_who_follows_them_and_not_with_every_report(paper: Paper) -> None:
    paper.run()
    follows = paper.session.watch(features(), lambda _e: None, "steps")
    waits = paper.session.watch(requests.Source(), lambda _e: None, "edits")
    for watch in (follows, waits):
        paper.session.hear(events.SourceText(job=watch.job, text=""))
    for tick in range(10):
        paper.now += 0.1
        paper.session.watches.stepped()
        if follows.job:
            paper.session.hear(events.SourceText(job=follows.job, text=str(tick)))
    assert 2 <= len(paper.link.all(requests.Features)) - 1 <= 3
    assert len(paper.link.all(requests.Source)) == 1


def test_at_most_one_question_of_a_watch_is_on_its_way(paper: Paper) -> None:
    paper.run()
    paper.session.watch(features(), lambda _e: None, "steps")
    for _ in range(20):
        paper.now += 1
        paper.session.watches.stepped()
    assert len(paper.link.all(requests.Features)) == 1


def test_progress_failure_and_giving_up_go_to_who_asked(paper: Paper) -> None:
    paper.run()
    said: list[object] = []
    watch = paper.session.watch(
        features(), said.append, on_failed=said.append, on_progress=lambda e: said.append(("on", e))
    )
    paper.answer(requests.Features, events.Progress(done=1, total=9, words="Layer 1 of 9"))
    assert said[0][0] == "on"  # type: ignore[index]
    assert watch.is_waiting
    watch.stop()
    assert paper.link.last(requests.Cancel).target == watch.job
    paper.answer(requests.Features, events.Cancelled())
    assert isinstance(said[1], events.Cancelled)
    watch.again()
    paper.answer(requests.Features, events.Failed(message="no"))
    assert isinstance(said[2], events.Failed)
    assert not watch.is_waiting


def test_a_watch_that_ended_is_silent(paper: Paper) -> None:
    paper.run()
    seen: list[events.Event] = []
    watch = paper.session.watch(features(), seen.append)
    job = watch.job
    watch.end()
    paper.session.hear(events.SourceText(job=job, text=""))
    paper.session.watches.weights_changed()
    assert seen == []
    assert len(paper.link.all(requests.Features)) == 1


def test_after_the_engine_died_open_questions_are_asked_again(paper: Paper) -> None:
    paper.run()
    seen: list[events.Event] = []
    paper.session.watch(features(), seen.append)
    paper.session.engine_gone("The engine was ended by signal 9.")
    assert paper.session.watches.is_ready is False
    paper.run()
    assert len(paper.link.all(requests.Features)) == 2
    paper.answer(requests.Features, source())
    assert len(seen) == 1


def test_reports_are_acknowledged_after_everybody_has_shown_them(paper: Paper) -> None:
    import numpy as np

    paper.run()
    order: list[str] = []
    paper.session.went_on.listen(lambda _event: order.append(f"shown {paper.link.acknowledged}"))
    report = events.RunSteps(
        number=5,
        run="r",
        first_step=0,
        losses=np.zeros(1, np.float32),
        metrics={},
        epoch=0,
        seconds=0.0,
        left=0.0,
    )
    paper.session.hear(report)
    assert order == ["shown []"]
    assert paper.link.acknowledged == [5]
