"""Camera inventories as districts keep them: read, cleaned, compared. Knows no Django but the texts."""
