"""`explorer inspect`: what the engine knows is said, whatever the design answers."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
import torch
from nets import chain, design, node
from safetensors.torch import load_file, save_file

from explorer.__main__ import main
from explorer.blocks.registry import registry
from explorer.cli.inspect_command import VIEWS
from explorer.cli.inspect_views import VIEWS as ASKED
from explorer.engine.compile import compile_flow
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def inspect(capsys, tmp_path):
    def inspect(document: Document | str, *words: object, to: str = "a.npz") -> Done:
        source = document
        if isinstance(document, Document):
            source = tmp_path / "d.arch.json"
            files.save(document, source)
        capsys.readouterr()
        code = main(["inspect", str(source), *map(str, words), "-o", str(tmp_path / to)])
        return Done(code, *capsys.readouterr())

    return inspect


NET = chain(
    (1, 8, 8),
    node("c1", "conv2d", filters=4, kernel=3),
    node("bn", "batch_norm"),
    node("gap", "global_pool"),
    node("fc", "linear", features=3),
)


@pytest.fixture
def weights(tmp_path):
    """The weights of NET, and a function that writes others under a name."""
    module = compile_flow(Resolver(registry()).resolve(NET), "n", torch.device("cpu"), seed=3).module
    file = tmp_path / "w.safetensors"
    save_file({name: value.clone() for name, value in module.state_dict().items()}, file)

    def changed(name, change):
        path = tmp_path / f"{name}.safetensors"
        save_file(change(load_file(file)), path)
        return path

    return file, changed


def features(inspect, tmp_path, file):
    done = inspect(NET, "--view", "features", "--at", "fc", "--weights", file)
    assert done.code == 0, done.err
    with np.load(tmp_path / "a.npz") as arrays:
        return done.err, arrays["values"]


def test_weights_that_fit_are_silent(inspect, weights, tmp_path):
    file, changed = weights
    err, whole = features(inspect, tmp_path, file)
    assert err == ""
    for name, change in (
        ("old", lambda d: {k: v for k, v in d.items() if "num_batches" not in k}),
        ("parallel", lambda d: {f"module.{k}": v for k, v in d.items()}),
    ):
        err, values = features(inspect, tmp_path, changed(name, change))
        assert err == ""
        np.testing.assert_array_equal(values, whole)


def without_fc(tensors):
    return {name: value for name, value in tensors.items() if not name.startswith("fc")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: {**d, "fc.weight": torch.zeros(5, 4)}, "fc.weight is [3, 4] here"),
        (without_fc, "fc.bias is not in the file"),
        (lambda d: {**d, "aux.weight": torch.zeros(2)}, "aux.weight is not in the design"),
        (lambda d: {**d, "c1.weight": d["c1.weight"] * float("nan")}, "c1.weight has 36 values that are NaN"),
    ],
    ids=["head", "missing", "more", "nan"],
)
def test_weights_that_do_not_fit_are_named(inspect, weights, tmp_path, change, words):
    err, _ = features(inspect, tmp_path, weights[1]("other", change))
    assert words in err


@pytest.mark.parametrize("last", ["sigmoid", "tanh", "softmax", "log_softmax", None])
def test_the_answer_is_what_the_network_says(inspect, tmp_path, last):
    nodes = [node("fc", "linear", features=2)] + ([node("act", last)] if last else [])
    document = chain((6,), *nodes)
    module = compile_flow(Resolver(registry()).resolve(document), "n", torch.device("cpu"), seed=0).module
    done = inspect(document, "--view", "features", "--at", "fc")
    with np.load(tmp_path / "a.npz") as arrays:
        given = torch.from_numpy(arrays["input"])
    with torch.no_grad():
        own = module.eval()(given[None])[0]
    if last == "log_softmax":
        own = own.exp()
    shown = next(line for line in done.out.splitlines() if line.startswith("answer "))
    if last in ("sigmoid", "softmax", "log_softmax"):
        assert shown == f"answer {int(own.argmax())}: {float(own.max()):.2f}"
    else:
        assert shown == "answer " + ", ".join(f"{value:.3g}" for value in own.tolist())


TWO = design(
    [
        node("a", "input", shape=(3, 8, 8)),
        node("b", "input", shape=(3, 8, 8)),
        node("add", "add"),
        node("c", "conv2d", filters=2, kernel=1),
        node("flat", "flatten"),
        node("fc", "linear", features=4),
        node("maps", "output"),
        node("scores", "output"),
    ],
    "a -> add.x1",
    "b -> add.x2",
    "add -> c",
    "c -> maps",
    "c -> flat",
    "flat -> fc",
    "fc -> scores",
)
FILM = chain((3, 4, 8, 8), node("c", "conv3d", filters=2, kernel=3, padding=1))
STEPS = design(
    [node("x", "input", shape=(6, 5), axes="TD"), node("r", "gru", hidden=4), node("o", "output")],
    "x -> r",
    "r -> o",
)


@pytest.mark.parametrize("document", [TWO, FILM, STEPS], ids=["two inputs and outputs", "film", "steps"])
@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "grad_cam"])
@pytest.mark.parametrize("suffix", ["png", "npz"])
def test_attribution_of_any_form_of_answer(inspect, document, method, suffix):
    done = inspect(document, "--view", "attribution", "--method", method, "--steps", 4, to=f"a.{suffix}")
    assert (done.code, done.err) == (0, "")
    assert "target the sum of all values" in done.out or "target class" in done.out


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("1", 0, "target class 1"),
        ("1@0:4,3", 0, "at rows 0 to 3, column 3"),
        ("sum", 0, "the sum of all values"),
        ("scores/2", 0, "output 2 of scores"),
        ("c/0", 0, "channel 0 of c"),
        ("fc/9", 1, "there is no"),
        ("1@9,0", 1, "no place 9"),
        ("cat", 2, "A target is written"),
        ("nobody/1", 1, "nobody"),
    ],
)
def test_targets(inspect, target, code, words):
    done = inspect(TWO, "--view", "attribution", "--method", "saliency", "--target", target)
    assert done.code == code, done
    assert words.lower() in (done.out + done.err).lower()


def test_the_gradient_of_a_region_is_the_sum_over_it(inspect, tmp_path):
    document = chain((1, 6, 6), node("c", "conv2d", filters=2, kernel=1))
    inspect(document, "--view", "attribution", "--method", "saliency", "--target", "1@2:4,0:3")
    with np.load(tmp_path / "a.npz") as arrays:
        values = arrays["values"]
    outside = np.ones((6, 6), bool)
    outside[2:4, 0:3] = False
    assert (values[0][outside] == 0).all()
    assert (values[0][~outside] != 0).all()


def test_too_large_an_input_is_refused_before_it_is_made(inspect):
    document = chain((1, 65536, 65536), node("gap", "global_pool"))
    done = inspect(document, "--view", "features", "--at", "gap")
    assert done.code == 1
    assert "GiB" in done.err


@pytest.mark.parametrize("view", ["features", "statistics", "attribution", "attention"])
def test_a_look_that_takes_very_long_is_refused_before_torch_is_loaded(view, tmp_path) -> None:
    """In a process of its own: the others have torch."""
    tokens = chain((16_000, 64), node("layer", "transformer_encoder_layer", heads=8))
    files.save(tokens, tmp_path / "d.arch.json")
    code = (
        "import sys; from explorer.__main__ import main; "
        f"code = main(['inspect', 'd.arch.json', '--at', 'layer', '--view', '{view}', '-o', 'a.png']); "
        "print(code, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert done.stdout.split() == ["1", "False"]
    assert "7.6 GiB" in done.stderr
    assert ("--anyway" in done.stderr) == (view != "attention")
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("view", ["features", "filters"])
def test_which_layer_is_asked_before_torch_is_loaded(inspect, monkeypatch, view) -> None:
    monkeypatch.setattr("explorer.engine.local.LocalEngine", None)
    done = inspect(NET, "--view", view)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip().endswith("such as c1 or bn.")


def test_whoever_says_so_waits(inspect, monkeypatch) -> None:
    monkeypatch.setattr("explorer.meaning.heavy.LOOK_MACS", 10)
    refused = inspect(NET, "--view", "features", "--at", "c1")
    assert (refused.code, refused.out) == (1, "")
    assert "MACs" in refused.err
    assert "--anyway" in refused.err
    assert inspect(NET, "--view", "features", "--at", "c1", "--anyway").code == 0


def test_the_views_of_the_parser_are_those_that_can_be_asked() -> None:
    assert sorted(ASKED) == sorted(VIEWS)


def test_time_tells_how_long_each_layer_takes(inspect, tmp_path):
    done = inspect(NET, "--view", "time", to="t.npz")
    assert done.code == 0
    arrays = np.load(tmp_path / "t.npz")
    assert set(arrays["addresses"]) == {"c1", "bn", "gap", "fc"}
    assert (arrays["seconds"] > 0).all()
    assert arrays["whole"] > 0
    first, *layers = done.out.splitlines()
    assert "for one sample on cpu, median of" in first
    assert len(layers) == 4
    assert inspect(NET, "--view", "time", "--at", "c1", to="t.png").out.count("\n") == 2
    assert (tmp_path / "t.png").stat().st_size > 1000
