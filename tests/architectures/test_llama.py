"""LLaMA: counts of Llama 2, which is worked out without a weight."""

from __future__ import annotations

import time

import pytest
from nets import resolve
from networks import network, output, published, refused, wrong

from explorer.architectures.gallery import find

# transformers: LlamaForCausalLM, on the meta device. Outputs of small ones were compared there.
test_counts = published(
    ("llama_small", 4_484_352), ("llama_7b", 6_738_415_616), ("llama_70b", 68_976_648_192)
)


@pytest.mark.parametrize(
    ("id", "width", "layers", "shared", "mlp"),
    [("llama_7b", 4096, 32, 1, 11_008), ("llama_70b", 8192, 80, 8, 28_672)],
)
def test_sums(id: str, width: int, layers: int, shared: int, mlp: int) -> None:
    layer = 2 * width**2 + 2 * width * width // shared + 3 * width * mlp + 2 * width
    assert network(id).trainable == 2 * 32_000 * width + layers * layer + width


def test_the_largest_is_worked_out_in_a_moment() -> None:
    start = time.process_time()
    resolve(find("llama_70b").build())
    assert time.process_time() - start < 0.5


def test_the_options_of_the_text_make_one_that_runs() -> None:
    small = network("llama_7b", layers=4, width=512, heads=8, kv_heads=4, mlp=1376)
    assert output(small) == (4096, 32_000)
    assert small.trainable < 50e6


def test_the_small_one_reads_bytes() -> None:
    assert find("llama_small").build().root["text"].fields["vocabulary"] == "bytes"
    assert "vocabulary" not in find("llama_small").build(classes=300).root["text"].fields


test_what_cannot_be_is_refused = refused(
    wrong("llama_7b", "divide its 32 heads", kv_heads=5),
    wrong("llama_small", "heads divide", heads=3),
)
