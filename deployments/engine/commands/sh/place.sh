# Whether this deploy path lies in the folder of another environment, or holds one.

# Each deployment removes old releases and what an older attempt left, with all that is
# in them, so a new place is refused. One from before this rule goes on, and is told.
check_place() {
    other=$(place_around || place_inside)
    [ -n "$other" ] || return 0
    [ -f "$oec/fence" ] || refuse deploy_path_overlaps "path=$path" "holder=$other"
    overlaps=$other
}

# By the real folders: a link may lead into another environment.
place_around() {
    at=$path
    until [ -d "$at" ]; do at=${at%/*}; at=${at:-/}; done
    folder=$(cd "$at" && pwd -P) || return
    [ "$at" != "$path" ] || folder=${folder%/*}
    while [ -n "$folder" ]; do
        [ ! -f "$folder/.oec/fence" ] || { echo "$folder"; return 0; }
        folder=${folder%/*}
    done
    return 1
}

# Whoever has been here before would have been refused by the other one's look around.
place_inside() {
    [ -d "$path" ] && [ ! -f "$oec/fence" ] || return 1
    fence=$(find "$path/" -mindepth 3 -maxdepth 8 -path '*/.oec/fence' -type f \
        2>/dev/null | sed -n 1p)
    [ -n "$fence" ] && echo "${fence%/.oec/fence}"
}
