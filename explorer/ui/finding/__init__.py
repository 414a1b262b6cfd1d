"""Find a layer of the design: by name, block, shape or size."""
