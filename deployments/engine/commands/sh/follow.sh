# Repeat the step's log from byte $offset on until the step ends; its exit code becomes
# ours. Without a result this shell ends by a signal, which has no exit code.

# A connection can be cut while its script is still busy starting the step.
take_up() {
    wait_for_number 50
    [ ! -e "$step/pid" ] || follow
    # A step without a number is not known to have started: there is no result.
    kill -s KILL $$
}

follow() {
    say following
    if flock -w 0.05 "$step/alive" true; then
        tail -c "+$offset" "$step/log"
    else
        flock "$step/alive" true &
        tail -c "+$offset" -f -s 0.02 --pid=$! "$step/log"
    fi
    code=
    [ ! -s "$step/result" ] || read -r code <"$step/result"
    [ "$code" = 0 ] || tell_if_full
    [ -n "$code" ] || kill -s KILL $$
    exit "$code"
}
