"""The exported source is the live model, bit for bit, and needs nothing but torch."""

from __future__ import annotations

import ast
import cProfile
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile
import pytest
import torch
from nets import SMALL, chain, design, node, resolve
from samples import BLOCKS, around, samples

from explorer.architectures.gallery import gallery
from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine.compile import build_module, compile_flow
from explorer.engine.export.design import study
from explorer.engine.export.python import write_python
from explorer.graph import edits as e
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.model import Edge, Node
from explorer.graph.operations import group
from explorer.graph.resolve import Resolver

CPU = torch.device("cpu")
torch.set_num_threads(1)  # sums are cut differently among several
ALONE = """
import json, sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("explorer", "networkx", "msgspec", "PySide6"):
            raise ImportError(name + " is not there")
sys.meta_path.insert(0, Wall())
sys.modules.pop("explorer", None)
import torch
torch.set_num_threads(1)
found = []
for name in sys.argv[2:]:
    space = {"__name__": "alone"}
    with open(f"{sys.argv[1]}/{name}.py") as file:
        exec(compile(file.read(), name, "exec"), space)
    model = space["Model"]().eval()
    held = torch.load(f"{sys.argv[1]}/{name}.pt", weights_only=True)
    model.load_state_dict(held["state"])
    with torch.no_grad():
        made = model(*held["inputs"])
    made = made if isinstance(made, tuple) else (made,)
    assert len(made) == len(held["outputs"]), name
    for one, other in zip(made, held["outputs"]):
        assert torch.equal(one, other), name
    found.append(name)
print(json.dumps(found))
"""


def given(flow: Flow, batch: int = 2) -> list[torch.Tensor]:
    """Random inputs of a flow."""
    torch.manual_seed(1)
    made = []
    for tensor in flow.inputs.values():
        assert tensor is not None
        shape = (batch, *tensor.shape)
        made.append(torch.randn(shape) if tensor.dtype == "float" else torch.zeros(shape, dtype=torch.int64))
    return made


def listed(made: Any) -> tuple[torch.Tensor, ...]:
    return made if isinstance(made, tuple) else (made,)


def run(flow: Flow, inputs: list[torch.Tensor]) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """The live model in eval mode and what it gives; shapes and counts as predicted."""
    model = compile_flow(flow, "test", CPU, seed=0).module.eval()
    with torch.no_grad():
        outputs = listed(model(*inputs))
    for real, predicted in zip(outputs, flow.outputs.values(), strict=True):
        assert predicted is not None
        assert tuple(real.shape[1:]) == predicted.shape
    assert sum(p.numel() for p in model.parameters()) == flow.parameters
    return model, outputs


def assert_addresses(flow: Flow, model: torch.nn.Module) -> None:
    """State-dict keys are addresses: every leaf's tensors stand under its own."""
    leaves = {address for address, known in flow.walk() if known.parameters}
    owners = {key.rpartition(".")[0] for key, _ in model.named_parameters()}
    for owner in owners:
        assert any(owner == leaf or owner.startswith(leaf + ".") for leaf in leaves), owner
    for address, known in flow.walk():
        if known.parameters:
            own = sum(p.numel() for p in model.get_submodule(address).parameters())
            assert own == known.parameters, address


def run_alone(folder: Path, flows: dict[str, Flow]) -> None:
    """Write the models, run them in a process that has only torch, compare bit for bit."""
    for name, flow in flows.items():
        inputs = given(flow)
        model, outputs = run(flow, inputs)
        (folder / f"{name}.py").write_text(write_python(flow, name))
        torch.save({"state": model.state_dict(), "inputs": inputs, "outputs": outputs}, folder / f"{name}.pt")
    words = [sys.executable, "-I", "-W", "error", "-c", ALONE, str(folder), *flows]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    assert json.loads(done.stdout) == list(flows)


@pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
def test_every_block_runs_as_source(cls: type[Block]) -> None:
    found = samples(cls, 8, seed=7)
    assert found
    for sample in found:
        flow = around(cls, sample)
        assert not flow.problems, (str(sample), flow.problems)
        inputs = given(flow)
        model, outputs = run(flow, inputs)
        again = build_module(write_python(flow, "again")).eval()
        again.load_state_dict(model.state_dict())
        with torch.no_grad():
            for one, other in zip(outputs, listed(again(*inputs)), strict=True):
                assert torch.equal(one, other), str(sample)
        assert_addresses(flow, model)


def test_every_block_runs_alone(tmp_path: Path) -> None:
    run_alone(tmp_path, {cls.id: around(cls, samples(cls, 1, seed=3)[0]) for cls in BLOCKS})


SMALL_NETWORKS = ("mlp_spirals", "lenet5_modern", "resnet_small", "vit_mnist", "lstm_rows")
"""The others are written and built in tests/architectures/test_running.py."""


def test_gallery_networks_run_alone(tmp_path: Path) -> None:
    flows = {name: resolve(gallery()[name].build()) for name in SMALL_NETWORKS}
    run_alone(tmp_path, flows)
    for flow in flows.values():
        assert_addresses(flow, run(flow, given(flow))[0])


def classes(source: str) -> list[str]:
    return [item.name for item in ast.parse(source).body if isinstance(item, ast.ClassDef)]


def test_equal_structures_share_a_class() -> None:
    source = write_python(resolve(gallery()["preact_resnet_deep"].build()), "ResNet-164")
    assert len(classes(source)) <= 3
    assert len(source.splitlines()) < 210
    flow = resolve(gallery()["resnet_small"].build())
    assert classes(write_python(flow, "small")) == ["Residual", "Model"]


def test_shared_classes_differ_only_in_their_literals() -> None:
    stages = [
        node(f"b{n}", "residual", filters=filters, stride=stride)
        for n, (filters, stride) in enumerate([(8, 1), (8, 1), (16, 2), (32, 2)])
    ]
    flow = resolve(chain((8, 16, 16), *stages))
    source = write_python(flow, "stages")
    assert classes(source) == ["Residual", "Model"]
    run(flow, given(flow))


def test_equal_values_of_different_kinds_are_not_mixed() -> None:
    """True and 1 and 1.0 are equal in Python; written out they are not."""
    inner = [
        node("x", "input"),
        node("drop", "dropout", p=0.0),
        node("fc", "linear", features=1),
        node("y", "output"),
    ]
    other = [
        node("x", "input"),
        node("drop", "dropout", p=0.5),
        node("fc", "linear", features=2, bias=False),
        node("y", "output"),
    ]
    wires = ["x -> drop", "drop -> fc", "fc -> y"]
    flow = resolve(
        design(
            [
                node("input", "input", shape=(4,)),
                node("a", "group:g"),
                node("b", "group:h"),
                node("output", "output"),
            ],
            "input -> a",
            "a -> b",
            "b -> output",
            groups={"g": (inner, wires), "h": (other, wires)},
        )
    )
    run(flow, given(flow))


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "true",
        "f",
        "tensor",
        "model",
        "any",
        "callable",
        "add",
        "concat",
        "value_error",
        "super",
        "a_",
    ],
)
def test_groups_with_names_that_mean_something(name: str, tmp_path: Path) -> None:
    document = design(
        [
            node("input", "input", shape=(4, 8, 8)),
            node("a", "resize", scale=0.5),
            node("b", "conv2d", filters=4, kernel=1),
            node("join", "concat"),
            node("sum1", "add"),
            node("output", "output"),
        ],
        "input -> a",
        "a -> b",
        "a -> join.x1",
        "b -> join.x2",
        "a -> sum1.x1",
        "b -> sum1.x2",
        "join -> output",
    )
    document.apply(e.AddNode(node("second", "output")))
    document.apply(e.Connect(document.root.out_of("join")[0].__class__("sum1", "y", "second", "x")))
    document.apply(group(document, ["b", "join"], name=name)[0])
    flow = resolve(document)
    run(flow, given(flow))


