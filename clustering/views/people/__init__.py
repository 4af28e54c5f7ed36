"""Accounts: signing in, tokens, keys, the tour."""
