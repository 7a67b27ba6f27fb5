"""Rules of DynamoDB tables."""
