"""People to a route. Pure: NumPy arrays and frozen dataclasses in and out, no Django."""
