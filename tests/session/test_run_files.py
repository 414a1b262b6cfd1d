"""Run lists on disk: what is read is what was drawn; what cannot be read is as if it were not there."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.protocol.records import TrainSettings
from explorer.session import run_files
from explorer.session.run_log import LOSS, RunLog
from explorer.session.runs import KEPT, Runs

figures = st.lists(st.floats(width=32, allow_nan=True), max_size=300)


def runs_of(losses: list[list[float]]) -> Runs:
    runs = Runs()
    for number, values in enumerate(losses):
        log = RunLog(f"r{number}", number, TrainSettings(rate=0.1 * (number + 1)), "LeNet", "abc")
        log.epochs, log.steps_per_epoch = 3, 40
        log.add_steps(7, np.array(values, np.float32), {"accuracy": np.ones(len(values), np.float32)})
        log.add_epoch(40, 0.5, {"accuracy": float("nan")})
        log.add_flag(12, "undo Filters 6 → 8")
        log.is_live = False
        runs.logs.append(log)
        runs.chosen = number
    return runs


@given(losses=st.lists(figures, min_size=1, max_size=KEPT))
@settings(max_examples=30, deadline=None)
def test_a_run_list_comes_back_as_it_was(losses, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "list"
    runs = runs_of(losses)
    run_files.write(path, runs, TrainSettings(epochs=9))
    kept = run_files.read(path)
    assert kept is not None
    assert kept.settings.epochs == 9
    assert kept.chosen == runs.chosen
    for log, was in zip(kept.logs(), runs.logs, strict=True):
        assert (log.name, log.settings, log.design, log.digest) == (was.name, was.settings, "LeNet", "abc")
        assert (log.first, log.step, log.epochs, log.flags) == (was.first, was.step, 3, was.flags)
        for name, series in was.series.items():
            np.testing.assert_array_equal(log.series[name].raw.view(), series.raw.view())
            np.testing.assert_allclose(log.series[name].smooth.view(), series.smooth.view(), rtol=1e-6)
        assert log.validation[0].figure(LOSS) == 0.5
        assert not log.is_live


def test_numbers_go_on_after_the_recalled_ones():
    runs, now = runs_of([[1.0]] * KEPT), Runs()
    now.recall(runs.logs, runs.chosen)
    from tests.session.test_runs import started

    assert now.begin(started("new"), TrainSettings()).number == KEPT
    assert [log.number for log in now.logs] == list(range(1, KEPT + 1))


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"\x83\xa4runs\x90", os.urandom(500)])
def test_a_damaged_list_is_as_none(data, tmp_path):
    path = tmp_path / "list"
    path.write_bytes(data)
    assert run_files.read(path) is None


def test_an_emptied_list_leaves_no_file_and_the_oldest_go(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(run_files, "MOST_FILES", 3)
    runs = runs_of([[1.0, 0.5]])
    for number in range(5):
        path = run_files.path_of(f"net{number}")
        run_files.write(path, runs, TrainSettings())
        os.utime(path, (number, number))
    run_files.write(run_files.path_of("net4"), runs, TrainSettings())
    assert len(list(run_files.run_lists().iterdir())) == 3
    runs.delete([0])
    run_files.write(run_files.path_of("net4"), runs, TrainSettings())
    assert not run_files.path_of("net4").exists()


def test_what_is_too_large_drops_its_oldest_run(tmp_path, monkeypatch):
    monkeypatch.setattr(run_files, "MOST_BYTES", 3000)
    run_files.write(tmp_path / "list", runs_of([[1.0] * 200] * 3), TrainSettings())
    kept = run_files.read(tmp_path / "list")
    assert kept is not None
    assert [run.number for run in kept.runs] == [2]
