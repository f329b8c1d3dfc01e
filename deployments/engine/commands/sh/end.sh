# End a step of this deployment and make sure that it has ended.

main() {
    if [ -d "$step" ]; then
        wait_for_number 10
    else
        (umask 077 && mkdir -p "$step") || exit
    fi
    end_step "$step" "$grace" || refuse leftover_running "path=$step" "pid=$pid"
    say ended
}

main </dev/null
