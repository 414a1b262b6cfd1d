"""What all looks into a network share: panel, inputs, receptive field."""
