"""May this wire be drawn? One test for each numbered condition of `can_connect`."""

from nets import SMALL, design, node, wire

from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph.model import Edge
from explorer.graph.rules import Answer, can_connect, ports_of

JOIN = design(
    [
        node("a", "input"),
        node("b", "relu"),
        node("join", "add"),
        node("odd", "nonsense"),
        node("bad", "conv2d", kernel=-1),
        node("use", "group:g1"),
        node("rec", "lstm"),
        node("end", "output"),
        node("attend", "scaled_dot_product"),
    ],
    "a -> b",
    "a -> join.x1",
    "b -> join.x2",
    "b -> odd.p",
    "odd.q -> end",
    groups={"g1": ([node("left", "input"), node("right", "input"), node("out", "output")], [])},
)


def ask(src: str, out: str, dst: str, into: str | None = None) -> Answer:
    answer = can_connect(JOIN, registry(), src, out, dst, into)
    assert answer.yes is (answer.edge is not None)
    assert answer.yes or answer.reason.endswith(".")
    if answer.yes:  # what is promised can be done, and leaves no bad wiring behind
        document = JOIN.copy()
        if answer.replaces:
            document.apply(e.Disconnect(answer.replaces))
        document.apply(e.Connect(answer.edge))
    return answer


def test_1_both_nodes_exist() -> None:
    assert "nobody" in ask("nobody", "y", "b").reason
    assert "nobody" in ask("a", "y", "nobody").reason


def test_2_not_to_itself() -> None:
    assert "itself" in ask("b", "y", "b").reason


def test_3_the_ports_exist() -> None:
    assert "no output “z”" in ask("a", "z", "b").reason
    assert "no output." in ask("end", "y", "b").reason
    assert "no input “z”" in ask("a", "y", "b", "z").reason
    assert "takes no input" in ask("b", "y", "a").reason
    assert ask("rec", "last", "end").yes
    assert ask("a", "y", "bad").yes  # its fields are wrong, its ports are known
    assert ask("a", "y", "use", "right").yes
    assert not ask("a", "y", "use", "x").yes


def test_4_no_circle() -> None:
    assert "circle" in ask("join", "y", "b").reason


def test_5_a_second_wire_replaces_the_first() -> None:
    answer = ask("a", "y", "end")
    assert answer.replaces == Edge("odd", "q", "end", "x")
    assert "already" in ask("a", "y", "b").reason
    assert ask("a", "y", "b", "x").replaces is None


def test_5_joins_take_any_number() -> None:
    assert ask("a", "y", "join").edge == wire("a -> join.x3")
    assert ask("a", "y", "join", "x1").edge == wire("a -> join.x3")
    assert ask("a", "y", "join", "x3").edge == wire("a -> join.x3")


def test_the_first_free_input_is_taken() -> None:
    document = JOIN.copy()
    for into in ("query", "key", "value", "bias", "mask"):
        answer = can_connect(document, registry(), "a", "y", "attend")
        assert answer.edge == Edge("a", "y", "attend", into)
        document.apply(e.Connect(answer.edge))
    assert can_connect(document, registry(), "b", "y", "attend").replaces == Edge("a", "y", "attend", "query")


def test_ports_of_an_unknown_block_are_those_its_wires_use() -> None:
    assert ports_of(JOIN, registry(), JOIN.root["odd"]) == (("p",), ("q",), False)


def test_ports_of_a_join_are_counted_naturally() -> None:
    document = design([node("a", "relu"), node("join", "add")], *(f"a -> join.x{n}" for n in range(1, 12)))
    assert ports_of(document, registry(), document.root["join"]).inputs == tuple(
        f"x{n}" for n in range(1, 13)
    )


def test_inside_a_group() -> None:
    assert can_connect(JOIN, registry(), "left", "y", "out", scope="g1").yes


def test_a_wrong_shape_is_no_reason() -> None:
    document = SMALL.copy()
    document.apply(e.Disconnect(wire("flatten -> fc1")))
    assert can_connect(document, registry(), "conv1", "y", "fc1").yes
