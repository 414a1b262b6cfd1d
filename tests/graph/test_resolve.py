"""From a document to its flow: figures, all problems at once, culprits, groups, memo."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import SMALL, chain, codes, design, node, resolve, wire
from samples import _value

from explorer.architectures.gallery import gallery
from explorer.blocks.fields import Shape
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.model import Edge, Node
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image, vector
from explorer.graph.workspace import Workspace


def test_lenet() -> None:
    flow = resolve(gallery()["lenet5_modern"].build())
    assert (flow.parameters, flow.trainable, flow.macs, flow.macs_attention) == (61_706, 61_706, 416_520, 0)
    assert flow.at("conv2").outputs == {"y": image(16, 10, 10)}
    assert flow.outputs == {"output": vector(10)}
    assert flow.leaves == 12
    assert not flow.problems


def test_every_problem_is_reported_at_once() -> None:
    flow = resolve(
        design(
            [
                node("input", "input", shape=(1, 8, 8)),
                node("fc", "linear"),
                node("odd", "nonsense"),
                node("bad", "conv2d", kernel=-1),
                node("lonely", "relu"),
                node("join", "add"),
                node("big", "conv2d", kernel=11),
                node("two", "relu"),
                node("a", "relu"),
                node("b", "relu"),
                node("ghost", "relu"),
                node("tail", "relu"),
                node("output", "output"),
            ],
            "input -> fc",
            "input -> odd",
            "input -> bad",
            "input -> join.x1",
            "input -> big",
            "input -> two",
            "fc -> two",
            "a -> b",
            "b -> a",
            "input.z -> ghost",
            "input -> tail",
            "input -> tail.z",
        )
    )
    assert codes(flow) == {
        "fc": "axes",
        "odd": "unknown_block",
        "bad": "field",
        "lonely": "unconnected",
        "join": "unconnected",
        "big": "window",
        "two": "two_wires",
        "a": "cycle",
        "b": "cycle",
        "ghost": "port",
        "tail": "port",
        "output": "unconnected",
    }
    assert all(problem.message.strip().endswith((".", "?")) for problem in flow.problems)
    assert all(flow.nodes[a].state == "problem" for a in codes(flow))


def test_several_problems_of_one_node() -> None:
    flow = resolve(
        design(
            [node("input", "input"), node("attend", "scaled_dot_product"), node("sum1", "add")],
            "input -> attend.query",
            "input -> attend.odd",
            "input.no -> attend.key",
            "input -> sum1.x",
            "input -> sum1.y",
        )
    )
    found = [(p.address, p.code) for p in flow.problems]
    assert found.count(("attend", "port")) == 2
    assert found.count(("sum1", "port")) == 2
    empty = resolve(design([node("input", "input"), node("attend", "scaled_dot_product")]))
    assert {p.port for p in empty.problems if p.address == "attend"} == {"query", "key", "value"}


def test_waiting_nodes_name_the_culprit() -> None:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "kernel", 99))
    flow = resolve(document)
    assert [problem.address for problem in flow.faults] == ["conv1"]
    waits = {p.address: p.waits_for for p in flow.problems if p.waits_for}
    assert waits == dict.fromkeys(["relu1", "pool1", "flatten", "fc1", "output"], "conv1")
    assert flow.nodes["relu1"].state == "waits"


def test_behind_a_circle_everything_is_still_looked_at() -> None:
    flow = resolve(
        design(
            [
                node("input", "input", shape=(4,)),
                node("a", "relu"),
                node("b", "relu"),
                node("c", "relu"),
                node("d", "relu"),
                node("after_ab", "relu"),
                node("after_cd", "relu"),
                node("bad", "linear", features=-3),
                node("own", "relu"),
                node("join", "add"),
                node("lonely", "tanh"),
                node("output", "output"),
            ],
            "a -> b",
            "b -> a",
            "c -> d",
            "d -> c",
            "b -> after_ab",
            "d -> after_cd",
            "after_ab -> bad",
            "own -> own",
            "after_cd -> join.x1",
            "lonely -> join.x2",
            "join -> output",
        )
    )
    found = codes(flow)
    assert [found[n] for n in ("a", "b", "c", "d", "own")] == ["cycle"] * 5
    assert found["bad"] == "field"
    assert found["lonely"] == "unconnected"
    waits = {p.address: p.waits_for for p in flow.problems if p.waits_for}
    assert waits["after_ab"] in ("a", "b")
    assert waits["after_cd"] in ("c", "d")
    assert set(flow.nodes) == set(flow.graph)


def test_circles_that_share_a_node() -> None:
    flow = resolve(
        design(
            [node("a", "add"), node("b", "relu"), node("c", "relu")],
            "a -> b",
            "a -> c",
            "b -> a.x1",
            "c -> a.x2",
        )
    )
    assert codes(flow)["a"] == "cycle"
    assert all(flow.nodes[n].state != "ok" for n in "abc")


def test_a_large_circle_is_told_briefly() -> None:
    count = 3_000
    ids = [f"n{i}" for i in range(count)]
    document = design(
        [node(i, "relu") for i in ids], *(f"{a} -> {b}" for a, b in zip(ids, [*ids[1:], "n0"], strict=True))
    )
    flow = resolve(document)
    assert len(flow.faults) == count + 1  # no output either
    assert max(len(problem.message) for problem in flow.problems) < 300


def test_variadic_ports_come_in_their_natural_order() -> None:
    sizes = list(range(1, 13))
    nodes = [node("input", "input", shape=(5,)), node("join", "concat"), node("output", "output")]
    nodes += [node(f"fc{n}", "linear", features=n) for n in sizes]
    wires = [f"input -> fc{n}" for n in sizes] + [f"fc{n} -> join.x{n}" for n in sizes[::-1]]
    flow = resolve(design(nodes, *wires, "join -> output"))
    assert list(flow.nodes["join"].inputs) == [f"x{n}" for n in sizes]
    assert flow.outputs["output"] == vector(sum(sizes))


def test_muted_nodes_pass_their_first_input_through() -> None:
    document = SMALL.copy()
    document.apply(e.SetFlag("relu1", "muted", True))
    assert not resolve(document).problems
    document.apply(e.SetFlag("conv1", "muted", True))
    flow = resolve(document)
    assert codes(flow)["conv1"] == "muted"
    assert flow.at("conv1").state == "problem"


def test_a_muted_block_of_several_inputs_passes_the_first_port_not_the_first_letter() -> None:
    document = design(
        [
            node("a", "input", shape=(4, 8), axes="TD"),
            node("b", "input", shape=(4, 8), axes="TD"),
            node("attend", "scaled_dot_product"),
            node("norm", "layer_norm"),
            node("output", "output"),
        ],
        "a -> attend.query",
        "b -> attend.key",
        "b -> attend.value",
        "attend -> norm",
        "norm -> output",
    )
    document.apply(e.SetFlag("attend", "muted", True))
    flow = resolve(document)
    assert next(iter(flow.nodes["attend"].inputs)) == "query"
    model = compile_flow(flow, "muted", torch.device("cpu")).module
    a, b = torch.randn(2, 4, 8), torch.randn(2, 4, 8)
    assert torch.equal(model(a, b), model.norm(a))


def test_frozen_weights_count_but_are_not_trained() -> None:
    document = SMALL.copy()
    document.apply(e.SetFlag("fc1", "frozen", True))
    flow = resolve(document)
    assert flow.parameters - flow.trainable == flow.at("fc1").parameters == 4 * 9 * 3 + 3


GROUPS = {
    "inner": (
        [node("x", "input"), node("fc", "linear", features=4), node("act", "relu"), node("y", "output")],
        ["x -> fc", "fc -> act", "act -> y"],
    ),
    "outer": (
        [node("x", "input"), node("one", "group:inner"), node("two", "group:inner"), node("y", "output")],
        ["x -> one", "one -> two", "two -> y"],
    ),
}


def nested() -> Document:
    return design(
        [
            node("input", "input", shape=(6,)),
            node("g1", "group:outer"),
            node("g2", "group:outer"),
            node("output", "output"),
        ],
        "input -> g1",
        "g1 -> g2",
        "g2 -> output",
        groups=GROUPS,
    )


def test_groups_nest_and_each_use_has_its_own_shapes() -> None:
    flow = resolve(nested())
    assert not flow.problems
    assert flow.at("g1.one.fc").parameters == 6 * 4 + 4
    assert flow.at("g2.one.fc").parameters == 4 * 4 + 4
    assert flow.parameters == 28 + 3 * 20
    assert flow.leaves == 8
    addresses = [address for address, _ in flow.walk()]
    assert addresses == [
        f"{g}.{i}.{leaf}" for g in ("g1", "g2") for i in ("one", "two") for leaf in ("fc", "act")
    ]
    assert [a for a, _ in flow.walk(depth=1)] == ["g1", "g2"]
    with pytest.raises(KeyError):
        flow.at("g1.one.fc.deeper")


def test_faults_inside_groups_have_their_own_addresses() -> None:
    document = nested()
    document.apply(e.SetField("fc", "features", -1, "inner"))
    flow = resolve(document)
    uses = [f"{g}.{i}.fc" for g in ("g1", "g2") for i in ("one", "two")]
    assert {p.address for p in flow.faults} == set(uses)
    assert {p.code for p in flow.faults} == {"field"}
    document.apply(e.SetField("fc", "features", 4, "inner"))
    assert not resolve(document).problems
    document.apply(e.Disconnect(wire("one -> two"), "outer"))
    assert {p.address: p.code for p in resolve(document).faults} == {
        "g1.two": "unconnected",
        "g2.two": "unconnected",
    }


def test_a_group_that_waits_still_shows_what_is_wrong_inside() -> None:
    document = nested()
    document.apply(e.SetField("fc", "features", -1, "inner"))
    document.apply(e.Disconnect(wire("input -> g1")))
    flow = resolve(document)
    assert codes(flow)["g1"] == "unconnected"
    assert codes(flow)["g1.one.fc"] == "field"
    assert flow.nodes["g1"].inner is not None


def test_the_memo_does_not_take_true_for_one() -> None:
    resolver = Resolver(registry())
    good = chain((1, 8, 8), node("conv1", "conv2d", filters=1, kernel=1))
    assert not resolver.resolve(good).problems
    for value in (True, 1.0):
        bad = good.copy()
        bad.apply(e.SetField("conv1", "filters", value))
        assert codes(resolver.resolve(bad))["conv1"] == "field"
    assert not resolver.resolve(good).problems


def test_the_memo_does_not_take_one_edited_copy_of_a_group_for_another() -> None:
    resolver = Resolver(registry())
    found = []
    for features in range(2, 12):  # copies come and go at the same place in memory
        copy = nested()
        copy.apply(e.SetField("fc", "features", features, "inner"))
        found.append(resolver.resolve(copy).outputs["output"])
    assert found == [vector(n) for n in range(2, 12)]


def test_several_outputs_stand_in_the_order_of_the_nodes() -> None:
    document = design(
        [
            node("late", "output"),
            node("early", "output"),
            node("input", "input", shape=(3,)),
            node("fc", "linear", features=2),
            node("act", "relu"),
        ],
        "input -> early",
        "input -> fc",
        "fc -> act",
        "act -> late",
    )
    flow = resolve(document)
    assert list(flow.outputs) == ["late", "early"]
    late, early = compile_flow(flow, "two", torch.device("cpu")).module(torch.zeros(1, 3))
    assert (late.shape, early.shape) == ((1, 2), (1, 3))


def test_no_design_is_too_odd() -> None:
    assert codes(resolve(Document())) == {}
    assert codes(resolve(design([node("a", "input")]))) == {"": "no_output"}
    huge = chain(
        (65_536, 65_536),
        node("fc1", "linear", features=65_536),
        node("flatten", "flatten"),
        node("fc2", "linear", features=65_536),
    )
    flow = resolve(huge)
    assert flow.parameters > 10**12
    assert not flow.problems
    assert codes(resolve(chain((3, 8, 8), node("conv1", "conv2d", filters=10**9))))["conv1"] == "field"
    assert (
        codes(resolve(chain((3, 8, 8), node("a", "bottleneck", width=65_536, expansion=64))))["a"] == "field"
    )


def rows(flow: object, prefix: str = "") -> list[tuple[object, ...]]:
    return [(a, n.inputs, n.outputs, n.parameters, n.macs, n.window, n.state) for a, n in flow.walk(depth=9)]  # type: ignore[attr-defined]


@settings(max_examples=40)
@given(st.data())
def test_after_any_edits_the_flow_equals_a_cold_resolve(data: st.DataObject) -> None:
    resolver = Resolver(registry())
    document = nested() if data.draw(st.booleans()) else SMALL.copy()
    for _ in range(data.draw(st.integers(1, 8))):
        scope = data.draw(st.sampled_from(["", *document.groups]))
        ids = [*document.graph(scope)]
        a, b = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        edges = document.graph(scope).edges
        edit: e.Edit = data.draw(
            st.sampled_from(
                [
                    e.SetField(a, "features", data.draw(st.integers(0, 9)), scope),
                    e.SetFlag(a, "muted", True, scope),
                    e.Connect(Edge(a, "y", b, "x"), scope),
                    e.Rename(a, "renamed", scope),
                    e.SetBlock(
                        a, data.draw(st.sampled_from(["relu", "tanh", "flatten", "linear"])), {}, scope
                    ),
                    *([e.Disconnect(data.draw(st.sampled_from(edges)), scope)] if edges else []),
                ]
            )
        )
        try:
            document.apply(edit)
        except EditProblem:
            continue
        warm, cold = resolver.resolve(document), resolve(document)
        assert rows(warm) == rows(cold)
        assert warm.problems == cold.problems
        assert (warm.inputs, warm.outputs) == (cold.inputs, cold.outputs)


def test_random_designs_of_random_blocks_never_raise() -> None:
    rng = random.Random(3)
    resolver = Resolver(registry())
    blocks = [cls for cls in registry().blocks if cls.id != "input"]
    shapes = [(3,), (7, 4), (3, 9, 9), (2, 4, 8, 8), (1, 28, 28), (12, 6, 6)]
    for _ in range(400):
        document = design([node("input", "input", shape=rng.choice(shapes))])
        for number in range(8):
            cls = rng.choice(blocks)
            fields = {
                n: _value(f, rng)
                for n, f in cls.fields.items()
                if rng.random() < 0.4 and not isinstance(f, Shape)
            }
            document.apply(e.AddNode(Node(f"n{number}", cls.id, fields)))
            ports = ["x1", "x2"] if cls.variadic else [port.name for port in cls.inputs]
            before = list(document.root)[:-1]
            for port in ports:
                source = rng.choice(before[-3:])
                kind = document.root[source].block
                outs = registry()[kind].outputs or ("y",)
                document.apply(e.Connect(Edge(source, rng.choice(outs), f"n{number}", port)))
        flow = resolver.resolve(document)
        assert set(flow.nodes) == set(document.root)
        for _, known in flow.walk(depth=9):
            assert known.parameters >= 0
            assert known.macs >= known.macs_attention >= 0


def seen_by_the_middle(module: torch.nn.Module, size: int, channels: int) -> int:
    """How far along H the input acts on one value in the middle of the output."""
    x = torch.rand(1, channels, size, size, requires_grad=True)
    y = module.double()(x.double())
    middle = y.shape[2] // 2
    y[0, :, middle, middle].sum().backward()
    assert x.grad is not None
    rows = x.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    return int(rows.max() - rows.min()) + 1


@pytest.mark.parametrize(
    "layers",
    [
        [("conv2d", {"filters": 2, "kernel": 3})] * 3,
        [
            ("conv2d", {"filters": 2, "kernel": 5, "stride": 2, "padding": 2}),
            ("avg_pool", {"kernel": 2}),
            ("conv2d", {"filters": 2, "kernel": 3}),
        ],
        [
            ("conv2d", {"filters": 2, "kernel": 3, "dilation": 2}),
            ("conv2d", {"filters": 2, "kernel": 3, "dilation": 4}),
        ],
        [
            ("residual", {"filters": 4}),
            ("residual", {"filters": 8, "stride": 2}),
            ("conv2d", {"filters": 2, "kernel": 3}),
        ],
        [("inception_v1", {}), ("conv2d", {"filters": 2, "kernel": 3})],
    ],
    ids=str,
)
def test_the_receptive_field_is_where_gradients_arrive(layers: list[tuple[str, dict[str, object]]]) -> None:
    size = 65
    document = chain(
        (3, size, size), *(node(f"n{i}", block, **fields) for i, (block, fields) in enumerate(layers))
    )
    flow = resolve(document)
    assert not flow.problems, flow.problems
    torch.manual_seed(0)
    module = compile_flow(flow, "reach", torch.device("cpu")).module.eval()
    for child in module.modules():  # positive weights: nothing cancels, no ReLU is shut
        for parameter in child.parameters(recurse=False):
            parameter.data = parameter.data.abs() + 0.01
    assert flow.receptive_field("output").windows[0] == seen_by_the_middle(module, size, 3)


@pytest.mark.timeout(60)  # walking back from every node would take minutes
def test_a_fault_at_the_start_of_a_very_long_chain() -> None:
    count = 20_000
    document = chain((4,), *(node(f"n{i}", "relu") for i in range(count)))
    document.apply(e.SetBlock("n0", "linear", {"features": -1}))
    flow = resolve(document)
    assert {problem.waits_for for problem in flow.problems} == {None, "n0"}
    assert len(flow.problems) == count + 1


@pytest.mark.parametrize("value", [True, 1.0])
def test_a_value_of_another_type_is_another_value(value: object) -> None:
    workspace = Workspace(registry(), SMALL.copy())
    workspace.apply(e.SetField("conv1", "filters", 1))
    assert not workspace.flow.problems
    workspace.apply(e.SetField("conv1", "filters", value))
    assert codes(workspace.flow)["conv1"] == "field"
