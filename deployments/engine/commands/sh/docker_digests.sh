# Tell under which digests registries have the image of this release.

main() {
    digests=$(docker image inspect --format '{{join .RepoDigests " "}}' "$image") || exit
    for digest in $digests; do say digest "$digest"; done
    say told
}

main </dev/null
