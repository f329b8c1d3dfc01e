# What every script shares. Lines beginning with "oec:" answer the console; fields are
# separated by tabs. Values arrive as assignments above this text.

tab=$(printf '\t')
oec=$path/.oec

say() {
    (IFS=$tab && printf 'oec:\t%s\n' "$*")
}

refuse() {
    say refused "$@"
    exit 75
}

# Write $2 to the file $1, all of it or nothing, readable by its owner only.
write() {
    no_directory "$1" "$1.new"
    (umask 077 && rm -f "$1.new" && printf '%s\n' "$2" >"$1.new") &&
        mv -fT "$1.new" "$1"
}

# Where a file of ours belongs there is no directory.
no_directory() {
    for name in "$@"; do
        [ ! -d "$name" ] || discard "$name"
    done
}

# Remove directories in which nothing may be written, too, such as a module cache.
discard() {
    rm -rf "$@" 2>/dev/null ||
        { chmod -R u+rwX "$@" 2>/dev/null; rm -rf "$@" 2>/dev/null; }
}

# What every deployment needs and this server has not, separated by commas.
missing_tools() {
    missing=
    for tool in git flock setsid find df sort; do
        command -v "$tool" >/dev/null 2>&1 || missing=$missing${missing:+, }$tool
    done
    tail --pid=$$ /dev/null >/dev/null 2>&1 ||
        missing="$missing${missing:+, }tail (of GNU coreutils)"
    echo "$missing"
}

free_bytes() {
    set -- $(df -Pk "$path" | sed -n '$p')
    echo $((${4:-0} * 1024))
}

# On a full disk the complaint about it may be lost, and tools differ in their words.
tell_if_full() {
    [ "$(free_bytes)" -ge "$minimum_free_bytes" ] ||
        echo "$path: No space left on device"
}

# A newer deployment leaves its version here: whoever is older must not go on, and no
# other project, whose versions say nothing about this one's.
check_fence() {
    highest=0
    owner=
    [ ! -f "$oec/fence" ] || read -r highest owner <"$oec/fence" || :
    # Half a line, as a full disk or a power loss leaves it, says nothing.
    case $highest in
    '' | *[!0-9]*) highest=0 owner= ;;
    esac
    [ "${#owner}" -eq "${#project}" ] || owner=
    [ "${owner:-$project}" = "$project" ] ||
        refuse deploy_path_taken "path=$path" "holder=$owner"
    [ "$highest" -le "$version" ] ||
        refuse target_superseded "holder=v$highest" "path=$oec/fence"
}

# A process number is used again some day; with its start and the boot it is unique.
identity() {
    started=
    boot=
    [ ! -r "/proc/$1/stat" ] || started=$(start_of "$1")
    [ ! -r /proc/sys/kernel/random/boot_id ] ||
        read -r boot </proc/sys/kernel/random/boot_id
    printf '%s %s %s' "$1" "${started:--}" "${boot:--}"
}

start_of() {
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    # The name in parentheses may hold spaces; the start is field 22 of proc(5).
    set -- ${stat##*) }
    printf '%s' "${20}"
}

# Whether process $1 is the one that started at $2 in boot $3, or has left its group
# behind: the number of a group cannot be used again while it has members.
is_same() {
    now=$(identity "$1")
    [ "$now" = "$1 $2 $3" ] || [ "$now" = "$1 - $3" ]
}

# Wait until the step that is being started has a number; $1 tenths of a second at most.
wait_for_number() {
    tenths=0
    until [ -e "$step/pid" ] || [ "$tenths" -ge "$1" ]; do
        tenths=$((tenths + 1))
        sleep 0.1
    done
}

# How long the health check may take that is kept in $1, if one is.
tell_check() {
    [ ! -s "$1/check" ] || say check "$(sed -n 's/^oec_seconds=//p' "$1/check")"
}

# Forget release $1: its files, its container, its image.
remove_release() {
    remove_container "$1"
    if [ -s "$oec/releases/$1/image" ]; then
        read -r image <"$oec/releases/$1/image"
        docker rmi "$image" >/dev/null 2>&1 || :
    fi
    ! holds_another "$path/releases/$1" &&
        discard "$path/releases/$1" && discard "$oec/releases/$1"
}

# Whether another environment, from before that was refused, deploys into folder $1.
holds_another() {
    find "$1" -path '*/.oec/fence' 2>/dev/null | grep -q .
}

remove_container() {
    [ -s "$oec/releases/$1/container" ] || return 0
    read -r container <"$oec/releases/$1/container"
    docker rm --force "$container" >/dev/null 2>&1 || :
    rm -f "$oec/releases/$1/container"
}
