"""Starts the product and the real servers it needs, in order, and stops them without loss."""
