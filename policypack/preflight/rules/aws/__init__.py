"""Rules about every AWS resource: names, tags, properties, values, singletons."""
