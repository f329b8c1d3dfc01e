# Repeat the step's log from byte $offset on until the step ends, then say with $mark what
# became of it: only this tells the end of the log from what stands in it.

# A connection can be cut while its script is still busy starting the step.
take_up() {
    wait_for_number 50
    # A step without a number is not known to have started: there is no result.
    [ -e "$step/pid" ] || exit 1
    follow
}

follow() {
    cd "$step" || exit
    say following
    exec 3>&2 2>/dev/null
    if flock -s -w 0.05 alive true; then
        tail -c "+$offset" log
    else
        flock -s alive true &
        tail -c "+$offset" -f -s 0.02 --pid=$! log
    fi
    # Whoever kills our tail has not ended the step.
    flock -s -n alive true || exit 1
    exec 2>&3
    tell_end
    exit
}

tell_end() {
    code=
    [ ! -s result ] || read -r code <result
    full=
    [ "$code" = 0 ] || full=$(tell_if_full)
    printf '\036'
    say ended "mark=${mark:-}" "code=$code" "size=$(($(wc -c <log)))" "full=$full"
    [ -z "$full" ] || echo "$full"
}
