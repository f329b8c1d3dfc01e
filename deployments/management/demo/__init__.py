"""The demo: a cast, a small web project, one machine, and a history that really ran."""
