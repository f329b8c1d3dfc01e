# Docker answers, the login for the registry is in place, and what is live runs.

main() {
    check_fence
    command -v docker >/dev/null 2>&1 || refuse tool_missing tool=docker
    docker version --format '{{.Server.Version}}' >/dev/null || exit
    rm -rf "$oec/docker"
    if [ -n "$config" ]; then
        (umask 077 && mkdir "$oec/docker") && write "$oec/docker/config.json" "$config" ||
            exit
    fi
    start_live || exit
    say ready
}

# An attempt that died while it had stopped the old container left it so.
start_live() {
    live=$(readlink "$path/current" || :)
    [ -n "$live" ] && [ -s "$oec/$live/container" ] || return 0
    read -r container <"$oec/$live/container"
    docker start "$container" >/dev/null
}

main </dev/null
