# After a failure: only the container of the live release stays, and it runs.

main() {
    check_fence
    rm -rf "$oec/docker"
    docker rm --force "$task" >/dev/null 2>&1 || :
    live=$(readlink "$path/current" || :)
    started=
    for file in "$oec"/releases/*/container; do
        [ -s "$file" ] || continue
        name=${file%/container}
        if [ "releases/${name##*/}" = "$live" ]; then
            read -r started <"$file"
            tell_check "$name"
        else
            remove_container "${name##*/}"
        fi
    done
    [ -z "$started" ] || docker start "$started" >/dev/null || exit
    say settled "$started"
}

main </dev/null
