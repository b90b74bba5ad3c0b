"""Where the next cameras go: indicators to an index, an index to places. Knows no Django."""