def test_variables_that_would_collide() -> None:
    """`rec` gives rec_y and rec_last; nodes may have just these names."""
    document = design(
        [
            node("input", "input", shape=(5, 4), axes="TD"),
            node("rec", "lstm", hidden=3),
            node("rec_y", "lstm", hidden=3),
            node("rec_last", "relu"),
            node("rec_y_last", "relu"),
            node("a" * 64, "gru", hidden=2),
            node("o1", "output"),
            node("o2", "output"),
            node("o3", "output"),
            node("o4", "output"),
        ],
        "input -> rec",
        "rec -> rec_y",
        "rec.last -> rec_last",
        "rec_y.last -> rec_y_last",
        f"rec_y -> {'a' * 64}",
        "rec_last -> o1",
        "rec_y_last -> o2",
        f"{'a' * 64}.last -> o3",
        "rec.last -> o4",
    )
    flow = resolve(document)
    inputs = given(flow)
    model, outputs = run(flow, inputs)
    with torch.no_grad():
        states, last = model.rec(inputs[0])
        assert torch.equal(outputs[3], last)
        assert torch.equal(outputs[0], last.relu())
        assert torch.equal(outputs[1], model.rec_y(states)[1].relu())


def test_outputs_and_joins_keep_their_order_inside_groups() -> None:
    """Inside, the second output is reached first."""
    inner = [
        node("x", "input"),
        node("late", "output"),
        node("early", "output"),
        node("fc1", "linear", features=2),
        node("fc2", "linear", features=3),
    ]
    document = design(
        [
            node("input", "input", shape=(4,)),
            node("g", "group:two"),
            node("join", "concat"),
            node("output", "output"),
        ],
        "input -> g",
        "g.late -> join.x10",
        "g.early -> join.x9",
        "input -> join.x1",
        "join -> output",
        groups={"two": (inner, ["x -> early", "x -> fc1", "fc1 -> fc2", "fc2 -> late"])},
    )
    flow = resolve(document)
    inputs = given(flow)
    model, outputs = run(flow, inputs)
    with torch.no_grad():
        late = model.g.fc2(model.g.fc1(inputs[0]))
    assert torch.equal(outputs[0], torch.cat([inputs[0], inputs[0], late], 1))


def test_a_group_that_gives_nothing_is_written() -> None:
    """What lies at the end of a dead branch can become a group."""
    document = chain((4,), node("fc1", "linear", features=2))
    document.apply(e.AddNode(node("dead", "linear", features=3)))
    document.apply(e.Connect(Edge("input", "y", "dead", "x")))
    document.apply(group(document, ["dead"])[0])
    model = compile_flow(resolve(document), "n", CPU, seed=0).module
    assert model(torch.zeros(2, 4)).shape == (2, 2)
    assert "group1.dead.weight" in model.state_dict()


def test_an_empty_optional_port() -> None:
    for wires in (["q -> it.query"], ["q -> it.query", "k -> it.key", "k -> it.value"]):
        nodes = [
            node("q", "input", shape=(5, 8), axes="TD"),
            node("it", "multi_head_attention", heads=2),
            node("o", "output"),
        ]
        nodes += [node("k", "input", shape=(7, 8), axes="TD")] if len(wires) > 1 else []
        flow = resolve(design(nodes, *wires, "it -> o"))
        assert not flow.problems, flow.problems
        run(flow, given(flow))


def test_muted_and_frozen() -> None:
    document = SMALL.copy()
    document.apply(e.SetFlag("relu1", "muted", True))
    document.apply(e.SetFlag("fc1", "frozen", True))
    flow = resolve(document)
    model, outputs = run(flow, given(flow))
    assert not hasattr(model, "relu1")
    assert not any(p.requires_grad for p in model.fc1.parameters())
    assert all(p.requires_grad for p in model.conv1.parameters())
    loud, _ = run(resolve(SMALL), given(flow))
    loud.load_state_dict(model.state_dict())
    with torch.no_grad():
        assert not torch.equal(outputs[0], loud(*given(flow)))


