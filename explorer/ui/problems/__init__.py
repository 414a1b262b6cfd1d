"""What does not fit, in words, with repairs that were tried."""
