"""JavaScript and TypeScript programs, run by the project's own SDK."""
