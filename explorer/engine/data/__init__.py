"""The data sets a training run reads: numpy arrays in memory, listed without being loaded."""
