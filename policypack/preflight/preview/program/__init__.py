"""The Pulumi project that a preview runs: its files, and its stack's configuration."""
