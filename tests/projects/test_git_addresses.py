"""What a Git address may look like, and which hosts it may name."""

import pytest

from projects import syntax

ACCEPTED = {
    "https://git.example.org/acme/shop.git": ("https", "", "git.example.org", 443),
    "https://GIT.example.org:8443/acme/shop": ("https", "", "git.example.org", 8443),
    "https://git.example.org/a%20b/shop~x+y@z": ("https", "", "git.example.org", 443),
    "https://[2606:50c0:8000::153]/shop": ("https", "", "2606:50c0:8000::153", 443),
    "ssh://git@git.example.org/acme/shop.git": ("ssh", "git", "git.example.org", 22),
    "ssh://git@git.example.org:7999/~/shop": ("ssh", "git", "git.example.org", 7999),
    "ssh://a.b-c_1@[2606:50c0:8000::153]:22/x": (
        *("ssh", "a.b-c_1", "2606:50c0:8000::153", 22),
    ),
    "git@git.example.org:acme/shop.git": ("ssh", "git", "git.example.org", 22),
    "git@140.82.121.4:/srv/git/shop.git": ("ssh", "git", "140.82.121.4", 22),
}

REFUSED = [
    *("", " ", "x", "shop.git", "/srv/x", "../x", "C:\\x", "javascript:alert(1)"),
    *("ext::sh -c id", "ext::id", "fd::17", "file:///etc", "git://h.org/x"),
    *("ftp://h.org/x", "http://h.org/x", "ssh+git://git@h.org/x", "HTTPS:h.org/x"),
    # Options in disguise.
    *("-oProxyCommand=x", "--upload-pack=x", "ssh://-oProxyCommand=x/y"),
    *("ssh://git@-oProxyCommand=x/y", "ssh://-oX@h.org/y", "git@-oX:y", "-oX@h.org:y"),
    *("https://h.org/--upload-pack", "ssh://git@h.org/-x", "git@h.org:-x"),
    *("git@h.org:a/--x", "https://-h.org/x", "https://h-.org/x"),
    # Secrets that would be stored as part of an address, and shown.
    *("https://user:hunter2@h.org/x", "https://hunter2@h.org/x", "https://@h.org/x"),
    *("ssh://git:hunter2@h.org/x", "git:hunter2@h.org:x"),
    # Control characters, however they are written.
    *(f"https://h.org/a{char}b" for char in "\n\r\t\0\x7f\x1b "),
    *(f"git@h.org:a{char}b" for char in "\n\r\t\0'\"`$;&|<>\\(){}[]*?!^"),
    *("https://h.org/a%0ab", "https://h.org/%0D", "ssh://git@h.org/a%0ab"),
    *("ssh://git@h.org/a%20b", "ssh://g%69t@h.org/x", "https://h%2eorg/x"),
    # What a repository has not.
    *("https://h.org/x?y", "https://h.org/x#y", "https://h.org/x?", "https://h.org/x#"),
    *("ssh://git@h.org/x?y", "git@h.org:x#y"),
    # Half of an address.
    *("https:///x", "https://h.org", "https://h.org/", "ssh://git@h.org"),
    *("ssh://git@/x", "ssh://h.org/x", "ssh://@h.org/x", "git@:x", "git@h.org:"),
    *("@h.org:x", "git@h.org", "git@a@h.org:x", "git@h.org:a:b", "https://[::1/x"),
    *("https://h.org/../x", "ssh://git@h.org/a/../x", "git@h.org:../x"),
    # Ports.
    *(f"https://h.org:{port}/x" for port in ("", "0", "65536", "-1", "x", "1e3", "٣")),
    *(f"ssh://git@h.org:{port}/x" for port in ("", "0", "65536", "-1", "x")),
    # Names that look like others, and names that are none.
    *(
        "https://hö.org/x",
        "https://\u04bb.org/x",
        "https://h_.org/x",
        "https://h..org/x",
    ),
    *("https://h.org\\@evil.org/x", "https://evil.org\\.h.org/x", "git@[::1]:x"),
    *("https://localhost./x", "https://git.example.org./x", "git@localhost.:x"),
    f"https://h.org/{'x' * 500}",
    "https://h.org/" + "x" * 3000,
]

