# End steps of this deployment and make sure that they have ended: one that was given up,
# or all that has made its release live, whose services go as well.

main() {
    if [ -n "$step" ]; then
        end_given_up
    else
        end_services
    fi
    say ended
}

end_given_up() {
    if [ -d "$step" ]; then
        wait_for_number 10
    else
        (umask 077 && mkdir -p "$step") || exit
    fi
    end_step "$step" "$grace" || refuse leftover_running "path=$step" "detail=$left"
}

end_services() {
    check_fence
    still=
    for part in activate unit restart; do
        step=$oec/steps/v$version/$part
        [ ! -d "$step" ] || end_all "$step" "$grace" ||
            still="$still${still:+, }$left"
    done
    [ -z "$still" ] || refuse leftover_running "path=$path" "detail=$still"
}

main </dev/null
