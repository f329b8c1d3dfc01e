# Build the commit's image, or pull the one that was named, and give it our own name.

[ ! -d "$oec_config" ] || export DOCKER_CONFIG="$oec_config"
trap 'rm -rf "$oec_config"' EXIT
printf '%s\n' "$oec_tag" >"$oec_files/image"
oec_get() {
    case $oec_image in
    # A digest names one image for ever: when it is here, no registry is needed.
    *@sha256:*) docker image inspect "$oec_image" >/dev/null 2>&1 && return ;;
    esac
    docker pull "$oec_image"
}

if [ -n "$oec_image" ]; then
    oec_get
    docker tag "$oec_image" "$oec_tag"
else
    # The old builder leaves its container behind when a command fails.
    docker build --force-rm "$@" .
fi
