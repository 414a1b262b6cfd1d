"""What the network says, as people read it."""
