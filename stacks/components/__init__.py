"""Hardened building blocks that the reference stacks share.

A component takes keyword-only inputs after its name, registers every child with `parent=self`, and has no input that
makes it
less safe than its default. Copy this folder next to a stack's folder: nothing here imports anything outside it.
"""
