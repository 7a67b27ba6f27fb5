"""Rules of OpenSearch and Elasticsearch domains."""
