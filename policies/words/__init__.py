"""Every sentence said, by whom it is for and what it is about."""
