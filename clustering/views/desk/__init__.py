"""The stream and the plain list, and what helps at them."""
