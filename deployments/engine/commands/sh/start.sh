# Start a step that outlives this connection, then follow it.

main() {
    check_fence
    (umask 077 && mkdir -p "${step%/*}" && mkdir "$step") || take_up_existing
    write "$step/marker" "$deployment/${step##*/}/" && write "$step/run" "$run" &&
        keep_script || exit
    exec 8>"$step/alive"
    flock -n 8
    pid=$(launch)
    exec 8>&-
    # Killed before it could say its number: the log says what came of it.
    [ -n "$pid" ] || follow
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

# Answers the number of the step. Nothing that stays has a path on its command line: a
# restart that looks for the application by its name (pkill -f) must not find us.
launch() {
    # Also for whom sudo makes another account, which may open its /dev/stderr again.
    cd "$step" && : >log && mkfifo -m 622 output || exit
    setsid sh -s <"$oec/launch" 2>>log &
}

main </dev/null
