"""Rules for Lambda: code, runtimes, roles, permissions, triggers, event sources."""
