"""The log of a deployment: from stored output to the lines that people read."""
