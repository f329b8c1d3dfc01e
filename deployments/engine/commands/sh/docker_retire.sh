# From now on Docker restarts the new container by itself: while it was checked, its
# end had to stay an end. What is no longer live stops, but a failure may want it back.

main() {
    check_fence
    docker update --restart unless-stopped "$container" >/dev/null || exit
    for file in "$oec"/releases/*/container; do
        [ -s "$file" ] || continue
        read -r other <"$file"
        [ "$other" = "$container" ] ||
            docker stop --time "$stop_seconds" "$other" >/dev/null 2>&1 || :
    done
    say retired
}

main </dev/null
