"""The only place that imports torch: compiles designs, runs, looks inside and trains them."""
