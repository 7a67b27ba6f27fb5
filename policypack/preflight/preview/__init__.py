"""The embedded engine: runs an unmodified Pulumi program in preview, offline, and has policy packs judge it."""
