# Standard input is a pack: store it and lay the commit out as a release directory.

main() {
    export LC_ALL=C GIT_DIR="$path/repo.git" GIT_INDEX_FILE="$oec/index"
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
    check_fence
    new=$path/releases/.new-$release
    if git index-pack --stdin --fix-thin >/dev/null && lay_out </dev/null && publish; then
        say received
    else
        tell_if_full
        exit 1
    fi
}

lay_out() {
    discard "$new" "$GIT_INDEX_FILE" "$GIT_INDEX_FILE.lock" && mkdir "$new" &&
        git read-tree "$commit" &&
        git --work-tree="$new" -c core.bare=false checkout-index --all &&
        rm -f "$GIT_INDEX_FILE" && sign
}

# A file, link or directory of that name in the repository must not redirect this.
sign() {
    rm -rf "$new/REVISION" && git rev-parse "$commit^{commit}" >"$new/REVISION" &&
        read -r actual <"$new/REVISION" && [ "$actual" = "$commit" ]
}

# The reference comes last: it vouches that every object of the commit is here.
publish() {
    discard "$path/releases/$release" && mv "$new" "$path/releases/$release" &&
        git update-ref "refs/oec/v$version" "$commit"
}

main
