"""The REST door to environments and deployments."""
