# Start a step that outlives this connection, then follow it.

main() {
    check_fence
    (umask 077 && mkdir -p "${step%/*}" && mkdir "$step") || take_up_existing
    keep_script || exit
    exec 8>"$step/alive"
    flock -n 8
    write "$step/marker" "$deployment/${step##*/}/"
    setsid sh "$oec/launch" "$step" "$files" "$directory" >"$step/log" 2>&1 &
    pid=$!
    exec 8>&-
    write "$step/pid" "$(identity "$pid")"
    # Somebody may have ended this step, or overtaken it, just before it had a number.
    [ ! -e "$step/stop" ] || end_all "$step" 0
    (check_fence) || { end_all "$step" 0; exit 75; }
    follow
}

# The same script may have come over a connection that was cut, and be faster.
take_up_existing() {
    [ -d "$step" ] || exit 1
    take_up
}

# Without a command of its own the step runs what is kept as $part with the release.
keep_script() {
    if [ -n "$command" ]; then
        write "$step/script" "$command"
    else
        cp "$files/$part" "$step/script"
    fi
}

main </dev/null
