"""A simulated walk with known truth. Pure: no Django. Footage that nobody real appears in."""
