# Look at this server for a person; nothing is left behind.

main() {
    export LC_ALL=C
    say tools "missing=$(missing_tools)" "git=$(git --version 2>/dev/null)"
    say clock "now=$(date +%s)"
    printf '%s\n' "$paths" | while read -r about; do
        [ -z "$about" ] || look_at_path
    done
    look_at_memory
    look_for_docker
    printf '%s\n' "$registries" | while read -r about url; do
        [ -z "$about" ] || look_for_registry
    done
}

# Where the deploy path is not there yet, a deployment would begin further up.
look_at_path() {
    set --
    at=$about
    until [ -e "$at" ] || [ -L "$at" ] || [ -z "$at" ]; do at=${at%/*}; done
    at=${at:-/}
    detail=$(make_nothing 2>&1)
    [ -L "$about/current" ] || [ ! -e "$about/current" ] ||
        set -- "in_the_way=$about/current"
    say write_permission "about=$about" "at=$at" "detail=$(in_one_line "$detail")" "$@"
    say_space
}

make_nothing() {
    [ -d "$at" ] || { echo "$at is not a directory"; return; }
    mkdir "$at/.oec-check-$$" && rmdir "$at/.oec-check-$$"
    for part in releases .oec repo.git; do
        [ ! -e "$about/$part" ] || [ -w "$about/$part" ] ||
            echo "$about/$part belongs to somebody else"
    done
}

say_space() {
    if command -v df >/dev/null 2>&1; then
        say disk "about=$about" "at=$at" "free=$(path=$at && free_bytes)"
    else
        say disk "about=$about" "at=$at" lacks=df
    fi
}

look_at_memory() {
    available= total=
    [ ! -r /proc/meminfo ] || while read -r name number _; do
        case $name in
        MemTotal:) total=$number ;;
        MemAvailable:) available=$number ;;
        esac
    done </proc/meminfo
    say memory "available_kib=$available" "total_kib=$total"
}

look_for_docker() {
    if ! command -v docker >/dev/null 2>&1; then
        say docker lacks=docker
    elif said=$(limited docker version --format '{{.Server.Version}}' 2>&1); then
        say docker "version=$(in_one_line "$said")"
    else
        say docker "detail=$(in_one_line "$said")"
    fi
}

# Any answer counts: a registry asks everybody to sign in first.
look_for_registry() {
    if said=$(ask "$url" 2>&1); then
        say registry "about=$about" reached=yes
    elif [ "$?" -eq 127 ]; then
        say registry "about=$about" 'lacks=curl, wget or python3'
    else
        say registry "about=$about" "detail=$(in_one_line "$said")"
    fi
}

ask() {
    if command -v curl >/dev/null; then
        curl -q --silent --show-error --globoff --proto '=http,https' --max-time 5 \
            --output /dev/null -- "$1"
    elif command -v wget >/dev/null; then
        ask_with_wget "$1"
    elif command -v python3 >/dev/null; then
        limited python3 -I -c "$python" "$1"
    else
        return 127
    fi
}

# GNU's ends with 8 after a refusal such as 401; others only print it.
ask_with_wget() {
    printed=$(limited wget -T 5 -O /dev/null "$1" 2>&1) && return 0
    [ "$?" -ne 8 ] || return 0
    case $printed in
    *' 401'*) return 0 ;;
    esac
    printf '%s\n' "$printed"
    return 1
}

python='
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=5)
except urllib.error.HTTPError:
    pass
except OSError as error:
    sys.exit(str(error))
'

# A command that may hang is ended after six seconds.
limited() {
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 1 6 "$@" || end_of "$@"
    else
        "$@"
    fi
}

end_of() {
    code=$?
    [ "$code" -ne 124 ] && [ "$code" -ne 137 ] || echo "$1 does not answer"
    return "$code"
}

in_one_line() {
    printf '%s' "$1" | tr '\n\t' '  '
}

main </dev/null