#: Everything of these is refused unless somebody allowed it.
INSIDE = [
    *("localhost", "LOCALHOST", "a.localhost", "gitlab"),
    *("git.internal", "metadata.google.internal", "git.local", "git.lan", "nas.home"),
    *("git.home.arpa", "git.corp", "git.intranet", "git.localdomain"),
    *("127.0.0.1", "127.255.0.9", "0.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16"),
    *("192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::7f00:1]"),
    *("[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]"),
    *("[2002:7f00:1::1]", "[2002:808:808::1]", "[2001:0:7f00:1::]", "[2001:db8::1]"),
    *("[100::1]", "[5f00::1]"),
]

#: Resolvers would take these for addresses; nobody writes one like that by accident.
DISGUISED = [
    *("127.1", "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "0177.0.0.1"),
    *("017700000001", "127.0.0.1.", "1.2.3.0x4", "127.0.1", "a.0x"),
]


@pytest.mark.parametrize("url", ACCEPTED)
def test_an_address_is_read_as_its_parts(url: str) -> None:
    parts = syntax.git_address(url)
    assert (parts.scheme, parts.username, parts.host, parts.port) == ACCEPTED[url]
    syntax.check_git_url(url)


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_could_mean_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"[.…]$") as refusal:
        syntax.check_git_url(url, allowed_hosts=["*"])
    assert "hunter2" not in str(refusal.value)


def test_a_local_repository_is_an_address_only_where_that_is_allowed() -> None:
    url = "file:///srv/git/shop.git"
    syntax.check_git_url(url, allow_local=True)
    for other in ("file://host/srv/x", "file:///srv/../etc", "file:///srv/a b"):
        with pytest.raises(ValueError, match=r"\.$"):
            syntax.check_git_url(other, allow_local=True)
    with pytest.raises(ValueError, match="Write the Git address"):
        syntax.check_git_url(url)


@pytest.mark.parametrize("scheme", ["https://", "ssh://git@"])
@pytest.mark.parametrize("host", INSIDE)
def test_a_host_inside_is_refused_and_the_refusal_says_who_can_allow_it(
    host: str, scheme: str
) -> None:
    with pytest.raises(ValueError, match="OEC_GIT_ALLOWED_HOSTS"):
        syntax.check_git_url(f"{scheme}{host}/x")


@pytest.mark.parametrize("host", INSIDE)
def test_a_host_that_is_allowed_by_its_name_may_be_inside(host: str) -> None:
    name = host.strip("[]")
    syntax.check_git_url(f"https://{host}/x", allowed_hosts=[name])
    syntax.check_git_url(f"https://{host}/x", allowed_hosts=["*"])


@pytest.mark.parametrize("host", DISGUISED)
def test_a_number_in_disguise_is_no_host_whatever_is_allowed(host: str) -> None:
    for url in (f"https://{host}/x", f"ssh://git@{host}/x", f"git@{host}:x"):
        with pytest.raises(ValueError, match="Write a host name or an IP address"):
            syntax.check_git_url(url, allowed_hosts=["*"])


@pytest.mark.parametrize("port", [25, 5432, 6379])
def test_a_port_of_another_service_is_refused(port: int) -> None:
    url = f"https://git.example.org:{port}/x"
    with pytest.raises(ValueError, match=f"Port {port}"):
        syntax.check_git_url(url)
    syntax.check_git_url(url, allowed_hosts=["GIT.example.org."])


def test_an_allowed_network_admits_its_addresses_and_no_others() -> None:
    allowed = ["git.acme.internal", "10.1.0.0/16", "fd12::/16"]
    syntax.check_git_host_at("git.example.org", "10.1.2.3", allowed)
    syntax.check_git_host_at("git.example.org", "fd12::1", allowed)
    syntax.check_git_host_at("git.acme.internal", "192.168.0.1", allowed)
    syntax.check_git_host_at("git.example.org", "140.82.121.4", allowed)
    syntax.check_git_host_at("git.example.org", "64:ff9b::8c52:7904", [])
    for address in ("10.2.0.1", "fd13::1", "::ffff:10.1.2.3", "127.0.0.1"):
        with pytest.raises(ValueError, match="not on the public Internet"):
            syntax.check_git_host_at("git.example.org", address, allowed)
