"""Plans for the next cameras, kept in the database: areas and indicators, plans, following them, reports."""
