"""The generated pages: the rule catalogue, the compliance matrix, and the program fragments of ``preflight explain``.

``python -m preflight.docs`` writes them, in a checkout of the repository; ``--check`` tells whether they are fresh.
"""
