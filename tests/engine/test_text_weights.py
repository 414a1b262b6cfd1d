"""The networks of texts with the weights that ship: what `metrics.json` says of them, measured again."""

from __future__ import annotations

import gzip
import json
from functools import cache
from random import Random

import pytest
import torch
from torch.nn import functional as F

from explorer import resources
from explorer.architectures.gallery import find
from explorer.engine.local import LocalEngine
from explorer.protocol import events, requests
from explorer.protocol.records import Drawing, Sample
from explorer.text import dates, grammar
from explorer.text.shipped import vocabulary

METRICS = json.loads(resources.path("weights", "metrics.json").read_text())
WITH_ATTENTION = ("dates_bahdanau", "dates_luong", "french_bahdanau", "french_luong", "french_transformer")


@cache
def engine_of(name: str) -> LocalEngine:
    return LocalEngine(find(name).build())


def translated(name: str, text: str) -> str:
    how = Drawing(temperature=0)
    written = engine_of(name).ask(requests.Write(sample=Sample(text=text), count=100, drawing=how))
    assert isinstance(written, events.Written)
    return written.text


def share(name: str, count: int, clauses: int = 0) -> float:
    """Share of held-out pairs that are translated right to the last token."""
    random = Random(11)
    if name.startswith("dates"):
        pairs = [dates.pair(random, held_out=True) for _ in range(count)]
    else:
        pairs = [grammar.pair(random, held_out=True, clauses=clauses) for _ in range(count)]
    return sum(translated(name, said) == wanted for said, wanted in pairs) / count


def held_out_play() -> str:
    whole = gzip.decompress(resources.path("data", "plays.txt.gz").read_bytes()).decode("ascii")
    return whole.split("\f")[-1]


def test_the_gpt_says_what_comes_next_in_a_play_it_never_saw() -> None:
    """Each character behind 64 to 127 others, in a piece of it; that of the whole stands in the metrics."""
    ids = torch.tensor(vocabulary("plays").encode(held_out_play()[20_000:29_000]))
    windows = ids.unfold(0, 129, 64)
    module = engine_of("gpt_shakespeare")._state.model().module.eval()
    with torch.inference_mode():
        scores = module(windows[:, :-1])[:, 64:]
    nats = float(F.cross_entropy(scores.flatten(0, 1), windows[:, 65:].flatten()))
    assert METRICS["gpt_shakespeare"]["nats_per_character"] <= 1.60
    assert nats <= 1.65


def test_the_gpt_writes_words_of_the_plays() -> None:
    sample = Sample(text="O Romeo, Romeo! wherefore art thou ")
    how = Drawing(temperature=0.6, seed=1)
    written = engine_of("gpt_shakespeare").ask(requests.Write(sample=sample, count=120, drawing=how))
    assert isinstance(written, events.Written)
    known = set(held_out_play().lower().split())
    words = written.text.lower().split()[1:-1]
    assert len(words) > 10
    assert sum(word in known for word in words) / len(words) > 0.5


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_translators_are_right_on_pairs_they_never_saw(name: str) -> None:
    assert METRICS[name]["exact"] >= 0.99
    assert share(name, 25) >= 0.95


def test_without_attention_long_sentences_fail() -> None:
    plain, looks = (METRICS[f"french_{kind}"]["exact_by_clauses"] for kind in ("plain", "bahdanau"))
    assert plain["1"] > plain["4"] + 0.3
    assert looks["4"] > plain["4"] + 0.3
    assert share("french_plain", 12, clauses=4) < share("french_bahdanau", 12, clauses=4)


@pytest.mark.parametrize("name", ["french_bahdanau", "french_luong"])
def test_the_alignment_crosses_where_french_turns_adjective_and_noun(name: str) -> None:
    event = engine_of(name).ask(
        requests.Attention(sample=Sample(text="the small black cat sees my red bird"))
    )
    assert isinstance(event, events.AttentionSet)
    assert event.tokens["target"][1:] == ("le", "petit", "chat", "noir", "voit", "mon", "oiseau", "rouge")
    weights = event.layers[0].weights[0]
    source = event.tokens["source"]
    assert event.layers[0].asking == "next"
    written = {
        word: source[int(row.argmax())] for word, row in zip(event.tokens["next"], weights, strict=True)
    }
    assert (written["chat"], written["noir"]) == ("cat", "black")
    assert (written["oiseau"], written["rouge"]) == ("bird", "red")


@pytest.mark.parametrize("name", [*WITH_ATTENTION, "french_plain", "gpt_shakespeare"])
def test_shipped_weights_are_small_and_counted(name: str) -> None:
    assert METRICS[name]["parameters"] == engine_of(name).flow.parameters
    assert not engine_of(name).weight_problems
    assert resources.path("weights", f"{name}.safetensors").stat().st_size < 2_000_000
