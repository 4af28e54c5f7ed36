"""Accounts: invitations, tokens, and the brake on guessing passwords."""
