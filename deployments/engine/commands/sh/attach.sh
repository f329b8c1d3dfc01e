# Follow a step that an earlier connection started.

main() {
    check_fence
    if [ -d "$step" ]; then
        take_up
    else
        say absent
    fi
}

main </dev/null
