"""What runs an audit's jobs: processes of this machine, or Ray."""
