# Point "current" at $link, relative to the deploy path, or remove it when that is empty.

main() {
    check_fence
    if [ -z "$link" ]; then
        rm -f "$path/current" || exit
    else
        discard "$path/.current.new" && ln -s "$link" "$path/.current.new" &&
            cd "$path/.current.new/" && mv -fT "$path/.current.new" "$path/current" ||
            exit
        list_kept
    fi
    say switched
}

list_kept() {
    files=$oec/releases/${link##*/}
    for part in activate unit restart; do
        [ ! -s "$files/$part" ] || say kept "$part"
    done
    tell_check "$files"
}

main </dev/null
