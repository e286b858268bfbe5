"""explain.md and its tables."""
