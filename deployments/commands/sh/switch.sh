# Point "current" at $link, relative to the deploy path, or remove it when that is empty.

main() {
    check_fence
    restart=
    if [ -z "$link" ]; then
        rm -f "$path/current" || exit
    else
        rm -f "$path/.current.new" && ln -s "$link" "$path/.current.new" &&
            cd "$path/.current.new/" && mv -fT "$path/.current.new" "$path/current" ||
            exit
        [ ! -s "$oec/releases/${link##*/}/restart" ] || restart=restart
    fi
    say switched "$restart"
}

main </dev/null
