# Make the repository anew if it is damaged: it is only a store of what was sent before.

main() {
    export LC_ALL=C GIT_DIR="$path/repo.git"
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
    check_fence
    if ! git fsck --no-dangling --no-progress >/dev/null 2>&1; then
        discard "$GIT_DIR" && git init -q --bare --template= && say renewed
    fi
}

main </dev/null
