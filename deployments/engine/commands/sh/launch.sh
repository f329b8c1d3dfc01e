# Run the step of this directory and keep its log and its result; answers its number.
# Whoever waits for the end waits for the lock on descriptor 8, which the kernel gives up
# even when this shell is killed.

main() {
    exec 9>copied
    flock -n 9
    # A pipe: a file would be emptied by whoever writes to /dev/stderr.
    cat <output >>log 2>/dev/null 8>&- &
    copier=$!
    exec 9>&- 3>output 2>&3
    setsid sh -s <run >&3 3>&- 8>&- &
    pid=$!
    echo "$pid"
    exec >/dev/null
    wait "$pid"
    code=$?
    note_running
    settle
    kill "$copier"
    wait "$copier"
    # Who was ended has no result.
    [ -e stop ] || { echo "$code" >result.new && mv -f result.new result; }
    cd /
    # What the step left running goes on printing, to nobody.
    exec cat <&4 >/dev/null 4<&- 8>&-
}

# Who carries the marker of what makes a release live when that is over, each with its
# start: the application, mostly. The health check asks what became of them.
note_running() {
    read -r marker <marker
    case $marker in */activate/ | */restart/) ;; *) return 0 ;; esac
    for file in $(grep -lsF -e "OEC_STEP=$marker" /proc/[0-9]*/environ); do
        file=${file%/environ}
        { read -r stat <"$file/stat"; } 2>/dev/null || continue
        set -- ${stat##*) }
        echo "${file#/proc/}:${20}"
    done >running
}

# Wait until all that the step wrote is in the log. What it left running may hold the
# pipe open; then the copier waits for more, or has copied more than a pipe can hold.
settle() {
    exec 4<output 2>/dev/null 3>&-
    enough=$(($(wc -c <log) + 4194304))
    idle=0
    until flock -w 0.05 copied true; do
        if copier_waits; then idle=$((idle + 1)); else idle=0; fi
        [ "$idle" -lt 3 ] && [ "$(wc -c <log)" -lt "$enough" ] || return 0
    done
}

copier_waits() {
    [ -r "/proc/$copier/stat" ] || return 0
    read -r stat <"/proc/$copier/stat"
    case ${stat##*) } in S*) return 0 ;; esac
    return 1
}

main </dev/null
