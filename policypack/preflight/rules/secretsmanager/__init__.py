"""Rules of Secrets Manager: secrets and their rotation."""
