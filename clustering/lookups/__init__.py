"""What the desk and the API both look up: the same question, asked in one place."""
