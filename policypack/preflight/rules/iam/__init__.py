"""Rules of IAM: policy documents wherever they stand, roles, users and groups."""
