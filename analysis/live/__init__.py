"""Streams of cameras as they come: read, kept alive, looked at. Knows no Django."""
