"""Which inputs are texts, which output says what comes next, and whose tokens an attention layer sees."""

from __future__ import annotations

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.edits import SetField
from explorer.graph.flow import Flow
from explorer.graph.operations import adopt
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image
from explorer.meaning.exposing import exposing
from explorer.meaning.texts import attended, first_text, text_inputs, too_few_ids, writer_of


def flow_of(name: str) -> Flow:
    return Resolver(registry()).resolve(find(name).build())


def test_a_language_model_writes_what_it_reads() -> None:
    writer = writer_of(flow_of("gpt_shakespeare"))
    assert writer is not None
    assert (writer.output, writer.input, writer.source) == ("next", "text", "")


def test_a_translator_writes_its_target() -> None:
    flow = flow_of("french_transformer")
    writer = writer_of(flow)
    assert writer is not None
    assert (writer.input, writer.source, writer.vocabulary.name) == ("target", "source", "french")
    assert first_text(flow) == "source"


def test_networks_of_pictures_do_not_write() -> None:
    flow = flow_of("lenet5_modern")
    assert text_inputs(flow) == {}
    assert writer_of(flow) is None
    assert first_text(flow) == ""


def test_attention_stands_on_the_tokens_that_it_reads() -> None:
    flow = flow_of("french_transformer")
    tokens = {"source": 5, "target": 7}
    found = {
        address: attended(
            flow,
            address,
            tokens,
            5 if "encoder" in address else 7,
            5 if "cross" in address or "encoder" in address else 7,
        )
        for address, _ in exposing(flow, "attention")
    }
    assert found["encoder.layer2.attention.attend"] == ("source", "source")
    assert found["decoder.layer2.attention.attend"] == ("target", "target")
    assert found["decoder.layer2.cross_attention.attend"] == ("target", "source")


def test_equal_lengths_are_told_apart_by_the_wires() -> None:
    flow = flow_of("french_transformer")
    tokens = {"source": 6, "target": 6}
    assert attended(flow, "encoder.layer1.attention.attend", tokens, 6, 6) == ("source", "source")
    assert attended(flow, "decoder.layer1.attention.attend", tokens, 6, 6) == ("target", "target")
    assert attended(flow, "decoder.layer2.cross_attention.attend", tokens, 6, 6) == ("target", "source")
    assert attended(flow_of("french_bahdanau"), "decoder", tokens, 6, 6) == ("target", "source")


def test_attention_over_a_picture_has_no_words() -> None:
    g = Builder(registry(), Resolver(registry()))
    words = g.input("words", Tensor((4,), ("T",), "int"), vocabulary="bytes")
    picture = g.input("picture", image(3, 16, 16))
    x = g.add("embedding", words, name="embed", vocabulary=256, width=8)
    y = g.add("patch_embedding", picture, name="patches", patch=4, width=8)
    g.output("output", g.add("multi_head_attention", x, y, name="look", heads=1))
    document = Document()
    document.apply(adopt(g.graph, "caption", g.groups))
    flow = Resolver(registry()).resolve(document)
    assert attended(flow, "look.attend", {"words": 4}, 4, 16) == ("words", "")


def test_a_vocabulary_of_another_network_is_found() -> None:
    document = find("french_bahdanau").build()
    document.apply(SetField("source", "vocabulary", "french"))
    flow = Resolver(registry()).resolve(document)
    assert too_few_ids(flow, "source", text_inputs(flow)["source"]) == ("encoder.tokens", 86)
    assert (
        too_few_ids(flow_of("french_bahdanau"), "source", text_inputs(flow_of("french_bahdanau"))["source"])
        is None
    )
