"""Policy packs as child processes."""
