"""Rules for KMS: keys, and the services that key policies have to admit."""
