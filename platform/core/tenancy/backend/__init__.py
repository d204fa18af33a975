"""The database engine: PostgreSQL with one schema per school and no school until one is named."""
