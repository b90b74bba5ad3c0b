"""Pixels to people. Pure: NumPy arrays and frozen dataclasses in and out, no Django."""
