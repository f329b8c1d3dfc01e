"""What people write into a setting, and what is stored of it.

The doors take empty lines, spaces around a line and slashes behind it; what is stored
has none of them. A slash behind a shared path stays: it makes it a directory.
"""


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines that are not empty, as people count them."""
    lines = enumerate(text.split("\n"), 1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def place_of(number: int, text: str) -> str:
    """The beginning of a sentence about one of several lines."""
    return f"Line {number}: " if "\n" in text.strip("\n") or number > 1 else ""


def tidy_path(path: str) -> str:
    """The root stays what it is."""
    return path.rstrip("/") or path[:1]


def tidy_shared_path(line: str) -> str:
    return tidy_path(line) + "/" * (line.endswith("/") and bool(line.strip("/")))


def tidy_port(line: str) -> str:
    return line.rstrip("/")


def tidy_volume(line: str) -> str:
    return ":".join(tidy_path(part) for part in line.split(":"))


def tidy_shared_paths(text: str) -> str:
    return "\n".join(tidy_shared_path(line) for _, line in numbered(text))


def tidy_ports(text: str) -> str:
    return "\n".join(tidy_port(line) for _, line in numbered(text))


def tidy_volumes(text: str) -> str:
    return "\n".join(tidy_volume(line) for _, line in numbered(text))
