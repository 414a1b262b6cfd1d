"""Mixtral: the count of the released weights, and how many of them a token uses."""

from __future__ import annotations

from networks import network, output, published, refused, wrong

# transformers: MixtralForCausalLM, on the meta device. Outputs of small ones were compared there.
test_counts = published(("mixtral_small", 6_692_544), ("mixtral_8x7b", 46_702_792_704))


def test_what_a_token_uses() -> None:
    idle = 32 * 6 * 3 * 4096 * 14_336  # six of eight experts in each layer
    assert network("mixtral_8x7b").trainable - idle == 12_879_925_248
    assert network("mixtral_small").trainable - 4 * 6 * 3 * 192 * 336 == 2_047_680
    assert output(network("mixtral_8x7b")) == (4096, 32_000)


test_what_cannot_be_is_refused = refused(
    wrong("mixtral_small", "at most the 4 experts", experts=4, used=5),
    wrong("mixtral_8x7b", "divide its 32 heads", kv_heads=7),
)
