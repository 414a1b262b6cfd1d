"""MLP-Mixer: the count of timm, the sum of a layer."""

from __future__ import annotations

from networks import layers, network, published, refused, wrong

# timm mixer_b16_224, whose outputs were compared; 10⁹ MACs of the paper
test_counts = published(("mlp_mixer_b16", 59_880_472, 12.7), unit=1e9)


def test_no_attention_and_no_convolution_but_the_patches() -> None:
    flow = network("mlp_mixer_b16")
    assert not layers(flow, "scaled_dot_product")
    assert len(layers(flow, "conv2d")) == 1
    tokens, channels = 2 * 196 * 384 + 384 + 196, 2 * 768 * 3072 + 3072 + 768
    ends = 768 * 768 + 768 + 2 * 768 + 769 * 1000
    assert flow.trainable == 12 * (tokens + channels + 4 * 768) + ends


test_what_cannot_be_is_refused = refused(wrong("mlp_mixer_b16", "values inside", token_mlp=0))
