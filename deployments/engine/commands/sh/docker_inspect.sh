# Tell the container's full id and the commit it was made for, if it runs.

main() {
    format='{{.State.Running}} {{.Id}} {{index .Config.Labels "oec.commit"}}'
    facts=$(docker inspect --format "$format" "$container") || exit
    set -- $facts
    [ "$1" = true ] || set -- "$1" "$2" ''
    say container "$2"
    say commit "${3:-}"
}

main </dev/null
