"""What runs in Lambda: `processor.handle` and `rotation.handle`. Needs Python's standard library and boto3 alone."""
