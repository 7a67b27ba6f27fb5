"""Benchmarks: ratios within one run, for machines whose speed can't be trusted. ``python -m benchmarks`` lists them."""
