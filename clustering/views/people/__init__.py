"""A person's own pages: signing in, tokens, keys, language, notifications, filters, the tour."""
