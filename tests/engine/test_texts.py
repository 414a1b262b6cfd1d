"""Texts in the engine: other lengths with the same weights, writing on, and bad input in words."""

from __future__ import annotations

import pytest
import torch

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.lengths import LengthProblem, Lengths
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.edits import SetField
from explorer.graph.operations import adopt
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image
from explorer.protocol import events, requests
from explorer.protocol.records import Drawing, Sample


@pytest.fixture(scope="module")
def gpt() -> LocalEngine:
    return LocalEngine(find("gpt_shakespeare").build(layers=1, width=32, heads=2))


@pytest.fixture(scope="module")
def translator() -> LocalEngine:
    return LocalEngine(find("dates_bahdanau").build(hidden=8, embedding=6))


def small(*, learned: bool = False, flat: bool = False) -> Document:
    """A design of one text of 6 bytes."""
    g = Builder(registry(), Resolver(registry()))
    x = g.input("text", Tensor((6,), ("T",), "int"), vocabulary="bytes")
    x = g.add("embedding", x, name="embed", vocabulary=256, width=8)
    x = g.add("positional_encoding", x, name="place", kind="learned" if learned else "sinusoidal")
    x = g.add("self_attention", x, name="look", causal=True)
    if flat:
        x = g.add("flatten", x, name="flat")
    g.output("next", g.add("linear", x, name="head", features=256))
    document = Document("small")
    document.apply(adopt(g.graph, "small", g.groups))
    return document


def lengths_of(document: Document) -> tuple[torch.nn.Module, Lengths]:
    compiled = compile_flow(Resolver(registry()).resolve(document), "small", torch.device("cpu"), seed=0)
    compiled.module.eval()
    return compiled.module, Lengths(compiled, document)


@pytest.mark.parametrize("learned", [False, True])
def test_a_shorter_text_gives_what_the_longer_one_gives_at_its_beginning(learned: bool) -> None:
    module, lengths = lengths_of(small(learned=learned))
    ids = torch.arange(6)[None]
    short = lengths.of({"text": 4})
    assert short.flow.inputs["text"].shape == (4,)  # type: ignore[union-attr]
    assert torch.allclose(short.module(ids[:, :4]), module(ids)[:, :4], atol=1e-6)


def test_shorter_programs_have_the_weights_themselves() -> None:
    module, lengths = lengths_of(find("dates_bahdanau").build(hidden=8, embedding=6))
    short = lengths.of({"source": 5, "target": 3}).module
    assert short is not module
    assert all(one is other for one, other in zip(short.parameters(), module.parameters(), strict=True))
    assert lengths.of({"source": 5, "target": 3}).module is short
    assert lengths.of({"source": 32, "target": 32}).module is module


def test_programs_that_read_every_place_say_so() -> None:
    _, lengths = lengths_of(small(flat=True))
    with pytest.raises(LengthProblem, match=r"head has learned numbers for each place .* 3 tokens at text"):
        lengths.of({"text": 3})


@pytest.mark.parametrize("count", [0, 7])
def test_lengths_beyond_the_input_are_refused(count: int) -> None:
    _, lengths = lengths_of(small())
    with pytest.raises(LengthProblem, match=f"text takes 1 to 6 tokens, and the text has {count}"):
        lengths.of({"text": count})


def test_looks_are_as_long_as_the_text(gpt: LocalEngine) -> None:
    event = gpt.ask(requests.Attention(sample=Sample(text="O Romeo")))
    assert isinstance(event, events.AttentionSet)
    assert event.tokens == {"text": ("O", "␣", "R", "o", "m", "e", "o")}
    assert [layer.weights.shape for layer in event.layers] == [(2, 7, 7)]
    assert {(layer.asking, layer.asked) for layer in event.layers} == {("text", "text")}
    assert event.answer.classes[event.answer.scores.argmax()] in "".join(event.answer.classes)
    assert event.answer.scores.sum() == pytest.approx(1, abs=1e-5)


def test_without_a_text_the_example_of_the_vocabulary_is_read(gpt: LocalEngine) -> None:
    event = gpt.ask(requests.Tiles(sample=Sample()))
    assert isinstance(event, events.TileSet)
    assert "".join(event.tokens["text"]) == "O␣Romeo,␣Romeo!␣wherefore␣art␣thou␣Rom"