def test_a_frozen_group_freezes_all_it_holds() -> None:
    document = SMALL.copy()
    edit, use = group(document, ["conv1", "relu1"])
    document.apply(edit)
    document.apply(e.SetFlag(use, "frozen", True))
    flow = resolve(document)
    model, _ = run(flow, given(flow))
    assert sum(p.numel() for p in model.parameters() if p.requires_grad) == flow.trainable == 4 * 9 * 3 + 3


HOSTILE = '"""\nimport os\nos.system("touch /tmp/pwned")\n"""'


def test_texts_of_a_design_never_become_code() -> None:
    document = SMALL.copy()
    document.apply(e.SetName(HOSTILE))
    document.apply(e.SetTitle("conv1", HOSTILE))
    document.apply(e.SetSetting("code", HOSTILE))
    source = write_python(resolve(document), HOSTILE)
    assert not any(
        isinstance(item, ast.Import) and item.names[0].name == "os" for item in ast.walk(ast.parse(source))
    )
    fields = Document()
    for number, cls in enumerate(BLOCKS):
        fields.apply(e.AddNode(Node(f"n{number}", cls.id, dict.fromkeys(cls.fields, HOSTILE))))
    known = resolve(fields)
    for number, cls in enumerate(BLOCKS):
        if cls.fields:
            assert known.nodes[f"n{number}"].block is None, cls.id


def test_own_helpers_of_one_name_are_one() -> None:
    """Sources of several files end up in one; a name must not stand for two things."""
    seen: dict[str, tuple[str, str]] = {}
    for path in sorted((Path(__file__).parents[2] / "explorer" / "engine" / "modules").glob("*.py")):
        text = path.read_text()
        for item in ast.parse(text).body:
            name = getattr(item, "name", None) or next(
                (t.id for t in getattr(item, "targets", []) if isinstance(t, ast.Name)), None
            )
            if name and not name.startswith("__"):
                body = ast.unparse(item)
                other = seen.setdefault(name, (path.name, body))
                assert other[1] == body, f"{name} in {other[0]} and {path.name}"


def test_designs_with_problems_are_not_written() -> None:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "kernel", 99))
    with pytest.raises(ValueError, match="conv1"):
        write_python(resolve(document), "broken")


def test_what_a_fan_costs_grows_with_its_nodes() -> None:
    """The names of values were looked for among all others: four times the nodes, sixteen times as long."""

    def calls(count: int) -> int:
        document = files.decode(hostile.fan(count))
        resolver = Resolver(registry())
        flow = resolver.resolve(document)
        profile = cProfile.Profile()
        source = profile.runcall(lambda: study(document, flow, resolver).source)
        assert "nn.Module" in source
        return sum(entry.callcount for entry in profile.getstats())

    calls(10)
    assert calls(1_200) < 5 * calls(300)


def test_wrapped_layers_of_one_class_are_modules_of_their_own() -> None:
    """Levels that differ in their dilation share a class, and each of its two places gets a layer."""
    flow = resolve(gallery()["tcn_pixels"].build((1, 40), layers=3, width=4, kernel=3))
    source = write_python(flow, "TCN")
    assert "nn.Conv1d(4, 4, 3, dilation=4), nn.Conv1d(4, 4, 3, dilation=4)" in " ".join(
        source.replace("conv2_layer=", "").split()
    )
    made = build_module(source).eval()
    live = compile_flow(flow, "TCN", CPU, seed=0).module.eval()
    made.load_state_dict(live.state_dict())
    x = torch.randn(2, 1, 40)
    with torch.no_grad():
        assert torch.equal(made(x), live(x))
