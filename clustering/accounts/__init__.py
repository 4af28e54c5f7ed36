"""Who may come in: tokens, and the brake on guessing passwords."""
