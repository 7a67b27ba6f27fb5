"""Rules of Redshift."""
