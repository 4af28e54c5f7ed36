"""Date formats of each language, as browsers write dates, so that a page has one form of them."""
