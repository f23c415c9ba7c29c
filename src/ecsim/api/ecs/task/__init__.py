"""Task definitions and tasks."""
