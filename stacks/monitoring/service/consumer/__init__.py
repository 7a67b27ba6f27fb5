"""The consumer: carries events from a Kinesis stream into PostgreSQL and Redis. `python -m consumer` runs it."""
