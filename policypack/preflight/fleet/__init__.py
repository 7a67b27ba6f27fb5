"""The fleet: the states of all stacks, read, judged, kept as Parquet, and asked; needs the extra ``fleet``."""
