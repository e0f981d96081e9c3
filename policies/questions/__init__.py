"""Questions to the terms: what would happen, why, and what would have been."""
