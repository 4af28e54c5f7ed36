"""How dates of the program stand in each language: as browsers write them, so that one page has one form of them."""
