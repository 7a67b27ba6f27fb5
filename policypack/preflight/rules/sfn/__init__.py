"""Rules of Step Functions."""
