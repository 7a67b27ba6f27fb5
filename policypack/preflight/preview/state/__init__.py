"""What a preview knows: the resource graph, values, the outcome, and the errors that end it."""
