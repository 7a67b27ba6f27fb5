"""Rules for CloudFront distributions: origins, viewers, certificates."""
