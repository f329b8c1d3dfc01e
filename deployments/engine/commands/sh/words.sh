# What the application itself says of a switch: what its log files have gained since,
# and the journal of its unit. With $noted it tells, without it notes where they end.

main() {
    cd "$path/releases/$release" || exit
    ends=$oec/releases/$release/ends
    if [ -z "$noted" ]; then
        note_ends
        say noted
    else
        # From here on the application speaks, whatever it says.
        say following
        tell_all
    fi
}

note_ends() {
    write "$ends" "$(printf '%s\n' "$logs" | while read -r log; do
        [ -z "$log" ] || echo "$(end_of "$log") $log"
    done)"
}

# Size and number: a file of another number is a new one.
end_of() {
    stat -L -c '%s %i' "$1" 2>/dev/null || echo '0 -'
}

tell_all() {
    while read -r size number log; do
        [ -z "$log" ] || tell "$log"
    done <"$ends"
    [ -z "$unit" ] || tell_journal
}

tell() {
    set -- "$1" $(end_of "$1")
    if [ ! -e "$1" ]; then
        echo "--- $1: there is no such file"
    elif [ ! -r "$1" ]; then
        echo "--- $1: $(id -un) may not read it"
    else
        [ "$3" = "$number" ] && [ "$2" -ge "$size" ] || size=0
        tell_lines "--- $1" tail -c "+$((size + 1))" "$1"
    fi
}

tell_journal() {
    since=@$(date -r "$ends" +%s)
    set -- "--since=$since" --lines=50 --output=cat --quiet --no-pager
    if [ "$scope" = user ]; then
        export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
        set -- "--user-unit=$unit" "$@"
    else
        set -- "--unit=$unit" "$@"
    fi
    tell_lines "--- journal of $unit" journalctl "$@"
}

# The last of what the command after $1 prints; whole lines, as far as they are short.
tell_lines() {
    title=$1
    shift
    lines=$("$@" 2>&1 | tail -n 50 | tail -c 16384)
    if [ -n "$lines" ]; then
        printf '%s\n%s\n' "$title" "$lines"
    else
        echo "$title: nothing since the switch"
    fi
}

main </dev/null
