"""The command line: every command, its exit codes, one JSON value on stdout, no display and no Qt."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from nets import SMALL, chain, node

import explorer
from explorer.__main__ import main
from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.cli.parser import COMMANDS
from explorer.graph import edits as e
from explorer.graph import files

ROOT = Path(__file__).parents[2]


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str | Path) -> Done:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "kernel", 99))
    files.save(document, tmp_path / "broken.arch.json")
    return tmp_path / "broken.arch.json"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    files.save(SMALL, tmp_path / "small.arch.json")
    return tmp_path / "small.arch.json"


# list


@pytest.mark.parametrize("what", ["blocks", "architectures", "datasets"])
def test_list(run: Run, what: str) -> None:
    done = run("list", what, "--json")
    assert done.code == 0
    assert not done.err
    rows = done.json
    assert all({"id", "title", "category"} <= row.keys() for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
    known = {"blocks": {cls.id for cls in registry().blocks}, "architectures": set(gallery())}
    assert what not in known or {row["id"] for row in rows} == known[what]
    plain = run("list", what)
    assert plain.code == 0
    assert len(plain.out.splitlines()) == len(rows)


# check


def test_check(run: Run, broken: Path, small: Path) -> None:
    assert run("check", small, "--json") == (0, "[]\n", "")
    assert "no problems" in run("check", "lenet5_modern").out
    done = run("check", broken, "--json")
    assert done.code == 1
    assert not done.err
    assert done.json[0].keys() == {"address", "code", "message", "fixes"}
    assert (done.json[0]["address"], done.json[0]["code"]) == ("conv1", "window")
    assert done.json[0]["fixes"][0].keys() == {"title", "effect", "cost"}
    assert "conv1" in run("check", broken).out


# summary


def test_summary_of_lenet(run: Run) -> None:
    done = run("summary", "lenet5_modern", "--json")
    assert done.code == 0
    assert not done.err
    value = done.json
    assert {
        "name",
        "inputs",
        "outputs",
        "parameters",
        "trainable_parameters",
        "macs",
        "macs_attention",
        "activation_bytes",
        "memory",
        "nodes",
        "problems",
    } == value.keys()
    assert (value["parameters"], value["macs"]) == (61_706, 416_520)
    assert value["inputs"] == {"input": [1, 32, 32]}
    assert value["outputs"] == {"output": [10]}
    assert 0 < value["memory"]["forward"] < value["memory"]["training"]
    assert value["nodes"][0] == {
        "address": "conv1",
        "block": "conv2d",
        "inputs": {"x": [1, 32, 32]},
        "outputs": {"y": [6, 28, 28]},
        "parameters": 156,
        "macs": 117_600,
    }
    assert sum(row["parameters"] for row in value["nodes"]) == 61_706


def test_summary_with_options_depth_and_measure(run: Run) -> None:
    wide = run("summary", "lenet5_modern", "--input", "1x28x28", "--classes", "7", "--json").json
    assert (wide["inputs"], wide["outputs"]) == ({"input": [1, 28, 28]}, {"output": [7]})
    deep = run("summary", "resnet_small", "--set", "blocks=1", "--json").json
    top = run("summary", "resnet_small", "--set", "blocks=1", "--depth", "1", "--json").json
    assert deep["parameters"] == top["parameters"]
    assert {"stage1_block1"} <= {row["address"] for row in top["nodes"]}
    assert "stage1_block1.conv1" in {row["address"] for row in deep["nodes"]}
    measured = run("summary", "vit_mnist", "--measure", "--json").json
    assert (
        measured["measured"]["parameters"]
        == measured["parameters"]
        == measured["measured"]["torchinfo"]["parameters"]
    )
    table = run("summary", "lenet5_modern", "--measure").out
    assert "61,706" in table
    assert "conv1" in table


def test_summary_of_a_broken_design(run: Run, broken: Path) -> None:
    done = run("summary", broken, "--json")
    assert done.code == 1
    assert done.json["problems"][0]["address"] == "conv1"
    assert run("summary", broken).code == 1


# export


def test_export_of_source_and_weights(run: Run, tmp_path: Path, broken: Path) -> None:
    done = run("export", "lenet5_modern", "--to", "python", "-o", "-")
    assert done.code == 0
    assert "class Model(nn.Module):" in done.out
    assert run("export", "lenet5_modern", "--to", "python", "-o", tmp_path / "net.py") == (0, "", "")
    assert (tmp_path / "net.py").read_text() == done.out
    assert run("export", "lenet5_modern", "--to", "safetensors", "-o", tmp_path / "net.safetensors").code == 0
    from safetensors.numpy import load_file

    held = load_file(tmp_path / "net.safetensors")
    assert sum(value.size for value in held.values()) == 61_706
    assert "conv1.weight" in held
    failed = run("export", broken, "--to", "python", "-o", "-")
    assert (failed.code, failed.out) == (1, "")
    assert "conv1" in failed.err
    for kind in ("python", "safetensors"):
        assert run("export", "lenet5_modern", "--to", kind, "-o", tmp_path / "no" / "net").code == 1


def test_what_is_too_large_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    files.save(
        chain((65_536,), *(node(f"fc{n}", "linear", features=65_536) for n in range(12))),
        tmp_path / "huge.arch.json",
    )
    for words in (["export", "--to", "safetensors", "-o", "w"], ["summary", "--measure"]):
        done = run(words[0], tmp_path / "huge.arch.json", *words[1:])
        assert done.code == 1
        assert "GiB" in done.err
        assert "Traceback" not in done.err


# train


def test_train_tells_one_line_for_each_event(run: Run, tmp_path: Path) -> None:
    done = run(
        "train",
        "lenet5_modern",
        "--data",
        "mnist5k",
        "--epochs",
        "1",
        "--json",
        "-o",
        tmp_path,
        "--device",
        "cpu",
        "--batch",
        "64",
    )
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[-2:] == ["epoch", "done"]
    assert set(kinds) == {"step", "epoch", "done"}
    last = events[-1]
    assert last["accuracy"] > 0.75
    assert last["loss"] > 0
    assert last["seconds"] > 0
    assert last["parameters"] == 61_706
    assert (tmp_path / "model.safetensors").is_file()
    assert list(tmp_path.glob("step-*"))


def test_train_resumes(run: Run, tmp_path: Path) -> None:
    words = [
        "train",
        "mlp_spirals",
        "--data",
        "iris",
        "--input",
        "4",
        "--json",
        "-o",
        tmp_path,
        "--device",
        "cpu",
    ]
    assert run(*words, "--epochs", "3").code == 0
    done = run(*words, "--epochs", "5", "--resume")
    assert done.code == 0, done.err
    epochs = [event["epoch"] for event in map(json.loads, done.out.splitlines()) if event["event"] == "epoch"]
    assert epochs == [4, 5]
    plain = run("train", "mlp_spirals", "--data", "spirals", "--epochs", "1")
    assert plain.code == 0
    assert "accuracy" in plain.out


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (2, ["--data", "nowhere"], "nowhere"),
        (2, [], "--data"),
        (2, ["--data", "iris", "--resume"], "-o DIR"),
        (1, ["--data", "iris", "--input", "4", "--epochs", "0"], "epochs"),
        (1, ["--data", "iris", "--input", "4", "--lr", "-1"], "learning rate"),
        (1, ["--data", "iris", "--input", "4", "--classes", "2"], "3 classes"),
        (1, ["--data", "mnist5k"], "28"),
        (1, ["--data", "iris", "--input", "4", "--device", "quantum"], "quantum"),
        (1, ["--data", "iris", "--input", "4", "--decay", "-1"], "decay"),
        (1, ["--data", "iris", "--input", "4", "--validation", "1e-9"], "share"),
        (1, ["--data", "iris", "--input", "4", "--seed", "-3"], "seed"),
        (
            1,
            [
                "--data",
                "iris",
                "--input",
                "4",
                "--lr",
                "1e6",
                "--optimiser",
                "sgd",
                "--epochs",
                "60",
                "--loss",
                "mse",
            ],
            "learning rate",
        ),
    ],
    ids=str,
)
def test_training_that_cannot_be(run: Run, code: int, words: list[str], said: str) -> None:
    done = run("train", "mlp_spirals", *words, "--json")
    assert done.code == code, done
    assert said in done.err
    assert "Traceback" not in done.err
    for line in done.out.splitlines():  # what was told before is still whole lines
        json.loads(line)


# inspect, render, doctor


SAID = {
    "features": "conv1: one value sees 5×5 of the input",
    "filters": "weight 6×1×5×5",
    "attribution": "of the score's change is missed",
    "statistics": "over 64 samples",
}


@pytest.mark.parametrize("view", SAID)
def test_inspect_writes_arrays_and_pictures(run: Run, view: str, tmp_path: Path) -> None:
    at = ["--at", "conv1"] if view in ("features", "filters") else []
    for suffix in ("npz", "png", "svg"):
        target = tmp_path / f"{view}.{suffix}"
        done = run("inspect", "lenet5_modern", *at, "--view", view, "-o", target)
        assert (done.code, done.err) == (0, "")
        assert target.stat().st_size > 200
    assert SAID[view] in done.out
    with np.load(tmp_path / f"{view}.npz") as arrays:
        assert arrays.files


def test_inspect_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "a.npz"
    for code, words in (
        (2, ["lenet5_modern", "--at", "nobody", "--view", "features", "-o", target]),
        (1, ["lenet5_modern", "--view", "attention", "-o", target]),
        (1, ["lenet5_modern", "--at", "conv1", "--view", "features", "--data", "nowhere", "-o", target]),
        (
            1,
            [
                "lenet5_modern",
                "--at",
                "conv1",
                "--view",
                "features",
                "--image",
                tmp_path / "missing.png",
                "-o",
                target,
            ],
        ),
        (
            1,
            [
                "lenet5_modern",
                "--at",
                "conv1",
                "--view",
                "features",
                "--weights",
                tmp_path / "missing",
                "-o",
                target,
            ],
        ),
        (2, ["lenet5_modern", "--at", "conv1", "--view", "features", "-o", tmp_path / "a.odd"]),
        (2, ["lenet5_modern", "--view", "magic", "-o", target]),
        (1, ["lenet5_modern", "--at", "conv1", "--view", "features", "-o", tmp_path / "no" / "a.npz"]),
        (1, ["lenet5_modern", "--at", "conv1", "--view", "features", "-o", tmp_path / "no" / "a.png"]),
    ):
        done = run("inspect", *words)
        assert done.code == code, words
        assert done.err
        assert "Traceback" not in done.err
    assert not target.exists()


def test_doctor(run: Run) -> None:
    done = run("doctor", "--json")
    assert done.json["libraries"]["torch"]
    assert done.json["engine"].startswith("answers")
    assert done.code == (1 if done.json["missing"] or done.json["missing_libraries"] else 0)


# wrong usage


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["list", "nonsense"],
        ["check"],
        ["check", "no_such_network"],
        ["summary", "lenet55"],
        ["export", "lenet5_modern"],
        ["export", "lenet5_modern", "--to", "magic", "-o", "x"],
        ["summary", "lenet5_modern", "--input", "axb"],
        ["summary", "lenet5_modern", "--input", "0x1x1"],
        ["summary", "lenet5_modern", "--input", "3"],
        ["summary", "lenet5_modern", "--input", "1x5x5"],
        ["summary", "lenet5_modern", "--classes", "0"],
        ["summary", "lenet5_modern", "--classes", "many"],
        ["summary", "lenet5_modern", "--set", "odd=1"],
        ["summary", "lenet5_modern", "--set", "odd"],
        ["summary", "resnet_small", "--set", "width=true"],
        ["summary", "resnet_small", "--set", "width=-3"],
        ["summary", "resnet_small", "--set", "width=wide"],
        ["summary", "vit_mnist", "--set", "patch=5"],
        ["summary", "preact_resnet_deep", "--set", "depth=100"],
        ["nonsense", "words"],
        ["summary", "--depth", "x", "lenet5_modern"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.code == 2, done
    assert not done.out
    assert done.err.strip()
    assert "Traceback" not in done.err


def test_options_do_not_shape_files(run: Run, small: Path) -> None:
    assert run("summary", small, "--classes", "3").code == 2


def test_broken_and_missing_files_are_1_or_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.arch.json").write_text("nonsense")
    for name in ("bad.arch.json", "missing.arch.json"):
        done = run("check", tmp_path / name)
        assert done.code == 1
        assert name in done.err
    near = run("summary", "lenet_modern")
    assert "lenet5_modern" in near.err


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["summary", "--help"], *([name, "--help"] for name in COMMANDS)],
    ids=" ".join,
)
def test_help(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.code == 0
    assert "explorer" in done.out


# alone in a process


def alone(*words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    start = ["-m", "explorer"] if not code else ["-c", code]
    return subprocess.run(
        [sys.executable, *start, *words],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


WITHOUT = (
    "import sys\nfrom explorer.__main__ import main\ncode = main(sys.argv[2:])\n"
    "assert not any(name in sys.modules for name in sys.argv[1].split(',')), sorted(sys.modules)\n"
    "sys.exit(code)"
)


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["list", "blocks", "--json"], "PySide6,pyqtgraph,torch"),
        (["list", "architectures", "--json"], "PySide6,pyqtgraph,torch"),
        (["list", "datasets", "--json"], "PySide6,pyqtgraph,torch"),
        (["check", "lenet5_modern", "--json"], "PySide6,pyqtgraph,torch"),
        (["summary", "vit_mnist", "--json"], "PySide6,pyqtgraph,torch"),
        (["summary", "vit_mnist", "--measure", "--json"], "PySide6,pyqtgraph"),
        (["export", "lenet5_modern", "--to", "python", "-o", "-"], "PySide6,pyqtgraph"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_without_display_without_qt_and_mostly_without_torch(words: list[str], without: str) -> None:
    done = alone(without, *words, code=WITHOUT)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert not done.stderr
    if "--json" in words:
        json.loads(done.stdout)


def test_a_closed_pipe_is_no_error() -> None:
    words = f"{sys.executable} -m explorer list blocks | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("linear")


def test_the_engine_ends_with_its_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "explorer", "engine"],
        cwd=ROOT,
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    garbage = subprocess.run(
        [sys.executable, "-m", "explorer", "engine"],
        cwd=ROOT,
        input=b"GET / HTTP/1.1\r\n\r\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert garbage.returncode == 0
    assert not garbage.stdout


def test_the_doctor_tells_versions_devices_memory_folders_and_tries_the_engine(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path / "state"))
    found = run("doctor", "--json").json
    assert found["explorer"] == explorer.__version__
    assert found["torch_build"] == "CPU only" or found["torch_build"].startswith("CUDA ")
    assert len(found["gpu"]) == len([name for name in found["devices"] if name.startswith("cuda")])
    assert re.match(r"[\d.]+ of [\d.]+ GiB free", found["memory"])
    assert found["processors"] == len(os.sched_getaffinity(0))
    assert found["folders"]["state"] == str(tmp_path / "state")
    assert found["engine"].startswith("answers after ")


def test_the_doctor_says_why_the_engine_does_not_come_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.cli import doctor_command

    monkeypatch.setattr("explorer.client.engine.engine_command", lambda: [sys.executable, "-c", "exit(3)"])
    assert "The engine could not start" in doctor_command._engine()
