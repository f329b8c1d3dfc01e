# Take the server for one deployment and hold it until standard input ends.

main() {
    export LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
    need_tools
    refuse_foreign_current
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

# What lives there was not put there by us, and only a link can be switched.
refuse_foreign_current() {
    [ -L "$path/current" ] || [ ! -e "$path/current" ] ||
        refuse current_not_a_link "path=$path/current"
}

make_directories() {
    open_directories
    detail=$(
        {
            mkdir -p "$path/releases" && umask 077 &&
                mkdir -p "$oec/steps" "$oec/releases/$release" && chmod 700 "$oec"
        } 2>&1
    ) || refuse_directories
    [ -w "$path" ] || refuse deploy_path_unwritable "path=$path"
}

# Ours, but of the wrong kind or closed to us; nobody can hold a lock in such a place.
open_directories() {
    for directory in "$oec" "$oec/steps" "$oec/releases" "$oec/releases/$release"; do
        [ -d "$directory" ] || rm -f "$directory" 2>/dev/null || :
        [ ! -d "$directory" ] || [ -w "$directory" ] ||
            chmod u+rwx "$directory" 2>/dev/null || :
    done
    no_directory "$oec/lock"
    [ ! -f "$oec/lock" ] || [ -w "$oec/lock" ] || chmod u+rw "$oec/lock" 2>/dev/null || :
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
    [ ! -f "$oec/holder" ] ||
        read -r holder_version holder_deployment holder_since \
            holder_pid holder_started holder_boot <"$oec/holder" || :
}

refuse_busy() {
    read_holder
    refuse target_busy "holder=v$holder_version ($holder_deployment)" \
        "since=$holder_since" "path=$path"
}

prepare() {
    open_files
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

# What is ours is open to us, and a file where a file belongs.
open_files() {
    for directory in "$oec" "$path/repo.git" "$path/releases"; do
        [ ! -d "$directory" ] || find "$directory" -prune -type d ! -perm -700 \
            -exec chmod u+rwx {} \;
    done
    find "$oec" "$path/repo.git" -type d ! -perm -700 -exec chmod u+rwx {} \; 2>/dev/null
    find "$oec" "$path/repo.git" -type f ! -perm -400 -exec chmod u+rw {} \; 2>/dev/null
    find "$oec" -type f ! -perm -600 -exec chmod u+rw {} \; 2>/dev/null
    no_directory "$oec/fence" "$oec/holder" "$oec/beat" "$oec/receive" "$oec/launch"
    for file in "$oec"/steps/* "$oec"/releases/*; do
        [ -d "$file" ] || rm -f "$file"
    done
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
        [ "$steps" = "$oec/steps/v$version" ] || discard "$steps"
    done
    discard "$path"/releases/.new-* "$path/.current.new" "$oec"/index* "$oec"/*.new
    [ ! -d "$path/repo.git" ] || find "$path/repo.git" -depth \
        \( -name '*.lock' -o -name 'tmp_*' \) -exec rm -rf {} +
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
        keep restart "$keep_restart" && keep check "$keep_check"
}

# A script that makes this release live or asks it, now and whenever it is put back.
keep() {
    rm -f "$oec/releases/$release/$1"
    [ -z "$2" ] || write "$oec/releases/$release/$1" "$2"
}

list_known() {
    say previous "$live"
    [ -z "$overlaps" ] || say overlaps "$overlaps"
    if ! is_repository; then
        [ ! -e "$path/repo.git" ] && [ ! -L "$path/repo.git" ] || say renewed
        discard "$path/repo.git"
        git init -q --bare --template= "$path/repo.git" || exit
    fi
    references "oec:${tab}known${tab}%(objectname)" --count=50
}

# A reference that is broken or has lost its commit is complained about.
is_repository() {
    [ "$(git --git-dir="$path/repo.git" rev-parse --is-bare-repository)" = true ] &&
        complaint=$(references '%(objecttype)' 2>&1 >/dev/null) && [ -z "$complaint" ]
} 2>/dev/null

references() {
    format=$1
    shift
    git --git-dir="$path/repo.git" for-each-ref --sort=-creatordate "$@" \
        --format="$format" refs/oec
}

main
