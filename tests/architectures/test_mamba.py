"""Mamba: the released count, and the sum of a layer."""

from __future__ import annotations

from networks import network, output, published, refused, wrong

# transformers: MambaForCausalLM with 50,280 tokens. Outputs were compared there.
test_counts = published(("mamba_130m", 129_135_360))


def test_sum() -> None:
    width, inside, rank, state = 768, 1536, 48, 16
    block = width * 2 * inside + 4 * inside + inside + inside * (rank + 2 * state)
    block += rank * inside + inside + inside * state + inside + inside * width
    assert network("mamba_130m").trainable == 50_280 * width + 24 * (block + width) + width
    assert output(network("mamba_130m")) == (1024, 50_280)


test_what_cannot_be_is_refused = refused(wrong("mamba_130m", "1 to 512 layers", layers=0))
