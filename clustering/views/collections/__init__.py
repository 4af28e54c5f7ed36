"""The list of collections, and pages about a whole collection: dashboard, people, settings, closing, removing."""
