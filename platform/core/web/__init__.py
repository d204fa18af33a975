"""What every page shares: frame, errors, limits, logging, health."""