def test_what_comes_next_is_the_last_row_of_the_output(gpt: LocalEngine) -> None:
    event = gpt.ask(requests.NextToken(sample=Sample(text="thou"), most=68))
    assert isinstance(event, events.NextTokens)
    module = gpt._state.model().module.eval()
    from explorer.text.shipped import vocabulary

    known = vocabulary("plays")
    with torch.no_grad():
        wanted = torch.softmax(module(torch.tensor([known.encode("thou")]))[0, -1], -1)
    found = {one.shown: one.model for one in event.likely}
    assert found == pytest.approx({known.shown(n): float(p) for n, p in enumerate(wanted)}, abs=1e-6)
    shares = [one.model for one in event.likely]
    assert shares == sorted(shares, reverse=True)


def test_the_same_seed_writes_the_same_and_news_add_up(gpt: LocalEngine) -> None:
    def write(seed: int) -> tuple[str, str]:
        heard: list[str] = []

        def hear(event: events.Event) -> None:
            if isinstance(event, events.Wrote):
                heard.extend(piece.text for piece in event.pieces)

        sample, how = Sample(text="O "), Drawing(temperature=0.9, top_k=20, seed=seed)
        written = gpt.ask(requests.Write(sample=sample, count=30, drawing=how), hear)
        assert isinstance(written, events.Written)
        assert written.why == "count"
        assert all(0 < piece.probability <= 1 for piece in written.pieces)
        return written.text, "".join(heard)

    first, heard = write(3)
    assert len(first) == 30
    assert heard == first
    assert write(3)[0] == first
    assert write(4)[0] != first


def test_it_writes_beyond_its_window(gpt: LocalEngine) -> None:
    written = gpt.ask(requests.Write(sample=Sample(text="a" * 120), count=20))
    assert isinstance(written, events.Written)
    assert len(written.pieces) == 20


def test_writing_can_be_given_up(gpt: LocalEngine) -> None:
    from explorer.engine.jobs import GivenUp

    jobs = gpt._state.jobs
    jobs.arrived(5)
    jobs.cancel(5)
    with pytest.raises(GivenUp):
        gpt.ask(requests.Write(job=5, sample=Sample(text="O"), count=10))
    jobs.answered(5)


def test_a_translation_that_is_looked_at_is_written_first(translator: LocalEngine) -> None:
    event = translator.ask(requests.Attention(sample=Sample(text="1.1.2000")))
    assert isinstance(event, events.AttentionSet)
    assert event.tokens["source"] == tuple("1.1.2000")
    assert event.tokens["target"][0] == "<start>"
    (layer,) = event.layers
    assert layer.weights.shape == (1, len(event.tokens["target"]), 8)
    assert (layer.asking, layer.asked) == ("next", "source")
    assert event.tokens["next"][:-1] == event.tokens["target"][1:]


def test_every_input_can_have_a_text_of_its_own(translator: LocalEngine) -> None:
    sample = Sample(more={"source": Sample(text="1.1.2000"), "target": Sample(text="20")})
    event = translator.ask(requests.Tiles(sample=sample))
    assert isinstance(event, events.TileSet)
    assert event.tokens["target"] == ("<start>", "2", "0")


def test_a_picture_and_a_text_are_read_together() -> None:
    g = Builder(registry(), Resolver(registry()))
    words = g.input("words", Tensor((6,), ("T",), "int"), vocabulary="bytes")
    picture = g.input("picture", image(3, 16, 16))
    x = g.add("embedding", words, name="embed", vocabulary=256, width=8)
    y = g.add("patch_embedding", picture, name="patches", patch=4, width=8)
    g.output("output", g.add("multi_head_attention", x, y, name="look", heads=1))
    document = Document("caption")
    document.apply(adopt(g.graph, "caption", g.groups))
    engine = LocalEngine(document)
    from explorer import resources

    photo = str(resources.path("data", "photos") / "coffee.jpg")
    dark = engine.ask(requests.Attention(sample=Sample(text="cup")))
    event = engine.ask(requests.Attention(sample=Sample(text="cup", path=photo)))
    assert isinstance(event, events.AttentionSet)
    assert isinstance(dark, events.AttentionSet)
    assert event.tokens == {"words": ("c", "u", "p")}
    assert event.layers[0].weights.shape == (1, 3, 16)
    assert abs(event.layers[0].weights - dark.layers[0].weights).max() > 1e-6


BAD = [
    (Sample(text=""), "empty text"),
    (Sample(text="snow ☃ 7"), "“☃”, “7” are not in the vocabulary"),
    (Sample(text="x" * 129), "takes 1 to 128 tokens, and the text has 129"),
    (Sample(path="/nowhere.png"), "reads a text"),
]


