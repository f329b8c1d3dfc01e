"""The REST door to people, projects and servers."""
