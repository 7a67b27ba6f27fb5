"""Amazon S3: buckets, and the settings that stand in resources of their own."""
