"""The only SQL of the project: one module for each noun, and one engine for each database."""
