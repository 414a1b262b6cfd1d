"""Fitting in a real engine process: progress arrives meanwhile, and cancelling takes effect in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from engines import Talk
from nets import chain, node

from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings

LAYERS = (node("it", "pcanet", filters=(6, 6), kernel=7, blocks=4), node("fc1", "linear", features=10))
NET = chain((1, 28, 28), *LAYERS)
SAMPLE = Sample(dataset="mnist5k", index=3)


@pytest.fixture(scope="module")
def talk() -> Iterator[Talk]:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    assert isinstance(talk.load(NET), events.Loaded)
    yield talk
    talk.engine.close(wait=True)


def histograms(talk: Talk) -> np.ndarray:
    found = talk.ask(requests.Features(address="it", sample=SAMPLE))
    assert isinstance(found, events.FeatureSet), found
    return found.values


def test_fitted_in_another_process(talk: Talk) -> None:
    before = histograms(talk)
    assert before.sum() == 6 * 28 * 28
    job = talk.engine.send(requests.Fit(address="it", dataset="mnist5k", count=64))
    steps = []
    while isinstance(event := talk.answer(job), events.FitProgress):
        steps.append((event.done, event.total))
    assert event == events.Fitted(job=job, revision=1, address="it", samples=64)
    assert steps[:2] == [(0, 0), (0, 0)]
    assert len(steps) > 10
    assert steps[2:] == sorted(set(steps[2:]))
    after = histograms(talk)
    assert after.sum() == before.sum()
    assert not np.array_equal(after, before)


def test_cancelled_in_the_middle(talk: Talk) -> None:
    before = histograms(talk)
    job = talk.engine.send(requests.Fit(address="it", dataset="mnist5k", count=4096))
    while (progress := talk.wait(events.FitProgress)).total == 0:
        pass
    talk.engine.cancel(job)
    while isinstance(event := talk.answer(job), events.FitProgress):
        progress = event
    assert isinstance(event, events.Cancelled)
    assert progress.done < progress.total - 16, "it went on to the end"
    assert np.array_equal(histograms(talk), before)


def test_refused_in_words(talk: Talk) -> None:
    job = talk.engine.send(
        requests.Train(settings=TrainSettings(dataset="mnist5k", epochs=1000, device="cpu"))
    )
    talk.wait(events.RunStarted)
    failed = talk.ask(requests.Fit(address="it", dataset="mnist5k", count=8))
    assert isinstance(failed, events.Failed)
    assert "Training is running" in failed.message
    assert failed.address == "it"
    talk.engine.send(requests.Stop())
    assert talk.wait(events.RunEnded).job == job
    failed = talk.ask(requests.Fit(address="fc1", dataset="mnist5k", count=8))
    assert isinstance(failed, events.Failed)
    assert "nothing to fit" in failed.message
