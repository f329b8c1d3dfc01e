# Take the server for one deployment and hold it until standard input ends.

main() {
    export LC_ALL=C
    need_tools
    overlaps=
    check_place
    make_directories
    exec 9>>"$oec/lock"
    take_lock || refuse_busy
    prepare </dev/null 9>&-
    say ready
    # Each line from the console is a sign of life.
    while read -r word; do
        : >"$oec/beat"
        [ "$word" != over ] || forget_secrets
    done
    rm -f "$oec/holder"
}

# What commands have printed, and the login for the registry: nobody asks for it again.
forget_secrets() {
    rm -rf "$oec/steps/v$version"/*/log "$oec/docker"
}

need_tools() {
    tools=$(missing_tools)
    [ -z "$tools" ] || refuse tool_missing "tool=$tools"
}

make_directories() {
    detail=$(
        {
            mkdir -p "$path/releases" && umask 077 &&
                mkdir -p "$oec/steps" "$oec/releases/$release" && chmod 700 "$oec"
        } 2>&1
    ) || refuse_directories
    [ -w "$path" ] || refuse deploy_path_unwritable "path=$path"
}

refuse_directories() {
    case $detail in
    *"No space left"* | *"quota exceeded"*) refuse disk_full "path=$path" free_bytes=0 ;;
    *) refuse deploy_path_unwritable "path=$path" "detail=$detail" ;;
    esac
}

take_lock() {
    tenths=0
    until flock -n 9; do
        [ "$tenths" -lt 10 ] || return 1
        tenths=$((tenths + 1))
        end_dead_holder 9>&-
        sleep 0.1 9>&-
    done
}

# A cut connection can leave its end on the server waiting for hours. It is dead when it
# is this deployment's own, or when its console has been silent for 20 seconds: a run
# that hears nothing from its database gives up by then, and one that was frozen is
# declared lost later than that.
end_dead_holder() {
    read_holder
    [ "$holder_deployment" = "$deployment" ] || is_silent || return 0
    [ "$(identity "$holder_pid")" = "$holder_pid $holder_started $holder_boot" ] ||
        return 0
    kill -s KILL "$holder_pid" 2>/dev/null || :
}

is_silent() {
    last=$(date -r "$oec/beat" +%s 2>/dev/null) &&
        [ $(($(date +%s) - last)) -gt 20 ]
}

read_holder() {
    holder_version='?' holder_deployment='?' holder_since='?'
    holder_pid=0 holder_started='?' holder_boot='?'
    [ ! -s "$oec/holder" ] ||
        read -r holder_version holder_deployment holder_since \
            holder_pid holder_started holder_boot <"$oec/holder"
}

refuse_busy() {
    read_holder
    refuse target_busy "holder=v$holder_version ($holder_deployment)" \
        "since=$holder_since" "path=$path"
}

prepare() {
    check_fence
    # On a full disk this fails, until what older attempts left behind is gone.
    raise_fence || :
    end_older_attempts
    remove_leftovers
    need_space
    raise_fence || exit
    write "$oec/holder" \
        "$version $deployment $(date -u +%Y-%m-%dT%H:%M:%SZ) $(identity $$)" || exit
    : >"$oec/beat"
    keep_files || exit
    list_known
}

raise_fence() {
    [ "$highest" -eq "$version" ] || write "$oec/fence" "$version $project" &&
        highest=$version
}

need_space() {
    free=$(free_bytes)
    [ "$free" -ge "$minimum_free_bytes" ] ||
        refuse disk_full "path=$path" "free_bytes=$free"
}

end_older_attempts() {
    for step in "$oec"/steps/*/*; do
        [ -d "$step" ] && [ "${step%/*}" != "$oec/steps/v$version" ] || continue
        end_step "$step" "$grace" || refuse leftover_running "path=$step" \
            "detail=$left"
    done
}

# Steps that have ended, releases that were never a success, and half-made things.
remove_leftovers() {
    for steps in "$oec"/steps/*; do
        [ "$steps" = "$oec/steps/v$version" ] || rm -rf "$steps"
    done
    rm -rf "$path"/releases/.new-* "$path"/repo.git/objects/pack/tmp_*
    live=$(readlink "$path/current" || :)
    for files in "$oec"/releases/v*; do
        name=${files##*/}
        [ "$name" = "$release" ] || [ "releases/$name" = "$live" ] ||
            [ -e "$files/succeeded" ] || remove_release "$name"
    done
}

# What later scripts and later deployments need of this release.
keep_files() {
    write "$oec/receive" "$receive" && write "$oec/launch" "$launch" &&
        write "$oec/releases/$release/environment" "$environment" || return
    keep activate "$keep_activate" && keep unit "$keep_unit" &&
        keep restart "$keep_restart"
}

# A script that makes this release live, now and whenever it is put back.
keep() {
    rm -f "$oec/releases/$release/$1"
    [ -z "$2" ] || write "$oec/releases/$release/$1" "$2"
}

list_known() {
    say previous "$live"
    [ -z "$overlaps" ] || say overlaps "$overlaps"
    [ -d "$path/repo.git/refs" ] || git init -q --bare --template= "$path/repo.git" ||
        exit
    git --git-dir="$path/repo.git" for-each-ref --sort=-creatordate --count=50 \
        --format="oec:${tab}known${tab}%(objectname)" refs/oec
}

main
