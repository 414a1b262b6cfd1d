"""What the colours of blocks mean, in words."""

FAMILIES = {
    "conv": "Convolution",
    "pool": "Pooling",
    "linear": "Fully connected",
    "norm": "Normalisation",
    "act": "Activation",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "shape": "Shape & merge",
    "composite": "Composite",
    "io": "Input & output",
}
