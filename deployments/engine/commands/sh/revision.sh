# Tell which commit "current" shows.

main() {
    check_fence
    revision=
    [ ! -r "$path/current/REVISION" ] || read -r revision <"$path/current/REVISION"
    say revision "$revision"
}

main </dev/null
