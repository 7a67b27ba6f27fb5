"""Compliance monitor of the payments stack: runs in Lambda, with the standard library and boto3."""
