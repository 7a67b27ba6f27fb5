"""The rules across stacks, by topic; found by walking this package. Their ids all begin with ``fleet-``."""
