"""What OEC costs, measured beside the plain tool that does the same: ``make bench``."""
