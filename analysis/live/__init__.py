"""Streams of cameras as they come: read, kept alive, watched."""