@pytest.mark.parametrize(("sample", "words"), BAD)
@pytest.mark.parametrize("ask", [requests.Attention, requests.Tiles, requests.Answers])
def test_bad_texts_are_refused_in_words(gpt: LocalEngine, sample: Sample, words: str, ask: type) -> None:
    with pytest.raises(RequestProblem, match=words):
        gpt.ask(ask(sample=sample))


def test_networks_that_do_not_write_say_so() -> None:
    engine = LocalEngine(find("mlp_spirals").build())
    for request in (requests.Write(sample=Sample()), requests.NextToken(sample=Sample())):
        with pytest.raises(RequestProblem, match="does not write"):
            engine.ask(request)


def test_settings_of_the_draw_are_refused_in_words(gpt: LocalEngine) -> None:
    with pytest.raises(RequestProblem, match="temperature is 0"):
        gpt.ask(requests.Write(sample=Sample(text="O"), drawing=Drawing(temperature=-1)))
    with pytest.raises(RequestProblem, match="top-p is a share"):
        gpt.ask(requests.NextToken(sample=Sample(text="O"), drawing=Drawing(top_p=0.0)))
    with pytest.raises(RequestProblem, match="tokens are written at a time"):
        gpt.ask(requests.Write(sample=Sample(text="O"), count=0))


def test_the_vocabulary_of_another_network_is_refused_in_words() -> None:
    document = find("dates_luong").build(hidden=8, embedding=6, characters=20)
    engine = LocalEngine(document)
    with pytest.raises(
        RequestProblem, match=r"encoder\.tokens takes 20 ids: it is the vocabulary of another"
    ):
        engine.ask(requests.Attention(sample=Sample(text="1.1.2000")))


def test_an_input_without_such_a_vocabulary_is_a_problem_of_the_design() -> None:
    document = small()
    document.apply(SetField("text", "vocabulary", "latin"))
    flow = Resolver(registry()).resolve(document)
    assert "There is no vocabulary “latin”" in flow.faults[0].message
    document = find("lenet5_modern").build()
    document.apply(SetField("input", "vocabulary", "bytes"))
    flow = Resolver(registry()).resolve(document)
    assert "one axis T of whole numbers" in flow.faults[0].message


def test_statistics_and_cards_read_the_text(gpt: LocalEngine) -> None:
    event = gpt.ask(requests.Statistics(dataset=""))
    assert isinstance(event, events.StatisticsSet)
    assert event.samples == 1
    shown = gpt.ask(requests.Demonstrate(block="", fields={}, address="norm", sample=Sample(text="O Romeo")))
    assert isinstance(shown, events.Demonstrated)


def test_lengths_of_one_program_share_a_module() -> None:
    _, lengths = lengths_of(find("dates_bahdanau").build(hidden=8, embedding=6))
    first = lengths.of({"source": 5, "target": 3})
    second = lengths.of({"source": 5, "target": 4})
    assert first.module is second.module
    assert second.flow.inputs["target"].shape == (4,)  # type: ignore[union-attr]
    assert lengths.of({"source": 6, "target": 3}).module is not first.module


def test_other_weights_are_those_of_every_length() -> None:
    engine = LocalEngine(find("dates_luong").build(hidden=8, embedding=6))
    ask = requests.NextToken(sample=Sample(text="1.1.2000"), most=13)
    first = engine.ask(ask)
    engine.ask(requests.ResetWeights(seed=5))
    second = engine.ask(ask)
    assert isinstance(first, events.NextTokens)
    assert isinstance(second, events.NextTokens)
    fresh = LocalEngine(find("dates_luong").build(hidden=8, embedding=6), seed=5).ask(ask)
    assert isinstance(fresh, events.NextTokens)
    assert second.likely != first.likely
    assert second.likely == fresh.likely


def test_rows_of_a_learned_table_follow_other_weights() -> None:
    engine = LocalEngine(small(learned=True))
    ask = requests.NextToken(sample=Sample(text="abc"), most=256)
    engine.ask(ask)
    engine.ask(requests.ResetWeights(seed=5))
    fresh = LocalEngine(small(learned=True), seed=5)
    found, wanted = engine.ask(ask), fresh.ask(ask)
    assert isinstance(found, events.NextTokens)
    assert isinstance(wanted, events.NextTokens)
    assert found.likely == wanted.likely
