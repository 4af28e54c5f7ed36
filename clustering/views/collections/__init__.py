"""All collections, and what concerns one as a whole: dashboard, settings, closing."""
