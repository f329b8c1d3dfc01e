# Link the shared files and directories into the release. $shared names one per line; a
# slash at the end makes it a directory. May run twice. What the repository holds is
# not trusted: no symbolic link below the release or below "shared" is followed.

main() {
    # The script of a cut connection may still be copying.
    exec 7>>"$oec/sharing"
    flock 7
    check_fence
    mkdir -p "$path/shared" || fail
    while IFS= read -r entry; do
        share "${entry%/}"
    done <<END
$shared
END
    say shared
}

# $1 = the path, below the release and below "shared" alike.
share() {
    here=$path/releases/$release/$1
    there=$path/shared/$1
    need_parents "$path/releases/$release" "$1" shared_path_blocked
    need_parents "$path/shared" "$1" shared_path_unusable
    [ ! -L "$there" ] || refuse_data "it is a symbolic link"
    case $entry in
    */) need_directory "$1" ;;
    *) need_file "$1" ;;
    esac
    rm -rf "$here" && ln -sfT "$(upwards "$1")shared/$1" "$here" || fail
}

# Make the directories between $1 and the last part of $2, or refuse with $3.
need_parents() {
    directory=$1
    rest=$2
    while [ "$rest" != "${rest#*/}" ]; do
        directory=$directory/${rest%%/*}
        rest=${rest#*/}
        is_directory "$directory" || mkdir "$directory" 2>/dev/null ||
            is_directory "$directory" ||
            refuse "$3" "path=$directory" "detail=it is not a directory"
    done
}

need_directory() {
    [ ! -e "$there" ] || [ -d "$there" ] || refuse_data "it is not a directory"
    mkdir -p "$there" || fail
    if is_directory "$here" && [ -z "$(ls -A "$there")" ]; then
        copy "$1" && find "$seed" -mindepth 1 -maxdepth 1 -exec mv -t "$there" {} + &&
            rm -rf "$seed" || fail
    fi
}

need_file() {
    [ ! -d "$there" ] || refuse_data "it is a directory"
    if [ ! -e "$there" ] && [ -f "$here" ] && [ ! -L "$here" ]; then
        copy "$1" && mv -fT "$seed" "$there" || fail
    fi
    [ -e "$there" ] || refuse shared_file_missing "path=$there"
}

# The repository's own content is what the shared one begins with. Copied aside first,
# so that a full disk leaves nothing half.
copy() {
    seed=$path/shared/.seed
    rm -rf "$seed" && cp -RP "$here" "$seed" && say seeded "$1"
}

is_directory() {
    [ -d "$1" ] && [ ! -L "$1" ]
}

# The way from the place of $1 in the release to the deploy path.
upwards() {
    rest=$1
    printf ../../
    while [ "$rest" != "${rest#*/}" ]; do
        printf ../
        rest=${rest#*/}
    done
}

refuse_data() {
    refuse shared_path_unusable "path=$there" "detail=$1"
}

fail() {
    tell_if_full
    exit 1
}

main </dev/null
