# Call the release a success. Keep the newest $keep of them, the live one and the one
# before it; remove the others with their files and references.

main() {
    export LC_ALL=C GIT_DIR="$path/repo.git"
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
    check_fence
    no_directory "$oec/releases/$release/succeeded"
    : >"$oec/releases/$release/succeeded"
    kept=0
    for name in $(names | sort -t - -k 1.2,1nr); do
        is_kept || remove_release "$name" || say stuck "$name"
        [ "$name" = "$release" ] || remove_container "$name"
    done
    remove_references
    git -c gc.autoDetach=false gc --auto --quiet
    say cleaned
}

names() {
    for directory in "$path"/releases/v* "$oec"/releases/v*; do
        [ ! -d "$directory" ] || printf '%s\n' "${directory##*/}"
    done | grep -x 'v[0-9][0-9]*-[0-9a-f]\{12\}' | sort -u
}

is_kept() {
    [ -d "$path/releases/$name" ] || return 1
    kept=$((kept + 1))
    [ "$kept" -le "$keep" ] || [ "$name" = "$release" ] || [ "$name" = "$previous" ]
}

remove_references() {
    for reference in $(git for-each-ref --format='%(refname)' refs/oec); do
        set -- "$path/releases/${reference##*/}"-*
        [ -d "$1" ] || git update-ref -d "$reference"
    done
}

main </dev/null
