"""Rules of ElastiCache."""
