"""The programs that run beside hhreview where no URL names others: what they need, how they start and how they stop."""
